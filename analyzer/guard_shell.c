/* guard_shell.c - shell scripts that the grammar reads in one way and a shell in another, so that commands
 * could hide in what the tree shows as a text or a comment. Needs the tree. Each finding is at the first such
 * place.
 *
 * Source: POSIX.1-2017, Shell Command Language, 2.2 (quoting), 2.3 (tokens), 2.6.3 (command
 * substitution), 2.7.4 (here-documents); bash(1), QUOTING. */
#include <ctype.h>

#include "analyzer/guard.h"
#include "analyzer/shell.h"
#include "analyzer/syntax.h"
#include "grammars/shape.h"

struct shell_guard {
    const struct syntax *syntax;
    const struct shape_table *shapes;
    struct view bytes;
    struct arena *arena;
    struct finding_list *findings;
};

static enum shape shape_at(const struct shell_guard *scan, uint32_t n)
{
    return shape_of(scan->shapes, scan->syntax->nodes[n].kind);
}

static bool report(const struct shell_guard *scan, uint32_t start, uint32_t end, const char *what)
{
    return guard_report(scan->findings, scan->arena, GUARD_AMBIGUOUS, start, end, "%s", what);
}

/* The leaf (or text behind <<) that the byte stands in, or UINT32_MAX: it stands between leaves. */
static uint32_t leaf_at(const struct shell_guard *scan, uint32_t offset)
{
    const struct node *nodes = scan->syntax->nodes;
    uint32_t low = 0, high = scan->syntax->count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (nodes[middle].start <= offset)
            low = middle;
        else
            high = middle;
    }
    bool is_text =
        (nodes[low].flags & NODE_IS_LEAF) || shape_at(scan, low) == SHAPE_TEXT; /* before its first part */
    return is_text && offset < nodes[low].end ? low : UINT32_MAX;
}

/* Whether the byte is a part of a text that began before it. */
static bool is_inside_text(const struct shell_guard *scan, uint32_t offset, uint32_t leaf)
{
    if (leaf == UINT32_MAX) return false;
    if (scan->syntax->nodes[leaf].start == offset && shape_at(scan, leaf) != SHAPE_TEXT) return false;
    switch ((int)shape_at(scan, leaf)) {
    case SHAPE_COMMENT:
    case SHAPE_STRING_CONTENT:
    case SHAPE_TEXT:
    case SHAPE_REGEX_PATTERN:
        return true;
    case SHAPE_SHELL_TEXT:
        return strchr("'$", scan->bytes.bytes[scan->syntax->nodes[leaf].start]) != NULL;
    default:
        return false;
    }
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n';
}

/* A shell joins the lines around a backslash; the grammar ends a word there. */
static bool continuation_scan(const struct shell_guard *scan)
{
    struct view bytes = scan->bytes;
    for (size_t at = 0; at + 1 < bytes.length; at++) {
        if (bytes.bytes[at] != '\\') continue;
        if (bytes.bytes[at + 1] != '\n') {
            at++;
            continue;
        }
        bool is_word = at > 0 && !is_blank(bytes.bytes[at - 1]) && at + 2 < bytes.length &&
                       !is_blank(bytes.bytes[at + 2]);
        uint32_t leaf = leaf_at(scan, (uint32_t)at);
        if (is_word && !is_inside_text(scan, (uint32_t)at, leaf) &&
            !(leaf != UINT32_MAX && shape_at(scan, leaf) == SHAPE_STRING_CONTENT))
            return report(scan, (uint32_t)at, (uint32_t)at + 2, "a line goes on in the middle of a word");
        at++;
    }
    return true;
}

/* Whether a word may begin here: behind white space that is not escaped, and behind an operator. */
static bool word_may_begin(const struct shell_guard *scan, size_t at)
{
    const char *bytes = scan->bytes.bytes;
    if (at == 0 || strchr(";&|()", bytes[at - 1])) return true;
    if (!is_blank(bytes[at - 1])) return false;
    if (at < 2 || bytes[at - 2] != '\\') return true;
    uint32_t leaf = leaf_at(scan, (uint32_t)at - 2);
    if (leaf != UINT32_MAX && shape_at(scan, leaf) == SHAPE_COMMENT) return true;
    return bytes[at - 1] == '\n' && (at == 2 || is_blank(bytes[at - 3]));
}

