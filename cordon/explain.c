#include "cordon/explain.h"

#include <ctype.h>
#include <inttypes.h>

#include "cordon/style.h"

enum { AGENT_OUTPUT_BYTES = 4000, AGENT_CODE_BYTES = 160, LINES_SHOWN = 8 };

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

static void shell_word_put(FILE *out, struct view text)
{
    bool is_plain = text.length > 0;
    for (size_t i = 0; i < text.length; i++)
        is_plain &= isalnum((unsigned char)text.bytes[i]) || strchr("-_./:,@%+", text.bytes[i]) != NULL;
    if (is_plain) {
        style_put(out, text);
        return;
    }
    struct view part, rest = text;
    fputc('\'', out);
    for (bool has_more = true; has_more;) {
        has_more = view_split(rest, '\'', &part, &rest);
        style_put(out, part);
        if (has_more) fputs("'\\''", out);
    }
    fputc('\'', out);
}

/* Whether what is done is not known before it runs. No grant of one thing covers it; it can be left to the
 * cell. */
static bool is_unknown(const struct capability *use)
{
    return !use->is_known && capability_argument_of(use->kind) != CAPABILITY_ARGUMENT_NONE;
}

void explain_grant(FILE *out, const struct capability *use)
{
    bool takes_argument = capability_argument_of(use->kind) != CAPABILITY_ARGUMENT_NONE;
    fprintf(out, "%s%s", is_unknown(use) ? "--unknown " : "--allow ", capability_word(use->kind));
    if (!takes_argument) return;
    fputc('=', out);
    shell_word_put(out, is_unknown(use) ? VIEW("cell") : use->argument);
}

typedef bool finding_compare(const struct finding *, const struct finding *);

/* "line 3" or "lines 3, 7, 9 and 4 more": where the findings are that `is_same` says of. */
static void lines_print(FILE *out, const struct report *report, const struct finding *first,
                        finding_compare *is_same)
{
    uint32_t lines[LINES_SHOWN] = {0}, count = 0;
    ARRAY_FOREACH (const struct finding, finding, &report->findings) {
        uint32_t line = source_place(&report->source, finding->start).line;
        bool is_known = !is_same(first, finding);
        for (uint32_t i = 0; i < count && i < LINES_SHOWN; i++) is_known |= lines[i] == line;
        if (is_known) continue;
        if (count < LINES_SHOWN) lines[count] = line;
        count++;
    }
    fputs(count == 1 ? "line " : "lines ", out);
    for (uint32_t i = 0; i < count && i < LINES_SHOWN; i++) fprintf(out, "%s%u", i ? ", " : "", lines[i]);
    if (count > LINES_SHOWN) fprintf(out, " and %u more", count - LINES_SHOWN);
}

static bool is_same_use(const struct finding *a, const struct finding *b)
{
    return capability_equals(a->capability, b->capability);
}

static bool is_same_rule(const struct finding *a, const struct finding *b)
{
    return view_equals(a->rule_id, b->rule_id);
}

