#include "analyzer/verdict.h"

#include <fnmatch.h>

const char *decision_word(enum decision decision)
{
    return decision == DECISION_APPROVE ? "approve" : "reject";
}

/* Whether a use that no grant covers may be left to the cell, where only what is granted exists. */
static bool cell_answers(const struct verdict_policy *policy, struct capability use)
{
    if (use.is_known) return false;
    enum capability_unknown unknown = policy->unknown ? (enum capability_unknown)policy->unknown[use.kind]
                                                      : capability_unknown_of(use.kind);
    return unknown == CAPABILITY_UNKNOWN_CELL;
}

/* Whether a use that no grant covers is left to whoever asks, and has a prompt of its own: never what a
 * critical rule finds. */
static bool asker_answers(const struct verdict_policy *policy, const struct finding *finding)
{
    return policy->asks && policy->asks[finding->capability.kind] && finding->severity < SEVERITY_CRITICAL;
}

/* The scratch folder is the program's own, by each of its names. */
static bool is_in_scratch(struct capability use)
{
    static const char *const folders[] = {"/scratch", "/tmp", "/dev/shm"};
    bool is_file = use.kind == CAPABILITY_FS_READ || use.kind == CAPABILITY_FS_WRITE;
    for (size_t i = 0; is_file && use.is_known && i < sizeof folders / sizeof *folders; i++) {
        struct view folder = view_of_cstr(folders[i]);
        if (view_starts_with(use.argument, folder) &&
            (use.argument.length == folder.length || use.argument.bytes[folder.length] == '/'))
            return true;
    }
    return false;
}

/* Ids of rules are short; a longer one fits only what is written for every rule. */
static bool rule_fits(const char *glob, struct view id)
{
    char text[256];
    if (id.length >= sizeof text) return view_equals(VIEW("*"), view_of_cstr(glob));
    memcpy(text, id.bytes, id.length);
    text[id.length] = '\0';
    return fnmatch(glob, text, 0) == 0;
}

/* False: its rule is switched off. */
static bool finding_adjust(const struct verdict_policy *policy, const char *source_digest,
                           struct finding *finding)
{
    bool is_off = false;
    if (finding->is_guard) return true;
    for (uint32_t i = 0; i < policy->override_count; i++) {
        if (!rule_fits(policy->overrides[i].rule, finding->rule_id)) continue;
        is_off = policy->overrides[i].is_off;
        if (!is_off) finding->severity = policy->overrides[i].severity;
    }
    for (uint32_t i = 0; i < policy->suppression_count && !finding->suppression; i++) {
        const struct suppression *suppression = &policy->suppressions[i];
        bool is_source =
            !suppression->source || (source_digest && strcmp(suppression->source, source_digest) == 0);
        if (is_source && policy->today <= suppression->until &&
            rule_fits(suppression->rule, finding->rule_id))
            finding->suppression = suppression->reason;
    }
    return !is_off;
}

bool verdict_decide(struct verdict *verdict, struct arena *arena, const struct verdict_policy *policy,
                    const char *source_digest, struct finding_list *findings)
{
    static const struct capability_set nothing = {0};
    const struct capability_set *granted = policy->granted ? policy->granted : &nothing;
    *verdict = (struct verdict){.decision = DECISION_REJECT, .reject_at = policy->reject_at};
    bool is_rejected = false;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < findings->count; i++)
        if (finding_adjust(policy, source_digest, &findings->items[i]))
            findings->items[kept++] = findings->items[i];
    findings->count = kept;
    ARRAY_FOREACH (struct finding, finding, findings) {
        struct capability use = finding->capability;
        if (use.kind == CAPABILITY_NONE) {
            is_rejected |=
                !finding->suppression && (finding->is_guard || finding->severity >= policy->reject_at);
            continue;
        }
        finding->is_granted = is_in_scratch(use) || capability_set_allows(granted, use);
        if (!capability_set_add(&verdict->used, arena, use)) return false;
        if (finding->is_granted || finding->suppression || cell_answers(policy, use) ||
            asker_answers(policy, finding))
            continue;
        if (!capability_set_add(&verdict->missing, arena, use)) return false;
        is_rejected = true;
    }
    if (!is_rejected) verdict->decision = DECISION_APPROVE;
    return true;
}
