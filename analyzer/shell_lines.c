#include "analyzer/shell_lines.h"

#include "grammars/shape.h"

/* Whether a line ends in [start, end), where nothing but white space, comments and escaped line ends stand.
 */
static bool has_line_end(struct view bytes, uint32_t start, uint32_t end)
{
    bool is_comment = false;
    for (uint32_t at = start; at < end; at++) {
        char c = bytes.bytes[at];
        if (c == '#') is_comment = true;
        if (c == '\n') return true;
        if (c == '\\' && !is_comment) at++;
    }
    return false;
}

uint32_t shell_lines_mend(const struct syntax *syntax, char *reading, bool *is_lost)
{
    const struct shape_table *shapes = shapes_of(syntax->source->language);
    const struct node *nodes = syntax->nodes;
    struct view bytes = view_make(reading, syntax->source->bytes.length);
    uint32_t count = 0;
    *is_lost = false;
    for (uint32_t n = 0; n < syntax->count; n++) {
        if (shape_of(shapes, nodes[n].kind) != SHAPE_SHELL_COMMAND) continue;
        uint32_t end = UINT32_MAX; /* of the child before */
        for (uint32_t c = n + 1; c < nodes[n].next; c = nodes[c].next) {
            if (nodes[c].flags & NODE_IS_EXTRA) continue;
            if (end <= nodes[c].start && has_line_end(bytes, end, nodes[c].start)) {
                if (!strchr(" \t\n", reading[end])) *is_lost = true;
                reading[end] = ';';
                count++;
            }
            end = nodes[c].end;
        }
    }
    return count;
}