static void use_print(FILE *out, const struct report *report, const struct finding *finding)
{
    static const char *const states[] = {"granted", "accepted by the policy", "left to the cell", "MISSING"};
    const struct capability *use = &finding->capability;
    fprintf(out, "  %-12s ", capability_word(use->kind));
    struct view argument = use->argument;
    if (capability_argument_of(use->kind) == CAPABILITY_ARGUMENT_NONE)
        argument = VIEW("-");
    else if (!use->is_known)
        argument = VIEW("(not known before it runs)");
    style_put(out, argument);
    for (size_t i = style_columns(argument); i < 36; i++) fputc(' ', out);
    fprintf(out, " %-22s ", states[state_of(report, finding)]);
    lines_print(out, report, finding, is_same_use);
    fputc('\n', out);
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

/* What a grant, or leaving it to the cell, allows. */
static bool has_grant(const struct capability *use)
{
    return capability_is_grantable(*use) || is_unknown(use);
}

/* Whether the grant of another missing use, or the leaving of one of its kind, covers this one: the shortest
 * list names neither a file in a folder that is named, nor anything twice. */
static bool is_covered(const struct report *report, uint32_t index)
{
    const struct capability_set *missing = &report->verdict.missing;
    const struct capability *use = &missing->items[index];
    for (uint32_t i = 0; i < missing->count; i++) {
        struct capability_set one = {.items = &missing->items[i], .count = 1};
        const struct capability *other = &missing->items[i];
        if (i == index || other->kind != use->kind || other->is_known != use->is_known) continue;
        if (!use->is_known && i < index) return true;
        if (!use->is_known || !has_grant(other)) continue;
        struct capability_set self = {.items = &missing->items[index], .count = 1};
        bool is_alike = capability_set_allows(&self, *other);
        if (capability_set_allows(&one, *use) && (!is_alike || i < index)) return true;
    }
    return false;
}

/* The flags that would allow what is missing, if any would; false where none is named. */
static bool flags_print(FILE *out, const struct report *report, const char *before)
{
    bool has_any = false;
    for (uint32_t i = 0; i < report->verdict.missing.count; i++) {
        const struct capability *use = &report->verdict.missing.items[i];
        if (!has_grant(use) || is_covered(report, i)) continue;
        fputs(has_any ? " " : before, out);
        has_any = true;
        explain_grant(out, use);
    }
    return has_any;
}

/* The same as lines of a policy. */
static void policy_print(FILE *out, const struct report *report)
{
    bool has_section[2] = {false, false};
    for (int of_unknown = 0; of_unknown < 2; of_unknown++)
        for (uint32_t i = 0; i < report->verdict.missing.count; i++) {
            const struct capability *use = &report->verdict.missing.items[i];
            if (is_unknown(use) != of_unknown || !has_grant(use) || is_covered(report, i)) continue;
            if (!has_section[of_unknown]) fputs(of_unknown ? "unknown:\n" : "grants:\n", out);
            has_section[of_unknown] = true;
            fprintf(out, "%s%s", of_unknown ? "  " : "  - ", capability_word(use->kind));
            if (of_unknown) fputs(": cell", out);
            bool has_argument = capability_argument_of(use->kind) != CAPABILITY_ARGUMENT_NONE;
            if (!of_unknown && has_argument) fputs(": ", out);
            if (!of_unknown && has_argument) style_put_yaml(out, use->argument);
            fputc('\n', out);
        }
}

static bool has_unknown(const struct report *report)
{
    ARRAY_FOREACH (const struct capability, use, &report->verdict.missing)
        if (is_unknown(use)) return true;
    return false;
}

/* What no grant changes: findings that reject and are no capability, and uses that cannot be granted. */
static bool is_final(const struct report *report, const struct finding *finding)
{
    if (!explain_rejects(report, finding, report->verdict.reject_at)) return false;
    return finding->capability.kind == CAPABILITY_NONE || !has_grant(&finding->capability);
}

/* The first finding of its rule of which `is_meant` says yes. */
static bool is_first_of_rule(const struct report *report, const struct finding *finding,
                             bool (*is_meant)(const struct report *, const struct finding *))
{
    if (!is_meant(report, finding)) return false;
    ARRAY_FOREACH (const struct finding, before, &report->findings) {
        if (before == finding) return true;
        if (is_same_rule(before, finding) && is_meant(report, before)) return false;
    }
    return true;
}

static void ways_print(FILE *out, const struct report *report)
{
    fputs("\ntwo ways on: write it without what is missing (`cordon rules show ID` says how), or have it "
          "allowed.\n",
          out);
    if (flags_print(out, report, "to allow it: ")) {
        fputs("\nor in a policy file:\n", out);
        policy_print(out, report);
        if (has_unknown(report))
            fputs("\n(cell: where it is not known what is used, the cell answers, in which only what is "
                  "granted is there)\n",
                  out);
    }
    bool has_said = false;
    ARRAY_FOREACH (const struct finding, finding, &report->findings) {
        if (!is_first_of_rule(report, finding, is_final)) continue;
        if (!has_said) fputs("\nno grant changes these, only writing it differently:\n", out);
        has_said = true;
        fprintf(out, "  %-8s ", severity_word(finding->severity));
        style_put(out, finding->rule_id);
        fputs(", ", out);
        lines_print(out, report, finding, is_same_rule);
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

static bool is_reason(const struct report *report, const struct finding *finding)
{
    return explain_rejects(report, finding, report->verdict.reject_at);
}

static bool is_remark(const struct report *report, const struct finding *finding)
{
    return explain_stands(report, finding) && !is_reason(report, finding);
}

/* One line of the code, and what it needs. What was said of the line before is not said again. */
static void agent_line(FILE *out, const struct report *report, const struct finding *finding)
{
    uint32_t line = source_place(&report->source, finding->start).line;
    bool has_code = false;
    ARRAY_FOREACH (const struct finding, before, &report->findings) {
        if (before == finding) break;
        if (!is_reason(report, before) || source_place(&report->source, before->start).line != line) continue;
        has_code = true;
        if (is_same_rule(before, finding) && capability_equals(before->capability, finding->capability))
            return;
    }
    fprintf(out, "  line %u", line);
    if (!has_code) {
        struct view code = view_trim(source_line(&report->source, line));
        fputs(": ", out);
        style_put(out, view_slice(code, 0, AGENT_CODE_BYTES));
        if (code.length > AGENT_CODE_BYTES) fputs("...", out);
    }
    const struct capability *use = &finding->capability;
    if (use->kind != CAPABILITY_NONE) {
        fprintf(out, "\n    needs: %s", capability_word(use->kind));
        if (is_unknown(use)) fputs(" (of what is not known before it runs)", out);
        if (use->is_known && capability_argument_of(use->kind) != CAPABILITY_ARGUMENT_NONE) {
            fputc('=', out);
            shell_word_put(out, use->argument);
        }
    }
    fputc('\n', out);
}

/* One rule with all of its places. */
static void agent_rule(FILE *out, const struct report *report, const struct finding *first)
{
    uint32_t shown = 0, more = 0;
    style_put(out, first->rule_id);
    fputs(": ", out);
    style_put(out, first->message);
    fputc('\n', out);
    ARRAY_FOREACH (const struct finding, finding, &report->findings) {
        if (!is_same_rule(first, finding) || !is_reason(report, finding)) continue;
        if (shown++ < LINES_SHOWN)
            agent_line(out, report, finding);
        else
            more++;
    }
    if (more) fprintf(out, "  and %u more places\n", more);
    if (!first->help.length) return;
    fputs("  do: ", out);
    style_put(out, first->help);
    fputc('\n', out);
}

/* Rules that stand and reject nothing, or those that no grant changes: "ID (line 3), ID (lines 4, 5)". */
static bool agent_list(FILE *out, const struct report *report, const char *before,
                       bool (*is_meant)(const struct report *, const struct finding *))
{
    bool has_any = false;
    ARRAY_FOREACH (const struct finding, finding, &report->findings) {
        if (!is_first_of_rule(report, finding, is_meant)) continue;
        fputs(has_any ? ", " : before, out);
        has_any = true;
        style_put(out, finding->rule_id);
        fputs(" (", out);
        lines_print(out, report, finding, is_same_rule);
        fputc(')', out);
    }
    return has_any;
}

void explain_agent(FILE *out, const struct report *report)
{
    bool is_approved = report->verdict.decision == DECISION_APPROVE;
    fputs(is_approved ? "APPROVED " : "REJECTED ", out);
    style_put(out, report->source.path);
    fputc('\n', out);
    if (is_approved) return;
    ARRAY_FOREACH (const struct finding, finding, &report->findings)
        if (is_first_of_rule(report, finding, is_reason)) agent_rule(out, report, finding);
    fputs("Two ways on: write it without what is named above", out);
    if (flags_print(out, report, ", or ask the operator for: ") && has_unknown(report))
        fputs(" (cell: only what is granted is there when it runs)", out);
    fputs(".\n", out);
    if (agent_list(out, report, "No grant changes these, they must be written differently: ", is_final))
        fputs(".\n", out);
    if (agent_list(out, report, "Noticed, and no reason to reject: ", is_remark)) fputs(".\n", out);
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
