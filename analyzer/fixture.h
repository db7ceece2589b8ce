/* fixture.h - annotated test files beside rule files, with the Semgrep ecosystem's conventions.
 *
 * An annotation is a comment that starts its line: `ruleid: ID[, ID]` (the next line must match), `ok: ID`
 * (must not), `todoruleid:` and `todook:` (set aside). A rule passes on a file when the set of lines where it
 * matched is the set that was announced. Targets share the rule file's stem up to its first dot. */
#ifndef CORDON_ANALYZER_FIXTURE_H
#define CORDON_ANALYZER_FIXTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/view.h"

enum fixture_fault {
    FIXTURE_MISSED,  /* announced by ruleid:, not found */
    FIXTURE_SURPLUS, /* found, not announced (an `ok:` line, or a line without annotation) */
};

struct fixture_line {
    struct view rule_id, path;
    uint32_t line; /* 1-based */
    enum fixture_fault fault;
};

struct fixture_report {
    uint32_t rule_count, file_count;
    uint32_t expected_count, ok_count, todo_count; /* annotated lines: ruleid, ok, todo* */
    uint32_t rules_without_target;                 /* rule ids that no target mentions */
    struct fixture_line *faults;
    uint32_t fault_count, fault_capacity;
    const struct view *untested; /* ids of rules_without_target */
};

/* Runs every rule file at or below `path` on its targets. False: a rule file is wrong or unreadable. */
bool fixture_run(struct arena *arena, const char *path, struct fixture_report *report, struct error *err);

#endif
