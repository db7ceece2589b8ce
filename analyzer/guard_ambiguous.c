/* guard_ambiguous.c - JavaScript that the grammar reads in one way and an interpreter may read in another, so
 * that code could hide in what the tree shows as a comment or a regular expression. Needs the tree, since the
 * same bytes in a string or a comment mean nothing.
 *
 * The source is read from its start: what stands before the first such place was read alike by both. */
#include "analyzer/guard.h"
#include "analyzer/limits.h"
#include "analyzer/syntax.h"
#include "base/utf8.h"
#include "grammars/shape.h"

struct ambiguity_scan {
    const struct syntax *syntax;
    const struct shape_table *shapes;
    struct arena *arena;
    struct finding_list *findings;
    uint32_t *open; /* functions around the scan, innermost last; room for LIMIT_TREE_DEPTH */
    uint32_t open_count;
};

static enum shape shape_at(const struct ambiguity_scan *scan, uint32_t index)
{
    return shape_of(scan->shapes, scan->syntax->nodes[index].kind);
}

/* The last node of the array that starts at or before this byte. */
static uint32_t node_before(const struct syntax *syntax, uint32_t offset)
{
    uint32_t low = 0, high = syntax->count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (syntax->nodes[middle].start <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

/* Whether a byte stands in a string, a comment or the like. Only leaves are looked at: the text of a string
 * between two holes is a leaf of its own. */
static bool is_inside_text(const struct ambiguity_scan *scan, uint32_t offset)
{
    uint32_t at = node_before(scan->syntax, offset);
    const struct node *node = &scan->syntax->nodes[at];
    if (!(node->flags & NODE_IS_LEAF) || offset >= node->end) return false;
    switch ((int)shape_at(scan, at)) {
    case SHAPE_COMMENT:
    case SHAPE_STRING_CONTENT:
    case SHAPE_STRING_ESCAPE:
    case SHAPE_REGEX_PATTERN:
    case SHAPE_TEXT:
        return true;
    case SHAPE_SHELL_TEXT: /* in quotes */
        return scan->syntax->source->bytes.bytes[node->start] == '\'' ||
               scan->syntax->source->bytes.bytes[node->start] == '$';
    default:
        return false;
    }
}

/* Whether only white space and comments stand between a line's start and this byte. */
static bool is_line_start(const struct ambiguity_scan *scan, uint32_t offset)
{
    struct view bytes = scan->syntax->source->bytes;
    while (offset > 0) {
        char c = bytes.bytes[offset - 1];
        if (c == '\n') return true;
        uint32_t at = node_before(scan->syntax, offset - 1);
        const struct node *node = &scan->syntax->nodes[at];
        bool is_comment = shape_at(scan, at) == SHAPE_COMMENT && offset - 1 < node->end;
        if (is_comment)
            offset = node->start;
        else if ((signed char)c >= 0 && c > ' ')
            return false;
        else
            offset--;
    }
    return true;
}

/* <!-- begins a comment in scripts and is three operators in modules; --> ends one where a line starts. */
static bool markup_scan(const struct ambiguity_scan *scan)
{
    struct view bytes = scan->syntax->source->bytes;
    for (size_t at = 0; at < bytes.length;) {
        struct view rest = view_slice(bytes, at, bytes.length);
        size_t dashes = view_find(rest, VIEW("--"));
        if (dashes == SIZE_MAX) return true;
        at += dashes;
        bool is_opening = at >= 2 && memcmp(bytes.bytes + at - 2, "<!", 2) == 0;
        bool is_closing = bytes.length - at > 2 && bytes.bytes[at + 2] == '>';
        uint32_t start = (uint32_t)at - (is_opening ? 2 : 0);
        at++;
        if ((!is_opening && !is_closing) || is_inside_text(scan, start)) continue;
        if (!is_opening && !is_line_start(scan, start)) continue;
        return guard_report(
            scan->findings, scan->arena, GUARD_AMBIGUOUS, start, (uint32_t)at + (is_opening ? 1 : 2),
            "'%s' is a comment to some interpreters and an operator to others", is_opening ? "<!--" : "-->");
    }
    return true;
}

/* White space beyond ASCII: the grammar's scanner does not take it for that where it decides whether a line
 * break ends a statement, so that a division on the next line would look like a regular expression. */
static bool space_scan(const struct ambiguity_scan *scan)
{
    struct view bytes = scan->syntax->source->bytes;
    for (size_t at = 0; at < bytes.length; at++) {
        if ((signed char)bytes.bytes[at] >= 0) continue;
        uint32_t code = 0;
        unsigned length = utf8_decode(view_slice(bytes, at, bytes.length), &code);
        bool is_space = code == 0xa0 || code == 0x1680 || (code >= 0x2000 && code <= 0x200a) ||
                        code == 0x202f || code == 0x205f || code == 0x3000;
        if (is_space && !is_inside_text(scan, (uint32_t)at))
            return guard_report(scan->findings, scan->arena, GUARD_AMBIGUOUS, (uint32_t)at,
                                (uint32_t)at + length, "white space U+%04X between tokens", code);
        at += length ? length - 1 : 0;
    }
    return true;
}

enum keyword_place { KEYWORD_IS_KEYWORD, KEYWORD_IS_NAME, KEYWORD_AT_TOP };

/* What "async", or the "*" of a generator, in the head of the innermost open function says. */
static enum keyword_place keyword_place_of(const struct ambiguity_scan *scan, const char *token)
{
    if (!scan->open_count) return KEYWORD_AT_TOP;
    const struct syntax *syntax = scan->syntax;
    uint32_t function = scan->open[scan->open_count - 1];
    for (uint32_t child = function + 1; child < syntax->nodes[function].next;
         child = syntax->nodes[child].next) {
        bool is_token = !(syntax->nodes[child].flags & NODE_IS_NAMED);
        if (is_token && view_equals_cstr(node_text(syntax, child), token)) return KEYWORD_IS_KEYWORD;
    }
    return KEYWORD_IS_NAME;
}

/* Only a module has these; in a script they are syntax errors. */
static bool is_module(const struct ambiguity_scan *scan)
{
    const struct syntax *syntax = scan->syntax;
    for (uint32_t at = 1; at < syntax->count; at = syntax->nodes[at].next)
        if (shape_at(scan, at) == SHAPE_IMPORT || shape_at(scan, at) == SHAPE_EXPORT) return true;
    return false;
}

/* In a script, outside a generator or an async function, `yield` and `await` are variables; the grammar takes
 * them for the keywords everywhere. A slash behind them then divides and does not start a regular expression,
 * a parenthesis calls. */
static bool keyword_scan(struct ambiguity_scan *scan)
{
    const struct syntax *syntax = scan->syntax;
    struct view bytes = syntax->source->bytes;
    bool is_known_module = is_module(scan);
    for (uint32_t at = 1; at < syntax->count; at++) {
        enum shape shape = shape_at(scan, at);
        bool is_await = shape == SHAPE_AWAIT;
        while (scan->open_count && syntax->nodes[scan->open[scan->open_count - 1]].next <= at)
            scan->open_count--;
        if (shape == SHAPE_FUNCTION || shape == SHAPE_FUNCTION_EXPRESSION || shape == SHAPE_METHOD)
            scan->open[scan->open_count++] = at;
        if (!is_await && shape != SHAPE_YIELD) continue;
        const struct node *node = &syntax->nodes[at];
        uint32_t operand = node->start + 5; /* behind "await" or "yield" */
        for (uint32_t child = at + 1; child < node->next; child = syntax->nodes[child].next)
            if (syntax->nodes[child].start >= operand && !(syntax->nodes[child].flags & NODE_IS_EXTRA)) {
                operand = syntax->nodes[child].start;
                break;
            }
        bool may_continue = operand < node->end && strchr("(`[/+-", bytes.bytes[operand]);
        enum keyword_place place =
            may_continue ? keyword_place_of(scan, is_await ? "async" : "*") : KEYWORD_IS_KEYWORD;
        if (place == KEYWORD_AT_TOP && is_await && is_known_module) continue;
        if (place == KEYWORD_IS_KEYWORD) continue;
        return guard_report(scan->findings, scan->arena, GUARD_AMBIGUOUS, node->start, operand + 1,
                            "'%s' is a variable in a script outside %s function, and '%c' goes on from it",
                            is_await ? "await" : "yield", is_await ? "an async" : "a generator",
                            bytes.bytes[operand]);
    }
    return true;
}

/* What cannot be called or have members in JavaScript without parentheses: there a line break ends the
 * statement, and what stands on the next line is a statement of its own. */
static bool line_scan(const struct ambiguity_scan *scan)
{
    const struct syntax *syntax = scan->syntax;
    for (uint32_t at = 1; at + 1 < syntax->count; at++) {
        enum shape shape = shape_at(scan, at);
        if (shape != SHAPE_CALL && shape != SHAPE_MEMBER && shape != SHAPE_SUBSCRIPT) continue;
        enum shape front = shape_at(scan, at + 1);
        bool is_arrow = front == SHAPE_FUNCTION_EXPRESSION &&
                        !view_starts_with(node_text(syntax, at + 1), VIEW("function")) &&
                        !view_starts_with(node_text(syntax, at + 1), VIEW("async function"));
        if (front != SHAPE_UPDATE && front != SHAPE_UNARY && front != SHAPE_BINARY &&
            front != SHAPE_ASSIGNMENT && front != SHAPE_ASSIGNMENT_AUGMENTED && front != SHAPE_YIELD &&
            front != SHAPE_AWAIT && front != SHAPE_CHOICE && !is_arrow)
            continue;
        uint32_t start = syntax->nodes[at + 1].end;
        return guard_report(scan->findings, scan->arena, GUARD_AMBIGUOUS, start, syntax->nodes[at].end,
                            "the statement before ends here, or it does not: put a semicolon");
    }
    return true;
}

bool guard_scan_tree(const struct syntax *syntax, struct arena *arena, struct finding_list *findings)
{
    enum language_family family = syntax->source->language->family;
    if (syntax->count == 0 || family == FAMILY_PYTHON) return true;
    struct ambiguity_scan scan = {syntax, shapes_of(syntax->source->language), arena, findings, NULL, 0};
    scan.open = ARENA_NEW_ARRAY(arena, uint32_t, LIMIT_TREE_DEPTH + 1);
    if (!scan.open) return false;
    if (family == FAMILY_SHELL)
        return space_scan(&scan) && (findings->count || guard_scan_shell(syntax, arena, findings));
    return markup_scan(&scan) && (findings->count || space_scan(&scan)) &&
           (findings->count || keyword_scan(&scan)) && (findings->count || line_scan(&scan));
}
