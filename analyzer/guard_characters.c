/* guard_characters.c - characters by which a person, the checker and the interpreter could see different
 * programs: controls, line ends, bidirectional controls, invisible characters (Trojan Source,
 * CVE-2021-42574). */
#include "analyzer/guard.h"
#include "analyzer/limits.h"
#include "base/utf8.h"

/* One scan of the characters of a source. */
struct character_scan {
    const struct source *source;
    uint32_t before, code, after; /* code points; 0: none */
    uint32_t start, end;          /* bytes of the current one */
};

static bool code_is_bidi(uint32_t code)
{
    return (code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069) || code == 0x200e ||
           code == 0x200f || code == 0x061c;
}

/* Default-ignorable code points (Unicode, DerivedCoreProperties) that show nothing where they stand. */
static bool code_is_invisible(uint32_t code)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0x00ad, 0x00ad}, {0x034f, 0x034f}, {0x115f, 0x1160},   {0x17b4, 0x17b5},   {0x180b, 0x180f},
        {0x200b, 0x200b}, {0x2060, 0x2065}, {0x206a, 0x206f},   {0x3164, 0x3164},   {0xfe00, 0xfe0d},
        {0xffa0, 0xffa0}, {0xfff0, 0xfffb}, {0x1bca0, 0x1bca3}, {0x1d173, 0x1d17a}, {0xe0000, 0xe0fff},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (code >= ranges[i].first && code <= ranges[i].last) return true;
    return false;
}

/* Joiners and emoji selectors are part of writing between letters and signs beyond ASCII; next to ASCII they
 * only hide. */
static bool joiner_is_misplaced(const struct character_scan *scan)
{
    if (scan->code == 0x200c || scan->code == 0x200d) return scan->before < 0x80 || scan->after < 0x80;
    if (scan->code != 0xfe0e && scan->code != 0xfe0f) return false;
    bool is_keycap =
        (scan->before >= '0' && scan->before <= '9') || scan->before == '#' || scan->before == '*';
    return scan->before < 0x80 && !is_keycap;
}

/* A shell takes a carriage return and a form feed for letters, the grammar for white space. */
static bool is_letter_to_shell(const struct character_scan *scan)
{
    return scan->source->language->family == FAMILY_SHELL && (scan->code == '\r' || scan->code == '\f');
}

/* At the start of a line, CPython and the grammar both set the column back to 0 at a form feed; JavaScript
 * takes it for white space anywhere. */
static bool form_feed_is_fine(const struct character_scan *scan)
{
    if (scan->source->language->family != FAMILY_PYTHON) return true;
    struct view bytes = scan->source->bytes;
    size_t at = scan->start;
    while (at > 0 && memchr(" \t\f", bytes.bytes[at - 1], 3)) at--;
    return at == 0 || bytes.bytes[at - 1] == '\n';
}

/* The guard that the current character offends, or GUARD_COUNT. */
static enum guard character_judge(const struct character_scan *scan)
{
    uint32_t code = scan->code;
    if (code == '\n' || code == '\t') return GUARD_COUNT;
    if (is_letter_to_shell(scan)) return code == '\r' ? GUARD_LINE_END : GUARD_CONTROL;
    if (code == '\r') return scan->after == '\n' ? GUARD_COUNT : GUARD_LINE_END;
    if (code == '\f') return form_feed_is_fine(scan) ? GUARD_COUNT : GUARD_CONTROL;
    if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return GUARD_CONTROL;
    if (code == 0x2028 || code == 0x2029) return GUARD_LINE_END;
    if (code == 0xfeff) return scan->start == 0 ? GUARD_COUNT : GUARD_BOM;
    if (code_is_bidi(code)) return GUARD_BIDI;
    if (code_is_invisible(code) || joiner_is_misplaced(scan)) return GUARD_INVISIBLE;
    return GUARD_COUNT;
}

static bool character_report(const struct character_scan *scan, enum guard guard, struct arena *arena,
                             struct finding_list *findings)
{
    const char *what = "character";
    if (guard == GUARD_CONTROL) what = "control character";
    if (guard == GUARD_LINE_END) what = "line end that not every reader takes for one";
    if (guard == GUARD_BOM) what = "byte order mark inside the text";
    if (guard == GUARD_BIDI) what = "bidirectional control, which shows text in another order than it runs";
    if (guard == GUARD_INVISIBLE) what = "invisible character";
    return guard_report(findings, arena, guard, scan->start, scan->end, "%s U+%04X", what, scan->code);
}

bool guard_scan_characters(const struct source *source, struct arena *arena, struct finding_list *findings)
{
    struct view bytes = source->bytes;
    struct character_scan scan = {.source = source};
    uint32_t reported = 0;
    for (size_t at = 0; at < bytes.length && reported < LIMIT_GUARD_FINDINGS;) {
        /* Eight printable ASCII bytes at a time: all of them at least 0x20, none 0x7f or above. */
        uint64_t word;
        if (bytes.length - at > sizeof word) {
            memcpy(&word, bytes.bytes + at, sizeof word);
            uint64_t high = word & 0x8080808080808080u;
            uint64_t low = (word - 0x2020202020202020u) & 0x8080808080808080u;
            uint64_t del = (word + 0x0101010101010101u) & 0x8080808080808080u;
            if (!(high | low | del)) {
                at += sizeof word;
                scan.before = (unsigned char)bytes.bytes[at - 1];
                continue;
            }
        }
        unsigned length = utf8_decode(view_slice(bytes, at, bytes.length), &scan.code);
        if (length == 0) return true; /* refused by the encoding guard */
        scan.after = 0;
        utf8_decode(view_slice(bytes, at + length, bytes.length), &scan.after);
        scan.start = (uint32_t)at;
        scan.end = (uint32_t)(at + length);
        enum guard guard = character_judge(&scan);
        if (guard != GUARD_COUNT) {
            reported++;
            if (!character_report(&scan, guard, arena, findings)) return false;
        }
        scan.before = scan.code;
        at += length;
    }
    return true;
}
