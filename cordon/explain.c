#include "cordon/explain.h"

#include <ctype.h>
#include <inttypes.h>

#include "cordon/style.h"

enum { AGENT_OUTPUT_BYTES = 4000, AGENT_CODE_BYTES = 160 };

enum use_state { USE_GRANTED, USE_SUPPRESSED, USE_CELL, USE_MISSING };

static bool capability_equals(struct capability a, struct capability b)
{
    return a.kind == b.kind && a.is_known == b.is_known && view_equals(a.argument, b.argument);
}

static bool set_has(const struct capability_set *set, struct capability use)
{
    ARRAY_FOREACH (const struct capability, item, set)
        if (capability_equals(*item, use)) return true;
    return false;
}

static enum use_state state_of(const struct report *report, const struct finding *finding)
{
    if (finding->is_granted) return USE_GRANTED;
    if (finding->suppression) return USE_SUPPRESSED;
    return set_has(&report->verdict.missing, finding->capability) ? USE_MISSING : USE_CELL;
}

/* Counts whatever is granted. The threshold is not known here, so it is shown with its severity. */
static bool is_plain_problem(const struct finding *finding)
{
    return finding->capability.kind == CAPABILITY_NONE && !finding->suppression;
}

bool explain_stands(const struct report *report, const struct finding *finding)
{
    if (finding->capability.kind == CAPABILITY_NONE) return is_plain_problem(finding);
    return state_of(report, finding) == USE_MISSING;
}

bool explain_rejects(const struct report *report, const struct finding *finding, enum severity reject_at)
{
    if (!explain_stands(report, finding)) return false;
    return finding->capability.kind != CAPABILITY_NONE || finding->is_guard || finding->severity >= reject_at;
}

void explain_grant(FILE *out, const struct capability *use)
{
    bool takes_argument = capability_argument_of(use->kind) != CAPABILITY_ARGUMENT_NONE;
    fputs(capability_word(use->kind), out);
    if (!takes_argument) return;
    fputc('=', out);
    struct view argument = use->is_known ? use->argument : VIEW("*");
    bool is_plain = argument.length > 0;
    for (size_t i = 0; i < argument.length; i++)
        is_plain &=
            isalnum((unsigned char)argument.bytes[i]) || strchr("-_./:,@%+", argument.bytes[i]) != NULL;
    if (is_plain) {
        style_put(out, argument);
        return;
    }
    struct view part, rest = argument;
    fputc('\'', out);
    for (bool has_more = true; has_more;) {
        has_more = view_split(rest, '\'', &part, &rest);
        style_put(out, part);
        if (has_more) fputs("'\\''", out);
    }
    fputc('\'', out);
}

static void yaml_grant(FILE *out, const struct capability *use)
{
    fprintf(out, "  - %s", capability_word(use->kind));
    if (capability_argument_of(use->kind) != CAPABILITY_ARGUMENT_NONE) {
        fputs(": ", out);
        style_put_yaml(out, use->is_known ? use->argument : VIEW("*"));
    }
    fputc('\n', out);
}

static void use_print(FILE *out, const struct report *report, const struct finding *finding)
{
    static const char *const states[] = {"granted", "accepted by the policy", "left to the cell", "MISSING"};
    const struct capability *use = &finding->capability;
    struct place place = source_place(&report->source, finding->start);
    fprintf(out, "  %-12s ", capability_word(use->kind));
    struct view argument = use->argument;
    if (capability_argument_of(use->kind) == CAPABILITY_ARGUMENT_NONE)
        argument = VIEW("-");
    else if (!use->is_known)
        argument = VIEW("(not known before it runs)");
    style_put(out, argument);
    for (size_t i = style_columns(argument); i < 36; i++) fputc(' ', out);
    fprintf(out, " line %-6u %s\n", place.line, states[state_of(report, finding)]);
}

/* The capabilities of the report, each once, at its first place. */
static bool is_first_use(const struct report *report, uint32_t index)
{
    const struct finding *finding = &report->findings.items[index];
    if (finding->capability.kind == CAPABILITY_NONE) return false;
    for (uint32_t i = 0; i < index; i++)
        if (capability_equals(report->findings.items[i].capability, finding->capability)) return false;
    return true;
}

/* An unknown name, host or program is covered by a grant of every one; a path never is. */
static bool has_grant(const struct capability *use)
{
    return capability_is_grantable(*use) ||
           (!use->is_known && capability_argument_of(use->kind) != CAPABILITY_ARGUMENT_PATH);
}

/* The flags that would allow what is missing, if any would; false where none is named. */
static bool flags_print(FILE *out, const struct report *report, const char *before)
{
    bool has_any = false;
    ARRAY_FOREACH (const struct capability, use, &report->verdict.missing) {
        if (!has_grant(use)) continue;
        fputs(has_any ? " --allow " : before, out);
        if (!has_any) fputs(" --allow ", out);
        has_any = true;
        explain_grant(out, use);
    }
    return has_any;
}

