/* verdict.h - approve or reject, a pure function of the findings and of what is granted. */
#ifndef CORDON_ANALYZER_VERDICT_H
#define CORDON_ANALYZER_VERDICT_H

#include "analyzer/finding.h"

enum decision {
    DECISION_REJECT, /* zero means no */
    DECISION_APPROVE,
};

/* What the operator says of rules, by id; `*` and `?` stand for any text and any character. The last that
 * fits holds. */
struct rule_override {
    const char *rule;
    enum severity severity;
    bool is_off; /* its findings are as if they were not there; the cell still has only what is granted */
};

/* Findings that the operator has looked at and accepts. Guards are never suppressed. */
struct suppression {
    const char *rule;   /* as in rule_override */
    const char *source; /* the SHA-256 of the only source it holds for, hexadecimal; NULL: every one */
    const char *reason;
    uint32_t until; /* the last day it holds, in days since 1970 UTC */
};

struct verdict_policy {
    const struct capability_set *granted; /* NULL: nothing */
    enum severity reject_at;              /* a finding of this severity or worse rejects */
    const uint8_t *unknown; /* by kind, enum capability_unknown; NULL: as capability.def has it */
    const bool *asks;       /* by kind: a use without a grant is left to whoever asks, unless a critical rule
                               finds it; NULL: nothing is */
    const struct rule_override *overrides;
    uint32_t override_count;
    const struct suppression *suppressions;
    uint32_t suppression_count;
    uint32_t today; /* days since 1970 UTC */
};

struct verdict {
    enum decision decision;
    enum severity reject_at;       /* the policy's: findings below it did not count */
    struct capability_set used;    /* every capability found, each once */
    struct capability_set missing; /* those of them that the grant does not cover and that are left
                                      neither to the cell nor to whoever asks */
};

/* Sets `is_granted`, `severity` and `suppression` of the findings and decides. A capability that is missing
 * rejects whatever the severity. False only where the arena is exhausted; the verdict then rejects.
 * `source_digest` is the source's SHA-256, hexadecimal. */
bool verdict_decide(struct verdict *verdict, struct arena *arena, const struct verdict_policy *policy,
                    const char *source_digest, struct finding_list *findings);

/* "approve" or "reject". */
const char *decision_word(enum decision decision);

#endif
