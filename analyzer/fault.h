/* fault.h - what the analyzer finds by itself: endless loops and recursion, absurd sizes, modules and names
 * that do not exist, exponential regexes. Pure scans over the syntax tree and the names; each is bounded.
 *
 * A fault is a finding with the id of fault.def. One thread per call; the arena owns what is made. */
#ifndef CORDON_ANALYZER_FAULT_H
#define CORDON_ANALYZER_FAULT_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/finding.h"
#include "analyzer/names.h"
#include "analyzer/syntax.h"
#include "base/error.h"

enum fault_kind {
#define FAULT(name, id, severity, cwe, what, help) FAULT_##name,
#include "analyzer/fault.def"
#undef FAULT
    FAULT_COUNT
};

/* One fault as a rule would be listed: for each family that has it, its own. */
struct fault_facts {
    const char *id; /* "python.fault.endless-loop" */
    enum language_family family;
    enum severity severity;
    const char *cwe, *what, *help;
};

uint32_t fault_facts_count(void);
const struct fault_facts *fault_facts_at(uint32_t index);
/* NULL where there is none. */
const struct fault_facts *fault_facts_find(struct view id);

/* The modules that are there beside the language's own: top-level names, sorted by view_compare; the owner
 * outlives the checks. */
struct module_list {
    const struct view *names;
    uint32_t count;
    bool is_project; /* the source is one of a project's, whose other files may be imported */
};

/* Looks for all faults of the source's language. A source that is too much for a scan is refused by a guard
 * finding (GUARD_BUDGET). False: cordon itself failed. `modules` may be NULL: none. */
bool fault_scan(struct arena *arena, const struct syntax *syntax, const struct names *names,
                const struct module_list *modules, struct finding_list *findings, struct error *err);

#endif
