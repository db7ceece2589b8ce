/* match_tree.h - one pattern against the nodes of one source: every way in which it holds.
 *
 * The matcher is a search with backtracking. What is still to be matched is a list of goals on the C stack,
 * linked from the innermost outwards; a goal list that is empty is a solution. The recursion is as deep as
 * the pattern has nodes, whatever the source looks like: lists, chains and descents into the source are
 * loops. */
#ifndef CORDON_ANALYZER_MATCH_TREE_H
#define CORDON_ANALYZER_MATCH_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/literal_node.h"
#include "analyzer/names.h"
#include "analyzer/pattern.h"
#include "analyzer/range.h"
#include "analyzer/regex_trait.h"
#include "analyzer/rule.h"
#include "analyzer/syntax.h"

/* What a rule set's symbols are in this source; filled as they are asked for. */
struct symbol_map {
    const struct symbol_table *from; /* the rule set's */
    uint32_t *to;                    /* by the rule set's symbol; UINT32_MAX: not asked yet */
};

struct tree_match {
    struct arena *arena;
    const struct syntax *syntax;
    const struct names *names;
    const struct form_table *forms;
    struct symbol_map *map;
    struct regex_scratch *scratch;
    const uint64_t *found; /* of the rule set's needles, those in the source; NULL: nobody looked */
    uint64_t *classes;     /* by symbol, what its text has (regex_trait.h); 0: not asked yet */
    uint32_t class_count;  /* symbols that there were at the start */
    uint32_t slot_count;
    const struct slot_table *slots; /* of the rule */
    bool is_negated;       /* below a pattern-not: a name must mean what the pattern says, not only may */
    bool is_of_capability; /* a text that is not known may name anything, also where any text is excepted */
    bool is_source;        /* of a taint source: a variable is not what it was given, it is tainted by that */
    uint32_t options;      /* enum rule_option */
    uint32_t *declared; /* by variable: the node of the type that it is declared with; NULL: not asked yet */
    const uint32_t *runners; /* a shell's: nodes of the names of functions that run their arguments */
    uint32_t runner_count;
    bool has_runners;   /* they have been looked for */
    uint8_t hops;       /* from variable to value to variable, on the way here */
    uint64_t *steps;    /* left; at 0 the search stops */
    bool *is_undecided; /* a budget or a regex limit was reached, or memory is out */

    /* what a solution's bindings must be such as to be worth keeping; NULL: anything */
    bool (*admits)(void *context);
    void *admits_context;

    /* of the pattern that runs */
    const struct pattern *pattern;
    struct binding bindings[LIMIT_METAVARIABLES];
    uint32_t root;       /* where it was tried */
    uint32_t start, end; /* the range that a solution will have; start UINT32_MAX: that of the root's node */
    struct range_list *out;
    uint32_t first_out; /* solutions of this root start here in `out` */
    uint32_t solutions;
};

/* The source's symbol of a rule set's symbol, or 0. */
uint32_t symbol_map_get(struct symbol_map *map, const struct symbol_table *to, uint32_t symbol);

/* The classes of a symbol's text. */
static inline uint64_t classes_of(const struct tree_match *m, uint32_t symbol)
{
    if (symbol >= m->class_count) return text_classes(symbol_text(m->syntax->symbols, symbol));
    if (!m->classes[symbol]) m->classes[symbol] = text_classes(symbol_text(m->syntax->symbols, symbol));
    return m->classes[symbol];
}

/* Adds every range where the pattern matches with its root at node `n`, the bindings in `m->bindings` being
 * there already. */
void tree_match_at(struct tree_match *m, const struct pattern *pattern, uint32_t n, struct range_list *out);

/* The same, but what matches there is the pattern from its node `p` on. */
void tree_match_from(struct tree_match *m, const struct pattern *pattern, uint32_t p, uint32_t n,
                     struct range_list *out);

/* Whether two captured things are the same: by syntax, up to the same resolved variable. */
bool binding_equals(const struct tree_match *m, const struct binding *a, const struct binding *b);

/* Whether a node's value is known to be of this type: by what it is, by the variable's declaration, by the
 * one value that the variable was given. Types go by their last name (`string` and `str` are one). */
bool type_is(struct tree_match *m, uint32_t n, struct view type);

/* ---- between match_tree.c, match_list.c, match_name.c and match_binding.c ---- */

