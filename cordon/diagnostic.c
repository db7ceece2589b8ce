#include "cordon/diagnostic.h"

#include "base/utf8.h"
#include "cordon/explain.h"
#include "cordon/style.h"

/* Columns of an excerpt: a longer line is shown around the place. */
enum { EXCERPT_BEFORE_BYTES = 60, EXCERPT_BYTES = 120 };

static enum style severity_style(enum severity severity)
{
    switch (severity) {
    case SEVERITY_INFO:
        return STYLE_BLUE;
    case SEVERITY_WARNING:
        return STYLE_YELLOW;
    case SEVERITY_ERROR:
    case SEVERITY_CRITICAL:
        return STYLE_RED;
    case SEVERITY_COUNT:
        break;
    }
    return STYLE_PLAIN;
}

/* Moves a byte position back to the start of a character. */
static size_t character_start(struct view text, size_t at)
{
    while (at > 0 && at < text.length && ((unsigned char)text.bytes[at] & 0xc0) == 0x80) at--;
    return at;
}

static unsigned digits_of(uint32_t number)
{
    unsigned digits = 1;
    while (number >= 10) {
        number /= 10;
        digits++;
    }
    return digits;
}

static void excerpt_print(FILE *out, const struct report *report, const struct finding *finding,
                          bool has_color)
{
    const struct source *source = &report->source;
    struct place start = source_place(source, finding->start);
    struct view line = source_line(source, start.line);
    size_t line_start = source->line_starts[start.line - 1];
    size_t from = finding->start - line_start,
           to = finding->end > finding->start ? finding->end - line_start : from;
    if (to > line.length) to = line.length;
    if (from > line.length) from = line.length;
    size_t shown_from = line.length > EXCERPT_BYTES && from > EXCERPT_BEFORE_BYTES
                            ? character_start(line, from - EXCERPT_BEFORE_BYTES)
                            : 0;
    size_t shown_to = line.length - shown_from > EXCERPT_BYTES
                          ? character_start(line, shown_from + EXCERPT_BYTES)
                          : line.length;
    if (to > shown_to) to = shown_to;
    unsigned gutter = digits_of(start.line);
    const char *blue = style_code(has_color, STYLE_BLUE), *plain = style_code(has_color, STYLE_PLAIN);
    fprintf(out, "%*s%s |%s\n%s%u |%s ", (int)gutter, "", blue, plain, blue, start.line, plain);
    if (shown_from) fputs("...", out);
    style_put(out, view_slice(line, shown_from, shown_to));
    if (shown_to < line.length) fputs("...", out);
    unsigned indent = style_columns(view_slice(line, shown_from, from)) + (shown_from ? 3 : 0);
    unsigned width = from < to ? style_columns(view_slice(line, from, to)) : 1;
    fprintf(out, "\n%*s%s |%s %*s%s", (int)gutter, "", blue, plain, (int)indent, "",
            style_code(has_color, severity_style(finding->severity)));
    for (unsigned i = 0; i < (width ? width : 1); i++) fputc('^', out);
    fprintf(out, "%s\n", plain);
}

/* What the finding asks for, and how to give it. */
static void use_print(FILE *out, const struct report *report, const struct finding *finding)
{
    const struct capability *use = &finding->capability;
    fprintf(out, "capability %s", capability_word(use->kind));
    if (capability_argument_of(use->kind) != CAPABILITY_ARGUMENT_NONE) {
        fputc(' ', out);
        style_put(out, use->is_known ? use->argument : VIEW("(not known before it runs)"));
    }
    fprintf(out, " (%s)", capability_meaning(use->kind));
    bool is_missing = false;
    ARRAY_FOREACH (const struct capability, item, &report->verdict.missing)
        is_missing |= item->kind == use->kind && item->is_known == use->is_known &&
                      view_equals(item->argument, use->argument);
    if (finding->is_granted) {
        fputs(": granted", out);
    } else if (is_missing && !capability_is_grantable(*use) && use->is_known) {
        fputs("; nothing in a cell is there, so it cannot be granted", out);
    } else if (is_missing) {
        fputs("; to allow it: ", out);
        explain_grant(out, use);
    } else if (!finding->suppression) {
        fputs(": left to the cell", out);
    }
}

static void finding_print(FILE *out, const struct report *report, const struct finding *finding,
                          bool has_color)
{
    struct place start = source_place(&report->source, finding->start);
    const char *plain = style_code(has_color, STYLE_PLAIN), *blue = style_code(has_color, STYLE_BLUE);
    unsigned gutter = digits_of(start.line);
    fprintf(out, "%s%s[", style_code(has_color, severity_style(finding->severity)),
            severity_word(finding->severity));
    style_put(out, finding->rule_id);
    fprintf(out, "]%s%s: ", plain, style_code(has_color, STYLE_BOLD));
    style_put(out, finding->message);
    fprintf(out, "%s\n%*s%s-->%s ", plain, (int)gutter, "", blue, plain);
    style_put(out, report->source.path);
    fprintf(out, ":%u:%u\n", start.line, start.col);
    excerpt_print(out, report, finding, has_color);
    if (finding->capability.kind != CAPABILITY_NONE) {
        fprintf(out, "%*s %s=%s ", (int)gutter, "", blue, plain);
        use_print(out, report, finding);
        fputc('\n', out);
    }
    if (finding->suppression) {
        fprintf(out, "%*s %s=%s accepted by the policy: ", (int)gutter, "", blue, plain);
        style_put(out, view_of_cstr(finding->suppression));
        fputc('\n', out);
    }
    if (finding->help.length) {
        fprintf(out, "%*s %s=%s help: ", (int)gutter, "", blue, plain);
        style_put(out, finding->help);
        fputc('\n', out);
    }
    if (finding->has_fix) { /* its first line shows what it is about; JSON has all of it */
        struct view line = finding->fix, rest;
        bool has_more = view_split(finding->fix, '\n', &line, &rest);
        fprintf(out, "%*s %s=%s fix: ", (int)gutter, "", blue, plain);
        style_put(out, line);
        fputs(has_more ? " ...\n" : "\n", out);
    }
    fputc('\n', out);
}

void diagnostic_print(FILE *out, const struct report *report, bool shows_granted, bool has_color)
{
    ARRAY_FOREACH (const struct finding, finding, &report->findings)
        if (shows_granted || !finding->is_granted) finding_print(out, report, finding, has_color);
}
