/* guard_encoding.c - UTF-8 without NUL, and nothing that tells the interpreter to read it otherwise. */
#include <ctype.h>

#include "analyzer/guard.h"
#include "base/utf8.h"

/* The encoding that a line declares (PEP 263), or an empty view: ^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+) */
static struct view cookie_of_line(struct view line)
{
    size_t at = 0;
    while (at < line.length && (line.bytes[at] == ' ' || line.bytes[at] == '\t' || line.bytes[at] == '\f'))
        at++;
    if (at == line.length || line.bytes[at] != '#') return (struct view){0};
    for (struct view rest = view_slice(line, at, line.length);;) {
        size_t found = view_find(rest, VIEW("coding"));
        if (found == SIZE_MAX) return (struct view){0};
        rest = view_slice(rest, found + 6, rest.length);
        if (rest.length == 0 || (rest.bytes[0] != ':' && rest.bytes[0] != '=')) continue;
        size_t start = 1;
        while (start < rest.length && (rest.bytes[start] == ' ' || rest.bytes[start] == '\t')) start++;
        size_t end = start;
        while (end < rest.length && (isalnum((unsigned char)rest.bytes[end]) || rest.bytes[end] == '-' ||
                                     rest.bytes[end] == '_' || rest.bytes[end] == '.'))
            end++;
        if (end > start) return view_slice(rest, start, end);
    }
}

static bool line_is_blank_or_comment(struct view line)
{
    line = view_trim(line);
    return line.length == 0 || line.bytes[0] == '#';
}

/* Lower case, with '-' for '_', as CPython compares the names of encodings. */
static bool cookie_is(struct view cookie, const char *name)
{
    size_t i = 0;
    for (; i < cookie.length && name[i]; i++) {
        char c = cookie.bytes[i] == '_' ? '-' : (char)tolower((unsigned char)cookie.bytes[i]);
        if (c != name[i]) return false;
    }
    return i == cookie.length && !name[i];
}

static bool cookie_is_harmless(struct view cookie, bool is_ascii)
{
    static const char *const utf8[] = {"utf-8", "utf8", "utf-8-sig"};
    /* Supersets of ASCII that read pure ASCII as what it is. */
    static const char *const ascii_like[] = {"ascii",  "us-ascii",   "latin-1",
                                             "latin1", "iso-8859-1", "iso-8859-15"};
    for (size_t i = 0; i < sizeof utf8 / sizeof *utf8; i++)
        if (cookie_is(cookie, utf8[i])) return true;
    for (size_t i = 0; is_ascii && i < sizeof ascii_like / sizeof *ascii_like; i++)
        if (cookie_is(cookie, ascii_like[i])) return true;
    return false;
}

static bool python_cookie_scan(const struct source *source, struct arena *arena,
                               struct finding_list *findings)
{
    bool is_ascii = true;
    for (size_t i = 0; i < source->bytes.length && is_ascii; i++)
        is_ascii = (signed char)source->bytes.bytes[i] >= 0;
    for (uint32_t line = 1; line <= 2; line++) {
        struct view text = source_line(source, line);
        if (line == 1 && view_starts_with(text, VIEW("\xef\xbb\xbf")))
            text = view_slice(text, 3, text.length);
        struct view cookie = cookie_of_line(text);
        if (cookie.length) {
            if (cookie_is_harmless(cookie, is_ascii)) return true;
            uint32_t start = (uint32_t)(cookie.bytes - source->bytes.bytes);
            return guard_report(
                findings, arena, GUARD_CODING_COOKIE, start, start + (uint32_t)cookie.length,
                "the source declares the encoding '%.*s': the interpreter would read other text "
                "than was checked",
                (int)(cookie.length > 40 ? 40 : cookie.length), cookie.bytes);
        }
        if (!line_is_blank_or_comment(text)) break;
    }
    return true;
}

bool guard_scan_encoding(const struct source *source, struct arena *arena, struct finding_list *findings)
{
    size_t nul = view_find_byte(source->bytes, '\0');
    size_t invalid = utf8_find_invalid(source->bytes);
    if (nul != SIZE_MAX)
        return guard_report(findings, arena, GUARD_NUL, (uint32_t)nul, (uint32_t)nul + 1,
                            "NUL byte at offset %zu", nul);
    if (invalid != SIZE_MAX)
        return guard_report(findings, arena, GUARD_ENCODING, (uint32_t)invalid, (uint32_t)invalid + 1,
                            "not UTF-8: byte 0x%02x at offset %zu",
                            (unsigned char)source->bytes.bytes[invalid], invalid);
    if (source->language->family == FAMILY_PYTHON) return python_cookie_scan(source, arena, findings);
    return true;
}
