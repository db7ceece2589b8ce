/* guard_nesting.c - how deep brackets and indents nest, before a parser sees them.
 *
 * A scan that knows strings, comments and templates roughly: where it is wrong (a regular expression that
 * looks like a division), it miscounts, and the limits of the tree's depth and of parse time stand behind it.
 */
#include <ctype.h>

#include "analyzer/guard.h"
#include "analyzer/limits.h"

struct nesting {
    const struct source *source;
    struct view bytes;
    size_t at;
    uint32_t depth, depth_limit;
    uint32_t indents[LIMIT_INDENT_DEPTH_PYTHON + 1]; /* columns of the open indents */
    uint32_t indent_count;
    uint32_t template_depths[LIMIT_BRACKET_DEPTH_JAVASCRIPT]; /* bracket depth of each open ${ */
    uint32_t template_count;
    char last; /* the last byte of code that is no white space */
    struct arena *arena;
    struct finding_list *findings;
};

static bool bytes_at(const struct nesting *scan, const char *text)
{
    return view_starts_with(view_slice(scan->bytes, scan->at, scan->bytes.length), view_of_cstr(text));
}

static void line_skip(struct nesting *scan)
{
    size_t end = view_find_byte(view_slice(scan->bytes, scan->at, scan->bytes.length), '\n');
    scan->at = end == SIZE_MAX ? scan->bytes.length : scan->at + end;
}

/* Behind the string that starts at `at`; a string of one line ends at the line's end at the latest. */
static void string_skip(struct nesting *scan, char quote, bool is_triple)
{
    scan->at += is_triple ? 3 : 1;
    char closing[4] = {quote, is_triple ? quote : '\0', is_triple ? quote : '\0', '\0'};
    while (scan->at < scan->bytes.length) {
        char c = scan->bytes.bytes[scan->at];
        if (c == '\\') {
            scan->at += bytes_at(scan, "\\\r\n") ? 3 : 2;
            continue;
        }
        if (c == '\n' && !is_triple) return;
        if (c == quote && bytes_at(scan, closing)) {
            scan->at += is_triple ? 3 : 1;
            return;
        }
        scan->at++;
    }
}

static bool bracket_open(struct nesting *scan, bool *is_over)
{
    if (++scan->depth <= scan->depth_limit) return true;
    *is_over = true;
    return guard_report(scan->findings, scan->arena, GUARD_NESTING, (uint32_t)scan->at,
                        (uint32_t)scan->at + 1, "brackets nest more than %u deep", scan->depth_limit);
}

/* The column of a logical line's first character. False in `*is_plain`: the grammar and CPython count it
 * differently, so that they would see different blocks: CPython goes to the next multiple of eight at a tab,
 * the grammar always adds eight, in sixteen bits; and a line continued by a backslash before its first
 * character has in CPython the column of the backslash, in the grammar that of all its white space. */
static uint32_t column_take(struct nesting *scan, bool *is_plain)
{
    uint32_t column = 0;
    for (; scan->at < scan->bytes.length; scan->at++) {
        char c = scan->bytes.bytes[scan->at];
        if (c == '\t' && column % 8 != 0) *is_plain = false;
        if (c == ' ')
            column++;
        else if (c == '\t')
            column = (column / 8 + 1) * 8;
        else if (c == '\f')
            column = 0;
        else
            break;
        if (column > LIMIT_INDENT_COLUMNS) *is_plain = false;
    }
    if (scan->at < scan->bytes.length && scan->bytes.bytes[scan->at] == '\\') *is_plain = false;
    return column;
}

/* At the start of a logical line: the indents that it opens and closes. */
static bool indent_take(struct nesting *scan, bool *is_over)
{
    bool is_plain = true;
    size_t start = scan->at;
    uint32_t column = column_take(scan, &is_plain);
    if (scan->at == scan->bytes.length || strchr("\r\n#", scan->bytes.bytes[scan->at])) return true;
    if (!is_plain) {
        *is_over = true;
        return guard_report(scan->findings, scan->arena, GUARD_INDENT, (uint32_t)start, (uint32_t)scan->at,
                            "the indentation has a tab behind a space, a backslash, or more than %u columns",
                            LIMIT_INDENT_COLUMNS);
    }
    while (scan->indent_count && scan->indents[scan->indent_count - 1] > column) scan->indent_count--;
    uint32_t current = scan->indent_count ? scan->indents[scan->indent_count - 1] : 0;
    if (column <= current) return true;
    if (scan->indent_count == LIMIT_INDENT_DEPTH_PYTHON) {
        *is_over = true;
        return guard_report(scan->findings, scan->arena, GUARD_NESTING, (uint32_t)scan->at,
                            (uint32_t)scan->at + 1, "blocks nest more than %u deep",
                            LIMIT_INDENT_DEPTH_PYTHON);
    }
    scan->indents[scan->indent_count++] = column;
    return true;
}

static bool python_scan(struct nesting *scan)
{
    bool is_over = false, is_line_start = true;
    while (scan->at < scan->bytes.length) {
        if (is_line_start && scan->depth == 0) {
            if (!indent_take(scan, &is_over)) return false;
            if (is_over || scan->at == scan->bytes.length) return true;
        }
        is_line_start = false;
        char c = scan->bytes.bytes[scan->at];
        switch (c) {
        case '#':
            line_skip(scan);
            continue;
        case '\'':
            string_skip(scan, c, bytes_at(scan, "'''"));
            continue;
        case '"':
            string_skip(scan, c, bytes_at(scan, "\"\"\""));
            continue;
        case '\\':
            scan->at += bytes_at(scan, "\\\r\n") ? 3 : 2;
            continue;
        case '\n':
            is_line_start = true;
            break;
        case '(':
        case '[':
        case '{':
            if (!bracket_open(scan, &is_over)) return false;
            if (is_over) return true;
            break;
        case ')':
        case ']':
        case '}':
            if (scan->depth) scan->depth--;
            break;
        default:
            break;
        }
        scan->at++;
    }
    return true;
}