/* What no grant changes: problems that are no capability, and uses that cannot be granted. */
static bool is_final(const struct report *report, const struct finding *finding)
{
    if (finding->capability.kind == CAPABILITY_NONE) return is_plain_problem(finding);
    return state_of(report, finding) == USE_MISSING && !has_grant(&finding->capability);
}

static void ways_print(FILE *out, const struct report *report)
{
    if (flags_print(out, report, "to allow it:")) {
        fputs("\nor in a policy file:\ngrants:\n", out);
        ARRAY_FOREACH (const struct capability, use, &report->verdict.missing)
            if (has_grant(use)) yaml_grant(out, use);
    }
    bool has_said = false;
    ARRAY_FOREACH (const struct finding, finding, &report->findings) {
        if (!is_final(report, finding)) continue;
        if (!has_said) fputs("no grant changes these:\n", out);
        has_said = true;
        fprintf(out, "  line %-6u %-8s ", source_place(&report->source, finding->start).line,
                severity_word(finding->severity));
        style_put(out, finding->rule_id);
        fputc('\n', out);
    }
}

void explain_table(FILE *out, const struct report *report)
{
    style_put(out, report->source.path);
    fprintf(out, ": %s\n", report->verdict.decision == DECISION_APPROVE ? "approved" : "rejected");
    bool has_uses = false;
    for (uint32_t i = 0; i < report->findings.count; i++) {
        if (!is_first_use(report, i)) continue;
        use_print(out, report, &report->findings.items[i]);
        has_uses = true;
    }
    if (!has_uses) fputs("  no capability is used\n", out);
    if (report->verdict.decision != DECISION_APPROVE) ways_print(out, report);
    fputc('\n', out);
}

static void agent_finding(FILE *out, const struct report *report, const struct finding *finding)
{
    struct place place = source_place(&report->source, finding->start);
    struct view code = view_trim(source_line(&report->source, place.line));
    fprintf(out, "line %u, column %u: ", place.line, place.col);
    style_put(out, finding->rule_id);
    fputs(": ", out);
    style_put(out, finding->message);
    fputs("\n  code: ", out);
    style_put(out, view_slice(code, 0, AGENT_CODE_BYTES));
    if (finding->capability.kind != CAPABILITY_NONE) {
        fputs("\n  needs: ", out);
        explain_grant(out, &finding->capability);
    }
    if (finding->help.length) {
        fputs("\n  do: ", out);
        style_put(out, finding->help);
    }
    fputc('\n', out);
}

void explain_agent(FILE *out, const struct report *report)
{
    bool is_approved = report->verdict.decision == DECISION_APPROVE;
    fputs(is_approved ? "APPROVED " : "REJECTED ", out);
    style_put(out, report->source.path);
    fputc('\n', out);
    if (is_approved) return;
    ARRAY_FOREACH (const struct finding, finding, &report->findings) {
        if (explain_stands(report, finding)) agent_finding(out, report, finding);
    }
    fputs("Two ways on: write it without what is named above", out);
    bool is_stuck = !flags_print(out, report, ", or ask the operator for:");
    ARRAY_FOREACH (const struct finding, finding, &report->findings) is_stuck |= is_final(report, finding);
    if (is_stuck) fputs("; not all of it can be granted", out);
    fputs(".\n", out);
}

static void agent_output(FILE *out, const char *name, const struct output *output)
{
    struct view shown = view_slice(output->bytes, 0, AGENT_OUTPUT_BYTES);
    if (output->total_bytes == 0) return;
    fprintf(out, "%s (%" PRIu64 " bytes%s):\n", name, output->total_bytes,
            shown.length < output->total_bytes ? ", cut off" : "");
    for (size_t i = 0; i < shown.length;) {
        struct view line, rest;
        view_split(view_slice(shown, i, shown.length), '\n', &line, &rest);
        fputs("  ", out);
        style_put(out, line);
        fputc('\n', out);
        i += line.length + 1;
    }
}

void explain_agent_result(FILE *out, const struct result *result)
{
    fprintf(out, "RAN: %s", ended_word(result->ended));
    if (result->ended == ENDED_EXITED) fprintf(out, " with status %d", result->exit_code);
    if (result->ended == ENDED_SIGNALED) fprintf(out, " by signal %d", result->signal);
    if (result->ended == ENDED_LIMIT) fprintf(out, " %s", limit_word(result->limit));
    fprintf(out, " after %" PRIu64 " ms\n", result->wall_ms);
    agent_output(out, "stdout", &result->out);
    agent_output(out, "stderr", &result->err);
}