/* A # begins a comment where a word may begin, and nowhere else. */
static bool comment_scan(const struct shell_guard *scan)
{
    struct view bytes = scan->bytes;
    for (size_t at = 0; at < bytes.length; at++) {
        if (bytes.bytes[at] != '#') continue;
        uint32_t leaf = leaf_at(scan, (uint32_t)at);
        bool is_comment = leaf != UINT32_MAX && shape_at(scan, leaf) == SHAPE_COMMENT &&
                          scan->syntax->nodes[leaf].start == at;
        if (is_inside_text(scan, (uint32_t)at, leaf)) continue;
        if (leaf != UINT32_MAX && shape_at(scan, leaf) == SHAPE_STRING_CONTENT) continue;
        if (is_comment == word_may_begin(scan, at)) continue;
        return report(scan, (uint32_t)at, (uint32_t)at + 1,
                      is_comment ? "a # in the middle of a word is no comment to a shell"
                                 : "a # where a shell begins a comment");
    }
    return true;
}

/* $'...' ends at the first quote that no backslash stands before. */
static bool ansi_ends_there(const struct shell_guard *scan, const struct node *node)
{
    for (uint32_t at = node->start + 2; at < node->end; at++) {
        if (scan->bytes.bytes[at] == '\\')
            at++;
        else if (scan->bytes.bytes[at] == '\'')
            return at + 1 == node->end;
    }
    return false;
}

/* `...` ends at the first backtick that no backslash stands before, whatever quotes are around it; and a
 * backslash before $ or a backslash is taken away before the commands are read. */
static bool backticks_are_plain(const struct shell_guard *scan, const struct node *node)
{
    for (uint32_t at = node->start + 1; at + 1 < node->end; at++) {
        char c = scan->bytes.bytes[at], next = scan->bytes.bytes[at + 1], after = scan->bytes.bytes[at + 2];
        if (c == '`' || (c == '\\' && next == '`')) return false;
        if (c != '\\') continue;
        bool is_harmless = isalnum((unsigned char)after) || strchr("*.,/+?-_:=@%[]^", after);
        if (next == '\\' && !is_harmless) return false;
        if (next == '$' && (isalnum((unsigned char)after) || strchr("_({@*#?!$-'\"", after))) return false;
        at++;
    }
    return true;
}

/* A substitution in what the grammar takes for a text: `${x#$(...)}`. */
static bool has_hidden_code(enum shape shape, struct view text)
{
    if (shape != SHAPE_REGEX_PATTERN && shape != SHAPE_SHELL_TEXT) return false;
    if (text.length == 0 || strchr("'", text.bytes[0]) || view_starts_with(text, VIEW("$'"))) return false;
    for (size_t at = 0; at < text.length; at++) {
        char next = at + 1 < text.length ? text.bytes[at + 1] : 0;
        if (text.bytes[at] == '\\')
            at++;
        else if (text.bytes[at] == '`' ||
                 (text.bytes[at] == '$' && (next == '(' || next == '{' || next == '[')))
            return true;
    }
    return false;
}

static bool literal_scan(const struct shell_guard *scan)
{
    for (uint32_t n = 0; n < scan->syntax->count; n++) {
        const struct node *node = &scan->syntax->nodes[n];
        enum shape shape = shape_at(scan, n);
        struct view text = node_text(scan->syntax, n);
        if (shape == SHAPE_SHELL_TEXT && view_starts_with(text, VIEW("$'")) && !ansi_ends_there(scan, node))
            return report(scan, node->start, node->end, "a quote behind backslashes ends $'...' or does not");
        if ((node->flags & NODE_IS_LEAF) && has_hidden_code(shape, text))
            return report(scan, node->start, node->end, "a substitution that the grammar takes for a text");
        if (shape == SHAPE_SHELL_SUBSTITUTION && view_starts_with(text, VIEW("`")) &&
            !backticks_are_plain(scan, node))
            return report(scan, node->start, node->end,
                          "a backtick or a backslash between backticks: write $(...)");
        if (shape == SHAPE_SHELL_SUBSTITUTION && view_starts_with(text, VIEW("$`")))
            return report(scan, node->start, node->end, "a $ before a backtick: write $(...)");
    }
    return true;
}

