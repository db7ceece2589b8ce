#include "analyzer/verdict.h"

const char *decision_word(enum decision decision)
{
    return decision == DECISION_APPROVE ? "approve" : "reject";
}

/* Whether a use that no grant covers may be left to the cell, where only what is granted exists. */
static bool cell_answers(struct capability use)
{
    return !use.is_known && capability_unknown_of(use.kind) == CAPABILITY_UNKNOWN_CELL;
}

bool verdict_decide(struct verdict *verdict, struct arena *arena, const struct verdict_policy *policy,
                    struct finding_list *findings)
{
    static const struct capability_set nothing = {0};
    const struct capability_set *granted = policy->granted ? policy->granted : &nothing;
    *verdict = (struct verdict){.decision = DECISION_REJECT};
    bool is_rejected = false;
    ARRAY_FOREACH (struct finding, finding, findings) {
        struct capability use = finding->capability;
        if (use.kind == CAPABILITY_NONE) {
            is_rejected |= finding->is_guard || finding->severity >= policy->reject_at;
            continue;
        }
        finding->is_granted = capability_set_allows(granted, use);
        if (!capability_set_add(&verdict->used, arena, use)) return false;
        if (finding->is_granted || cell_answers(use)) continue;
        if (!capability_set_add(&verdict->missing, arena, use)) return false;
        is_rejected |= finding->severity >= policy->reject_at;
    }
    if (!is_rejected) verdict->decision = DECISION_APPROVE;
    return true;
}
