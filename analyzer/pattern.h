/* pattern.h - a pattern as an immutable program: its text, parsed by the language's own grammar and lowered
 * to a flat tree of operations, in preorder as the source's own array is.
 *
 * Metavariables are slots; a rule's patterns share one slot table, so that a binding made by one pattern is
 * seen by the next. The rule set's arena owns programs. Immutable once made; any thread. */
#ifndef CORDON_ANALYZER_PATTERN_H
#define CORDON_ANALYZER_PATTERN_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/regex.h"
#include "analyzer/syntax.h"
#include "grammars/form.h"

enum pattern_op {
    PATTERN_NODE,           /* same role or kind; children in order */
    PATTERN_SET,            /* same role or kind; children in any order */
    PATTERN_ARGUMENTS,      /* children in order, keywords in any order */
    PATTERN_BLOCK,          /* statements */
    PATTERN_SEQUENCE,       /* the root of a pattern of several statements: any run of a block's statements */
    PATTERN_LEAF,           /* same kind and text */
    PATTERN_NAME,           /* a name, by text or by what it resolves to */
    PATTERN_DOTTED,         /* a.b.c: by what it resolves to, or as PATTERN_NODE */
    PATTERN_METAVAR,        /* binds `slot` */
    PATTERN_ANY,            /* one node, whatever it is */
    PATTERN_ELLIPSIS,       /* any number of siblings */
    PATTERN_METAVAR_SPAN,   /* any number of siblings, bound to `slot` */
    PATTERN_DEEP,           /* the child matches somewhere below */
    PATTERN_CHAIN,          /* the child matches here or at the start of a chain of members and calls */
    PATTERN_STRING,         /* this text, however it is written */
    PATTERN_STRING_ANY,     /* any known text */
    PATTERN_STRING_REGEX,   /* a text that `regex` matches */
    PATTERN_STRING_METAVAR, /* any known text, its contents bound to `slot` */
    PATTERN_TEMPLATE,       /* a string with substitutions; its parts in order */
    PATTERN_TEMPLATE_TEXT,  /* a part of it: this text */
    PATTERN_IMPORT,         /* the module or name of this dotted name is imported, however it is said */
    PATTERN_OPERATOR,       /* operands of an associative operator, whose token's kind is `symbol` */
    PATTERN_STATEMENT,      /* the child, as a statement or anywhere in a statement's own expressions */
};

enum pattern_flag {
    PATTERN_MAY_HAVE_MORE = 1,    /* PATTERN_SET: what is not listed is allowed */
    PATTERN_HAS_ELLIPSIS = 2,     /* one among the children */
    PATTERN_IS_ALL_ELLIPSIS = 4,  /* nothing but ellipses among the children */
    PATTERN_IS_SUFFIX = 32,       /* a member of an object that is free: `$X.run` */
    PATTERN_IS_TEXT = 16,         /* a metavariable for a part of a template that is text */
    PATTERN_IS_QUOTED = 64,       /* a metavariable for a string with its quotes */
    PATTERN_IS_MODULE = 64,       /* PATTERN_STRING: the module of an import, or one below it */
    PATTERN_IS_KEYWORD = 8,       /* an argument with a name */
    PATTERN_IS_COMMUTATIVE = 128, /* PATTERN_OPERATOR: in any order */
};

struct pattern_node {
    uint8_t op; /* enum pattern_op */
    uint8_t flags;
    uint8_t role;    /* enum form_role of `kind` */
    uint8_t field;   /* common number of its field in the parent; 0: none */
    uint16_t kind;   /* of the node in the pattern's own tree */
    uint16_t slot;   /* of the metavariable */
    uint32_t symbol; /* literal text, or a metavariable's type, in the rule set's table; 0: none */
    uint32_t prefix; /* PATTERN_NODE of a member with a free name (`os.$F`): text before the dot */
    uint32_t next;   /* index behind the subtree */
    const struct regex *regex;
};

/* Names of the metavariables of one rule. */
struct slot_table {
    struct view *items;
    uint32_t count, capacity;
};

/* A text that a source must contain for the pattern to match: `symbol` whole, or all of `parts`. */
struct pattern_need {
    uint32_t symbol;
    uint32_t parts[6]; /* 0: end of the list */
};

/* A name without which there is no match at a node: its own, or that of what is called. Most nodes have
 * another one, and need not be looked at more closely. */
enum anchor_kind { ANCHOR_NONE, ANCHOR_SELF, ANCHOR_CALLEE };

struct pattern_anchor {
    uint32_t symbol; /* the name that it means, or a name alone as it is spelt; 0: no anchor */
    uint32_t tail;   /* or the last part of a dotted one as it is spelt; 0: none */
    bool is_suffix;  /* `$X.tail`: of whatever is called so, or means a dotted name */
    uint64_t trail;  /* the names of the chain that the pattern is (trail.h); 0: it is none */
};

struct pattern {
    const struct form_table *forms;
    const struct pattern_node *nodes;
    uint32_t count;
    const uint16_t *root_kinds; /* a match can start only at nodes of these kinds */
    uint32_t root_kind_count;
    const struct pattern_need *needs;
    uint32_t need_count;
    const struct regex *const *regexes; /* of texts that must be there */
    uint32_t regex_count;
    struct pattern_anchor anchor;
    bool has_metavars; /* without any, one solution for a range is all there is */
};

/* What compiling needs and fills; `arena` owns all that lives on. */
struct pattern_context {
    struct arena *arena;
    struct arena *scratch;
    struct syntax_parser *parser;
    struct symbol_table *symbols; /* the rule set's */
    struct slot_table *slots;     /* the rule's */
    struct regex_list *regexes;   /* the rule set's, which frees them */
    bool has_operand_lists;       /* operands of associative operators are lists */
};

/* NULL with an error (without a place): the text is no code of this language in any wrapping. */
const struct pattern *pattern_compile(struct pattern_context *context, const struct form_table *forms,
                                      struct view text, struct error *err);

/* The slot of a metavariable ("$X", "$...ARGS"), made where it is new. False: too many, or no memory. */
bool slot_of(struct arena *arena, struct slot_table *slots, struct view name, uint16_t *slot);
/* UINT16_MAX where there is none. */
uint16_t slot_find(const struct slot_table *slots, struct view name);

#endif