enum goal_kind {
    GOAL_NODE,       /* p matches n */
    GOAL_LIST,       /* pattern siblings [p, p_end) match source siblings [n, n_end) in order */
    GOAL_ARGUMENTS,  /* the same, keywords in any order */
    GOAL_SET,        /* in any order */
    GOAL_STATEMENTS, /* in order, as statements; flat: nested statements count as following ones */
    GOAL_TEMPLATE,   /* parts of a string */
    GOAL_OPERANDS,   /* pattern siblings [p, p_end) match operands [n, n_end) */
};

/* Source siblings that a goal has used out of order. */
struct used {
    uint32_t n;
    const struct used *before;
};

struct goal {
    enum goal_kind kind;
    uint8_t flags; /* enum pattern_flag of the list's parent */
    bool is_flat, is_root;
    uint16_t parent_kind;
    uint32_t p, p_end, n, n_end;
    uint32_t last_end; /* GOAL_STATEMENTS of the root: end of the last statement matched */
    const struct used *used;
    const uint32_t *operands; /* GOAL_OPERANDS */
    const struct goal *next;
};

/* Each returns true to stop the search. */
bool solve(struct tree_match *m, const struct goal *goal);
bool match_node(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next);
bool match_children(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next);
bool match_list(struct tree_match *m, const struct goal *goal);
/* The same for what the words of a command start in turn. */
bool match_wrapped(struct tree_match *m, const struct goal *command);
bool match_arguments(struct tree_match *m, const struct goal *goal);
bool match_set(struct tree_match *m, const struct goal *goal);
bool match_statements(struct tree_match *m, const struct goal *goal);
bool match_block(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next);
bool match_sequence(struct tree_match *m, uint32_t p, uint32_t n);
bool match_statement(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next);

/* Binds the slot to source siblings [n, end) and goes on; nothing is bound afterwards. */
bool bind_span(struct tree_match *m, uint16_t slot, uint32_t n, uint32_t end, uint32_t parent_end,
               const struct goal *next);
bool binding_take(struct tree_match *m, uint16_t slot, struct binding binding, const struct goal *next);

bool bind_node(struct tree_match *m, uint16_t slot, uint32_t n, uint32_t value, const struct goal *next);

bool match_name(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next);
bool match_dotted(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next);
/* `os.$F` or `$X.system` at a name that an import made mean `os.system`. */
bool match_part(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next);
/* Operators as lists of operands; and `a == b` as `b == a`. */
bool match_operator(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next);
bool match_operands(struct tree_match *m, const struct goal *goal);
bool match_swapped(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next);
/* `import {a} from "m"` at `const {a} = require("m")`. */
bool match_required(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next);
/* `a` or `a as b` of an import at the `a` or `a: b` of an object's parts. */
bool match_specifier(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next);
bool match_import(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next);
bool match_leaf(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next);
bool match_string(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next);
bool match_template(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next);
bool match_template_text(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next);

/* False, and the search stops, where the budget is used up. */
bool step_taken(struct tree_match *m);

uint32_t child_at(const struct tree_match *m, uint32_t c, uint32_t end);
uint8_t field_at(const struct tree_match *m, uint32_t n);
bool is_omittable(const struct tree_match *m, uint16_t parent_kind, uint32_t n);
/* Through parentheses and the like. */
uint32_t node_stripped(const struct tree_match *m, uint32_t n);
/* The child that stands for an unwrapped node; UINT32_MAX: none. */
uint32_t node_unwrapped(const struct tree_match *m, uint32_t n);
/* What names.h says of a node; 0: nothing. */
uint32_t constant_at(const struct tree_match *m, uint32_t n);
uint32_t qualified_at(const struct tree_match *m, uint32_t n);
/* The node of the value that this variable was given, where the rule asks for it; 0: none. */
uint32_t value_at(const struct tree_match *m, uint32_t n);
/* From a variable to its value, which may be a variable, at most. */
enum { SYMBOLIC_HOPS = 4 };
/* Whether this is a name where it is given its value: it stands for the value only afterwards. */
bool is_target(const struct tree_match *m, uint32_t n);

static inline struct form form_at(const struct tree_match *m, uint32_t n)
{
    return form_of(m->forms, m->syntax->nodes[n].kind);
}

/* False where a look at the node's form says already that the pattern node cannot match there: most nodes
 * that a search below a statement comes across. */
static inline bool may_match(const struct tree_match *m, const struct pattern_node *want, struct form form)
{
    bool is_exact = want->op == PATTERN_NODE &&
                    (want->role == FORM_CALL || want->role == FORM_NEW || want->role == FORM_ASSIGN);
    return !is_exact || form.role == want->role || form.unwrap || (m->options & RULE_OPTION_SYMBOLIC);
}

#endif
