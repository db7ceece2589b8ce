#include "cordon/narrow.h"

/* A version that a guard refused vouches for nothing: what the rules found in it is a guess. */
static bool was_before(const struct report *before, struct view fingerprint)
{
    ARRAY_FOREACH (const struct finding, finding, &before->findings)
        if (finding->is_guard) return false;
    ARRAY_FOREACH (const struct finding, finding, &before->findings)
        if (view_equals(finding->fingerprint, fingerprint)) return true;
    return false;
}

static bool is_on_changed_line(const struct report *report, const struct finding *finding,
                               const struct line_set *changed)
{
    uint32_t first = source_place(&report->source, finding->start).line;
    uint32_t last =
        source_place(&report->source, finding->end > finding->start ? finding->end - 1 : finding->end).line;
    for (uint32_t line = first; line <= last; line++)
        if (line > changed->count || changed->has[line]) return true;
    return false;
}

static bool is_known(const struct report *report, const struct finding *finding,
                     const struct narrowing *narrowing)
{
    if (finding->is_guard) return false;
    if (narrowing->baseline && baseline_has(narrowing->baseline, narrowing->path, finding->fingerprint))
        return true;
    /* A line can come alive without a change of its own, when quotes around it go: so it must have been found
     * too. */
    return narrowing->before && was_before(narrowing->before, finding->fingerprint) &&
           !is_on_changed_line(report, finding, narrowing->changed);
}

bool narrow_report(struct report *report, const struct narrowing *narrowing,
                   const struct verdict_policy *policy, uint32_t *taken)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < report->findings.count; i++) {
        struct finding finding = report->findings.items[i];
        if (!is_known(report, &finding, narrowing)) report->findings.items[kept++] = finding;
    }
    *taken = report->findings.count - kept;
    report->findings.count = kept;
    return verdict_decide(&report->verdict, &report->arena, policy, report->source.digest.hex,
                          &report->findings);
}
