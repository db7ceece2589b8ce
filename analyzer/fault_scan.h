/* fault_scan.h - one search for faults under way: what the scans share. Inside the analyzer only. */
#ifndef CORDON_ANALYZER_FAULT_SCAN_H
#define CORDON_ANALYZER_FAULT_SCAN_H

#include "analyzer/fault.h"
#include "analyzer/limits.h"
#include "grammars/flow.h"
#include "grammars/shape.h"

struct fault_scan {
    struct arena *arena;
    const struct syntax *syntax;
    const struct node *nodes;
    const struct names *names;
    const struct shape_table *shapes;
    const uint8_t *flows;
    const struct module_list *modules;
    enum language_family family;
    struct finding_list *findings;
    uint32_t reported[FAULT_COUNT];
    enum severity worst; /* findings are of their kind's severity, but no worse than this */
    uint64_t steps;      /* left */
    bool is_exhausted;   /* no memory */
};

static inline enum shape fault_shape(const struct fault_scan *scan, uint32_t at)
{
    return shape_of(scan->shapes, scan->nodes[at].kind);
}

static inline enum flow fault_flow(const struct fault_scan *scan, uint32_t at)
{
    uint16_t kind = scan->nodes[at].kind;
    return kind < SHAPE_KINDS ? (enum flow)scan->flows[kind] : FLOW_PLAIN;
}

static inline uint32_t fault_child(const struct fault_scan *scan, uint32_t at, enum field field)
{
    return node_child_by_field(scan->syntax, at, scan->shapes->fields[field]);
}

static inline bool fault_is_python(const struct fault_scan *scan)
{
    return scan->family == FAMILY_PYTHON;
}

/* The text of a symbol; "" for none. */
static inline struct view fault_text(const struct fault_scan *scan, uint32_t symbol)
{
    return symbol ? symbol_text(scan->syntax->symbols, symbol) : (struct view){0};
}

/* Takes `count` of the steps; false once there are none left. */
bool fault_step(struct fault_scan *scan, uint64_t count);

/* Adds a finding at a node; at most LIMIT_GUARD_FINDINGS of a kind. The severity is the kind's. */
__attribute__((format(printf, 4, 5))) void fault_report(struct fault_scan *scan, enum fault_kind kind,
                                                        uint32_t at, const char *format, ...);

/* The n-th child that is not a comment, or 0. */
uint32_t fault_child_number(const struct fault_scan *scan, uint32_t at, uint32_t number);
/* The n-th argument of a call, or 0; keyword arguments and splats end the search. */
uint32_t fault_argument(const struct fault_scan *scan, uint32_t call, uint32_t number);
/* What a call surely calls, by its full name; empty where that is not one known name. */
struct view fault_callee(const struct fault_scan *scan, uint32_t call);
/* Whether a node's subtree is left out when the node runs: functions and classes within it. */
bool fault_is_function(const struct fault_scan *scan, uint32_t at);
/* Without the parentheses around it. */
uint32_t fault_unwrap(const struct fault_scan *scan, uint32_t at);
/* The operator of a binary, unary or augmented node; "" for none. */
struct view fault_operator(const struct fault_scan *scan, uint32_t at);

/* fault_number.c: what a constant expression of numbers comes to. */
struct fault_number {
    bool is_known, is_whole; /* an integer as the language has them without bound */
    double value;            /* may be infinite */
    double bits;             /* of an integer: about how long it is */
};
struct fault_number fault_number_of(struct fault_scan *scan, uint32_t at);

/* fault_call.c: whether calling this ends nothing: it raises nothing and does not leave the program. */
bool fault_call_is_tame(const struct fault_scan *scan, uint32_t call);
/* Whether it leaves the program: exit, abort. */
bool fault_call_leaves(const struct fault_scan *scan, uint32_t call);

/* fault_import.c: whether what stands here may be left out when it does not hold: in a `try`, or behind a
 * condition (any, or one that asks for versions, systems or attributes). */
bool fault_is_guarded(struct fault_scan *scan, uint32_t at, bool any_condition);
/* fault_attribute.c: reports a name that a module does not have, with the nearest one. */
void fault_missing_name(struct fault_scan *scan, uint32_t at, struct view module, struct view name);

/* The scans. */
void fault_scan_loops(struct fault_scan *scan);
void fault_scan_recursion(struct fault_scan *scan);
void fault_scan_sizes(struct fault_scan *scan);
void fault_scan_regexes(struct fault_scan *scan);
void fault_scan_imports(struct fault_scan *scan);
void fault_scan_attributes(struct fault_scan *scan);

#endif