/* Whether a slash starts a regular expression: it does where no value can have ended. */
static bool slash_starts_regex(char last)
{
    return last == '\0' || (!isalnum((unsigned char)last) && !strchr(")]}_$\"'`.", last));
}

static void regex_skip(struct nesting *scan)
{
    bool is_class = false;
    for (scan->at++; scan->at < scan->bytes.length; scan->at++) {
        char c = scan->bytes.bytes[scan->at];
        if (c == '\n') return;
        if (c == '\\')
            scan->at++;
        else if (c == '[')
            is_class = true;
        else if (c == ']')
            is_class = false;
        else if (c == '/' && !is_class)
            break;
    }
    scan->at++;
}

/* Up to the end of the template, or behind a "${", whose code then follows. */
static bool template_skip(struct nesting *scan, bool *is_over)
{
    for (; scan->at < scan->bytes.length; scan->at++) {
        char c = scan->bytes.bytes[scan->at];
        if (c == '\\') {
            scan->at++;
        } else if (c == '`') {
            scan->at++;
            scan->last = '`';
            return true;
        } else if (c == '$' && bytes_at(scan, "${")) {
            if (!bracket_open(scan, is_over)) return false;
            if (*is_over) return true;
            scan->template_depths[scan->template_count++] = scan->depth;
            scan->at += 2;
            scan->last = '{';
            return true;
        }
    }
    return true;
}

/* Steps over one comment, string, template or regular expression; false where none starts here. */
static bool javascript_text_skip(struct nesting *scan, char c, bool *is_over, bool *has_memory)
{
    if (c == '/' && bytes_at(scan, "//")) {
        line_skip(scan);
    } else if (c == '/' && bytes_at(scan, "/*")) {
        size_t end = view_find(view_slice(scan->bytes, scan->at + 2, scan->bytes.length), VIEW("*/"));
        scan->at = end == SIZE_MAX ? scan->bytes.length : scan->at + end + 4;
    } else if (c == '/' && slash_starts_regex(scan->last)) {
        regex_skip(scan);
        scan->last = '/';
    } else if (c == '\'' || c == '"') {
        string_skip(scan, c, false);
        scan->last = c;
    } else if (c == '`') {
        scan->at++;
        *has_memory = template_skip(scan, is_over);
    } else {
        return false;
    }
    return true;
}

static bool javascript_scan(struct nesting *scan)
{
    bool is_over = false, has_memory = true;
    while (scan->at < scan->bytes.length && !is_over) {
        char c = scan->bytes.bytes[scan->at];
        if (javascript_text_skip(scan, c, &is_over, &has_memory)) {
            if (!has_memory) return false;
            continue;
        }
        if (c == '(' || c == '[' || c == '{') {
            if (!bracket_open(scan, &is_over)) return false;
            if (is_over) return true;
        } else if (c == ')' || c == ']' || c == '}') {
            bool ends_hole = c == '}' && scan->template_count &&
                             scan->template_depths[scan->template_count - 1] == scan->depth;
            if (scan->depth) scan->depth--;
            if (ends_hole) {
                scan->template_count--;
                scan->at++;
                if (!template_skip(scan, &is_over)) return false;
                continue;
            }
        }
        if (!isspace((unsigned char)c)) scan->last = c;
        scan->at++;
    }
    return true;
}

/* In "..." only substitutions nest. Words such as `if` nest too: the depth of the tree limits those. */
static bool shell_scan(struct nesting *scan)
{
    bool is_over = false, is_text = false;
    while (scan->at < scan->bytes.length) {
        char c = scan->bytes.bytes[scan->at];
        bool is_word_start = scan->at == 0 || strchr(" \t\n;&|(", scan->bytes.bytes[scan->at - 1]);
        if (c == '\\') {
            scan->at += 2;
            continue;
        }
        if (c == '#' && is_word_start && !is_text) {
            line_skip(scan);
            continue;
        }
        if (c == '\'' && !is_text) {
            size_t end = view_find_byte(view_slice(scan->bytes, scan->at + 1, scan->bytes.length), c);
            scan->at = end == SIZE_MAX ? scan->bytes.length : scan->at + end + 2;
            continue;
        }
        if (c == '"') is_text = !is_text;
        if (c == '(' || c == '{' || (c == '[' && !is_text)) {
            if (!bracket_open(scan, &is_over)) return false;
            if (is_over) return true;
        }
        if ((c == ')' || c == '}' || (c == ']' && !is_text)) && scan->depth) scan->depth--;
        scan->at++;
    }
    return true;
}

bool guard_scan_nesting(const struct source *source, struct arena *arena, struct finding_list *findings)
{
    struct nesting scan = {.source = source, .bytes = source->bytes, .arena = arena, .findings = findings};
    switch (source->language->family) {
    case FAMILY_PYTHON:
        scan.depth_limit = LIMIT_BRACKET_DEPTH_PYTHON;
        return python_scan(&scan);
    case FAMILY_JAVASCRIPT:
        scan.depth_limit = LIMIT_BRACKET_DEPTH_JAVASCRIPT;
        return javascript_scan(&scan);
    case FAMILY_SHELL:
        scan.depth_limit = LIMIT_BRACKET_DEPTH_SHELL;
        return shell_scan(&scan);
    }
    return true;
}
