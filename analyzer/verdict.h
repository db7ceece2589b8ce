/* verdict.h - approve or reject, a pure function of the findings and of what is granted. */
#ifndef CORDON_ANALYZER_VERDICT_H
#define CORDON_ANALYZER_VERDICT_H

#include "analyzer/finding.h"

enum decision {
    DECISION_REJECT, /* zero means no */
    DECISION_APPROVE,
};

struct verdict_policy {
    const struct capability_set *granted; /* NULL: nothing */
    enum severity reject_at;              /* a finding of this severity or worse rejects */
};

struct verdict {
    enum decision decision;
    struct capability_set used;    /* every capability found, each once */
    struct capability_set missing; /* those of them that the grant does not cover and the cell does not
                                      answer */
};

/* Sets `is_granted` of the findings and decides. False only where the arena is exhausted; the verdict then
 * rejects. */
bool verdict_decide(struct verdict *verdict, struct arena *arena, const struct verdict_policy *policy,
                    struct finding_list *findings);

/* "approve" or "reject". */
const char *decision_word(enum decision decision);

#endif
