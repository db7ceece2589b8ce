/* form.h - what the kinds of nodes of a language mean to the matcher: one table per language, written in
 * grammars/NAME_forms.def, so that an equivalence (an arrow is a function, `let x = e` is an assignment) is a
 * line there and not a condition in the matcher.
 *
 * A form_table is made once per language and never freed. Immutable, any thread. */
#ifndef CORDON_GRAMMARS_FORM_H
#define CORDON_GRAMMARS_FORM_H

#include <stdbool.h>
#include <stdint.h>

#include "grammars/language.h"

/* Nodes of one role (other than FORM_PLAIN) may match each other; plain nodes match their own kind. */
enum form_role {
    FORM_PLAIN,
    FORM_NAME,       /* an identifier, whatever the grammar calls it where it stands */
    FORM_MEMBER,     /* object.name */
    FORM_CALL,       /* function(arguments) */
    FORM_NEW,        /* new function(arguments) */
    FORM_ARGUMENTS,  /* what is passed: in order, keywords in any order */
    FORM_KEYWORD,    /* name=value among arguments */
    FORM_PARAMETERS, /* what is declared: in order */
    FORM_FUNCTION,   /* with or without a name */
    FORM_CLASS,
    FORM_BLOCK,     /* statements */
    FORM_LIST,      /* children in order, an ellipsis stands for any number */
    FORM_SET,       /* children in any order */
    FORM_STRING,    /* quotes and prefixes do not matter */
    FORM_STATEMENT, /* an expression as a statement */
    FORM_ASSIGN,    /* left = right, and declarations with a value */
    FORM_PAIR,      /* key: value */
    FORM_TAG,       /* the opening tag of an element */
    FORM_IMPORT,    /* a module, or names of a module */
    FORM_COMMAND,   /* words in order */
    FORM_PIPELINE,  /* commands; a pattern may be any run of them */
    FORM_OPERATOR,  /* left operator right */
    FORM_ELEMENT,   /* an element with its opening tag, content and closing tag */
    FORM_ROLE_COUNT,
};

enum form_flag {
    FORM_IS_TRANSPARENT = 1,     /* as if its only child stood there: parentheses */
    FORM_IS_STATEMENT = 2,       /* may be an element of a block */
    FORM_IS_WRAPPER = 4,         /* in a pattern, a placeholder alone in it stands for all of it */
    FORM_MAY_HAVE_MORE = 8,      /* a set that the pattern need not list completely */
    FORM_IS_UNWRAPPED = 16,      /* its `unwrap` child stands for it, even for a metavariable: parameters */
    FORM_IS_IGNORED = 32,        /* never seen by the matcher: string quotes, closing tags */
    FORM_IS_OPTIONAL = 64,       /* a pattern without it matches code with it: async, return types */
    FORM_IS_REORDERED = 512,     /* in any order with its like beside it: decorators */
    FORM_IS_SHORTHAND = 256,     /* stands for a pair of itself and itself: `{a}` */
    FORM_IS_CONSTANT = 1024,     /* a literal: a variable that has no other value is one too */
    FORM_IS_COMPUTED = 4096,     /* its value may be a known text: a sum */
    FORM_IS_ASSOCIATIVE = 8192,  /* an operator's token: its operands are a list */
    FORM_IS_COMMUTATIVE = 16384, /* and in any order; alone: its two operands may change places */
    FORM_IS_REQUIRABLE = 32768,  /* an import, which `const {a} = require("m")` says in another way */
    FORM_IS_REFERENCE = 2048,    /* in a pattern, `$X` for a metavariable where the grammar has a variable */
    FORM_IS_NAMED = 128,         /* a function or class whose name a pattern must have */
};

struct form {
    uint8_t role;   /* enum form_role */
    uint16_t flags; /* enum form_flag */
    uint16_t also;  /* a pattern of this kind matches nodes of that kind too; 0: none */
    uint8_t unwrap; /* field whose child may stand for the node; 0: none */
};

/* How partial pattern text becomes a program: put between `before` and `after`; the pattern is then the
 * first node of kind `root` (NULL: all statements). Tried in order, and only where the text starts with
 * `only_before` if that is set. */
struct form_wrap {
    const char *only_before;
    const char *before, *after;
    const char *root;
};

struct form_table {
    const struct language *language;
    const struct form *by_kind;
    uint32_t kind_count, field_count;
    const uint8_t *field_as;  /* [kind * field_count + field]: the field's common number (let x = e: name is
                                 left) */
    const bool *is_omittable; /* same index, of the parent's kind: a pattern may leave the child out */
    const struct form_wrap *wraps;
    uint32_t wrap_count;
    bool has_dollar_names;   /* `$X` is an identifier of the language itself */
    bool has_word_values;    /* a word is a text, and `$` stands before a variable */
    bool has_brace_blocks;   /* braces enclose statements as well as objects */
    const char *brace_splat; /* before a placeholder between braces that are no block, or "" */
};

/* NULL where memory is out or the language has no table. */
const struct form_table *form_table_of(const struct language *language);

static inline struct form form_of(const struct form_table *table, uint16_t kind)
{
    return kind < table->kind_count ? table->by_kind[kind] : (struct form){0};
}

static inline uint8_t form_field(const struct form_table *table, uint16_t kind, uint8_t field)
{
    return kind < table->kind_count && field < table->field_count
               ? table->field_as[(uint32_t)kind * table->field_count + field]
               : field;
}

static inline bool form_allows_omission(const struct form_table *table, uint16_t parent, uint8_t field,
                                        uint16_t kind)
{
    if (form_of(table, kind).flags & FORM_IS_OPTIONAL) return true;
    return field && parent < table->kind_count && field < table->field_count &&
           table->is_omittable[(uint32_t)parent * table->field_count + field];
}

#endif
