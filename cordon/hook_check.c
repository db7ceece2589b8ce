#include "cordon/hook_check.h"

#include <stdio.h>
#include <stdlib.h>

#include "cordon/explain.h"
#include "cordon/hook_event.h"
#include "cordon/isolate.h"
#include "cordon/job.h"
#include "cordon/line_diff.h"
#include "cordon/narrow.h"
#include "cordon/record.h"
#include "cordon/rulepack.h"
#include "cordon/style.h"

struct checking {
    struct checker *checker; /* reads shell commands, to find the code in them */
    struct isolate *isolate; /* where that is checked; NULL: here */
    struct checker_options options;
    struct verdict_policy policy;
    const struct audit *audit;
    FILE *reason;
    uint32_t denials;
    struct error *err;
};

/* Of a file that is changed only what is new counts: what stands in it was there before. */
static bool code_narrow(struct checking *checking, const struct hook_code *code, struct report *report)
{
    if (!code->has_before) return true;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, (size_t)256 << 20);
    struct report before = {0};
    struct line_set changed = {0};
    struct narrowing narrowing = {0};
    struct error ignored = {0};
    uint32_t taken;
    if (line_diff(&changed, &arena, code->before, code->text) &&
        isolate_check(checking->isolate, &checking->options, code->label, code->before, code->language,
                      &before, &ignored)) {
        narrowing.before = &before;
        narrowing.changed = &changed;
    }
    bool is_decided = narrow_report(report, &narrowing, &checking->policy, &taken);
    report_clear(&before);
    return is_decided || error_set(checking->err, ERROR_LIMIT, "no memory left for the verdict");
}

/* Rules that find code which no check has read: here it was read, and stands among the codes or the problems.
 */
static bool answers_itself(struct checking *checking, const struct hook_code *code, struct report *report)
{
    static const char *const rules[] = {"bash.exec.interpreter",   "bash.dynamic.eval",
                                        "bash.dynamic.source",     "bash.dynamic.trap",
                                        "bash.dynamic.shell-text", "bash.dynamic.here-code"};
    uint32_t kept = 0;
    if (!code->is_read) return true;
    for (uint32_t i = 0; i < report->findings.count; i++) {
        struct finding finding = report->findings.items[i];
        bool is_answered = false;
        for (size_t j = 0; j < sizeof rules / sizeof *rules; j++)
            is_answered |= view_equals_cstr(finding.rule_id, rules[j]);
        if (!is_answered) report->findings.items[kept++] = finding;
    }
    report->findings.count = kept;
    return verdict_decide(&report->verdict, &report->arena, &checking->policy, report->source.digest.hex,
                          &report->findings) ||
           error_set(checking->err, ERROR_LIMIT, "no memory left for the verdict");
}

static bool code_check(struct checking *checking, const struct hook_code *code)
{
    struct report report = {0};
    bool is_checked = isolate_check(checking->isolate, &checking->options, code->label, code->text,
                                    code->language, &report, checking->err) &&
                      code_narrow(checking, code, &report) && answers_itself(checking, code, &report);
    struct error log_err = {0};
    bool is_recorded = record_check(checking->audit, code->label, code->text, is_checked ? &report : NULL,
                                    is_checked ? NULL : checking->err, &log_err);
    if (!is_recorded) *checking->err = log_err;
    if (is_checked && is_recorded && report.verdict.decision != DECISION_APPROVE) {
        checking->denials++;
        explain_agent(checking->reason, &report);
    }
    report_clear(&report);
    return is_checked && is_recorded;
}

static bool problem_take(struct checking *checking, struct view problem)
{
    struct error failure = {0};
    error_set(&failure, ERROR_INPUT, "%.*s", VIEW_ARGS(problem));
    checking->denials++;
    fputs("NOT DECIDED: ", checking->reason);
    style_put(checking->reason, problem);
    fputs(".\n", checking->reason);
    return record_check(checking->audit, VIEW("<call>"), (struct view){0}, NULL, &failure, checking->err);
}

static bool codes_check(struct checking *checking, const struct hook_codes *codes)
{
    fputs("cordon does not let this call through.\n", checking->reason);
    ARRAY_FOREACH (const struct view, problem, &codes->problems)
        if (!problem_take(checking, *problem)) return false;
    ARRAY_FOREACH (const struct hook_code, code, &codes->items)
        if (!code_check(checking, code)) return false;
    return true;
}

/* What the model reads: bounded, at the start of a character. */
static struct view reason_take(struct arena *arena, const char *text, size_t length)
{
    size_t end = length < HOOK_REASON_BYTES_MAX ? length : HOOK_REASON_BYTES_MAX;
    while (end < length && end > 0 && ((unsigned char)text[end] & 0xc0) == 0x80) end--;
    return arena_format(arena, "%.*s%s", (int)end, text, end < length ? "\n...\n" : "");
}

static bool event_check(struct hook_decision *decision, struct arena *arena, const struct options *options,
                        const struct audit *audit, const struct ruleset *ruleset, struct view json,
                        struct error *err)
{
    struct checking checking = {
        .policy = policy_verdict(&options->policy, policy_today()), .audit = audit, .err = err};
    checking.options = (struct checker_options){.ruleset = ruleset,
                                                .policy = checking.policy,
                                                .source_limit_bytes = options->policy.source_limit_bytes};
    struct hook_codes codes = {0};
    struct hook_event event;
    char *text = NULL;
    size_t length = 0;
    checking.checker = checker_new(&checking.options, err);
    if (!checking.checker) return false;
    bool is_isolated = options->isolation != ISOLATION_OFF;
    if (is_isolated && !(checking.isolate = isolate_open(ruleset, 0, err))) {
        checker_free(checking.checker);
        return false;
    }
    checking.reason = open_memstream(&text, &length);
    bool is_done = checking.reason && hook_event_take(&event, &codes, arena, checking.checker, json, err);
    decision->is_nested = is_done && event.is_nested;
    is_done = is_done && codes_check(&checking, &codes);
    if (checking.reason) fclose(checking.reason);
    decision->allows = is_done && (checking.denials == 0 || options->policy.is_report_only);
    if (is_done && !decision->allows) decision->reason = reason_take(arena, text, length);
    free(text);
    isolate_close(checking.isolate);
    checker_free(checking.checker);
    return is_done;
}

bool hook_check(struct hook_decision *decision, struct arena *arena, const struct options *options,
                enum hook_host host, struct view json, struct error *err)
{
    AUTO_AUDIT struct audit audit = {0};
    struct caller caller;
    *decision = (struct hook_decision){0};
    if (!job_audit_open(&audit, &caller, options, err)) return false;
    caller.via = "hook";
    caller.client = hook_host_word(host);
    struct ruleset *ruleset =
        rulepack_open(options->policy.uses_shipped_rules, options->policy.rule_paths.items,
                      options->policy.rule_paths.count, err);
    if (!ruleset) return false;
    audit.rules = ruleset_digest(ruleset);
    bool is_done = event_check(decision, arena, options, &audit, ruleset, json, err);
    ruleset_free(ruleset);
    return is_done;
}