/* Whether a line is what ends the text; behind <<- its tabs do not count. */
static bool line_ends_text(struct view line, struct view delimiter, bool has_tabs)
{
    while (has_tabs && line.length && line.bytes[0] == '\t') line = view_slice(line, 1, line.length);
    return view_equals(line, delimiter);
}

/* The text behind << ends at the first line that is its delimiter and nothing else. The grammar must have
 * found that line. */
static bool heredoc_check(const struct shell_guard *scan, uint32_t start, uint32_t end_node)
{
    const struct node *nodes = scan->syntax->nodes, *end = &nodes[end_node];
    struct view word = node_text(scan->syntax, start), line;
    char *buffer = arena_alloc(scan->arena, word.length + 1);
    if (!buffer) return false;
    struct view delimiter = view_make(buffer, shell_delimiter(word, buffer));
    uint32_t at = nodes[start].end;
    bool has_tabs = nodes[start].start > 2 && scan->bytes.bytes[nodes[start].start - 1] == '-';
    for (uint32_t back = nodes[start].start; back > 0 && !has_tabs; back--) {
        char c = scan->bytes.bytes[back - 1];
        has_tabs = c == '-';
        if (c != ' ' && c != '\t') break;
    }
    size_t next = view_find_byte(view_slice(scan->bytes, at, scan->bytes.length), '\n');
    bool is_plain = next != SIZE_MAX && delimiter.length > 0;
    struct view rest =
        is_plain ? view_slice(scan->bytes, at + next + 1, scan->bytes.length) : (struct view){0};
    while (is_plain && rest.length) {
        view_split(rest, '\n', &line, &rest);
        uint32_t line_start = (uint32_t)(line.bytes - scan->bytes.bytes);
        if (!line_ends_text(line, delimiter, has_tabs)) continue;
        uint32_t line_end = line_start + (uint32_t)line.length;
        is_plain = end->start >= line_start && end->end >= line_end && end->end <= line_end + 1;
        if (is_plain) return true;
        break;
    }
    return report(scan, nodes[start].start, nodes[start].end,
                  "a shell ends the text behind << at another line, or nowhere");
}

/* One text behind << for each line that has any: where there are more, readers differ in the order. */
static bool heredoc_scan(const struct shell_guard *scan)
{
    const struct node *nodes = scan->syntax->nodes;
    uint32_t behind = 0;
    for (uint32_t n = 0; n < scan->syntax->count; n++) {
        if (shape_at(scan, n) != SHAPE_SHELL_HEREDOC) continue;
        uint32_t start = 0, end = 0, count = 0;
        for (uint32_t c = n + 1; c < nodes[n].next; c++) {
            if (shape_at(scan, c) == SHAPE_SHELL_HEREDOC) count++;
            if (shape_at(scan, c) == SHAPE_SHELL_DELIMITER && !start) start = c;
            if (shape_at(scan, c) == SHAPE_SHELL_HEREDOC_END) end = c;
        }
        if (count || !start || !end || nodes[n].start < behind)
            return report(scan, nodes[n].start, nodes[n].end,
                          "more than one text behind << begins on a line");
        uint32_t found = scan->findings->count;
        if (!heredoc_check(scan, start, end)) return false;
        if (scan->findings->count > found) return true;
        behind = nodes[n].end;
    }
    return true;
}

bool guard_scan_shell(const struct syntax *syntax, struct arena *arena, struct finding_list *findings)
{
    static bool (*const scans[])(const struct shell_guard *) = {continuation_scan, comment_scan, literal_scan,
                                                                heredoc_scan};
    struct shell_guard scan = {syntax, shapes_of(syntax->source->language), syntax->source->bytes, arena,
                               findings};
    bool has_memory = true;
    for (size_t i = 0; i < sizeof scans / sizeof *scans && has_memory && findings->count == 0; i++)
        has_memory = scans[i](&scan);
    return has_memory;
}
