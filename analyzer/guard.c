#include "analyzer/guard.h"

#include <stdarg.h>
#include <stdio.h>

#include "analyzer/limits.h"

static const struct {
    const char *id, *help;
} guards[GUARD_COUNT] = {
#define GUARD(name, id, help) [GUARD_##name] = {id, help},
#include "analyzer/guard.def"
#undef GUARD
};

const char *guard_id(enum guard guard)
{
    return guards[guard].id;
}

const char *guard_help(enum guard guard)
{
    return guards[guard].help;
}

bool guard_report(struct finding_list *findings, struct arena *arena, enum guard guard, uint32_t start,
                  uint32_t end, const char *format, ...)
{
    char message[256];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    struct finding finding = {
        .rule_id = view_of_cstr(guards[guard].id),
        .severity = SEVERITY_CRITICAL,
        .message = arena_copy(arena, view_of_cstr(message)),
        .help = view_of_cstr(guards[guard].help),
        .start = start,
        .end = end,
        .is_guard = true,
    };
    return finding.message.bytes && ARRAY_PUSH(arena, findings, finding);
}

bool guard_scan_lines(const struct source *source, struct arena *arena, struct finding_list *findings)
{
    uint32_t reported = 0;
    for (uint32_t line = 1; line <= source->line_count && reported < LIMIT_GUARD_FINDINGS; line++) {
        struct view text = source_line(source, line);
        if (text.length <= LIMIT_LINE_BYTES) continue;
        uint32_t start = source->line_starts[line - 1];
        reported++;
        if (!guard_report(findings, arena, GUARD_LINE_LENGTH, start, start,
                          "the line has %zu bytes; the limit is %u", text.length, LIMIT_LINE_BYTES))
            return false;
    }
    return true;
}

bool guard_scan(const struct source *source, uint32_t size_limit_bytes, struct arena *arena,
                struct finding_list *findings, struct error *err)
{
    if (source->bytes.length > size_limit_bytes) {
        if (guard_report(findings, arena, GUARD_SIZE, 0, 0, "the source has more than %u bytes",
                         size_limit_bytes))
            return true;
        return error_set(err, ERROR_LIMIT, "no memory left for a finding");
    }
    /* Each guard relies on what those before it have refused: characters need valid UTF-8, and what a line or
     * a string is depends on the characters. */
    static bool (*const scans[])(const struct source *, struct arena *, struct finding_list *) = {
        guard_scan_encoding, guard_scan_characters, guard_scan_lines, guard_scan_nesting};
    for (size_t i = 0; i < sizeof scans / sizeof *scans && findings->count == 0; i++)
        if (!scans[i](source, arena, findings))
            return error_set(err, ERROR_LIMIT, "no memory left for a finding");
    return true;
}
