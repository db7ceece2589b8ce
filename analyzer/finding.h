/* finding.h - one match of a rule (or of a guard) at a span of the source.
 *
 * Findings point at the source by byte span. The report's arena owns the rest. */
#ifndef CORDON_ANALYZER_FINDING_H
#define CORDON_ANALYZER_FINDING_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/severity.h"
#include "base/array.h"
#include "base/capability.h"
#include "base/view.h"

struct capture {
    struct view name;    /* "$X", "$...ARGS"; "$1" for a regex group */
    uint32_t start, end; /* bytes of the source */
    struct view value;   /* what the analyzer knows its value to be (a constant string, a resolved dotted
                            name); empty: nothing known */
};

struct finding {
    struct view rule_id;
    enum severity severity;
    struct view message;          /* with the captures filled in */
    struct view help;             /* what to do about it, or empty */
    uint32_t start, end;          /* bytes of the source */
    struct capability capability; /* kind CAPABILITY_NONE: none */
    bool is_granted;              /* the capability is covered by the grant, so the finding does not reject */
    const char *suppression;      /* why the operator accepts it; NULL: it counts */
    struct view fingerprint;      /* fingerprint.h */
    bool is_guard;                /* from a guard of the analyzer: no policy suppresses it */
    bool has_fix;                 /* the rule proposes `fix` in place of the match */
    struct view fix;
    const struct capture *captures;
    uint32_t capture_count;
};

struct finding_list {
    struct finding *items;
    uint32_t count, capacity;
};

#endif
