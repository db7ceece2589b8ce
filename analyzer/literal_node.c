#include "analyzer/literal_node.h"

bool node_is_plain_string(const struct syntax *syntax, const struct form_table *forms, uint32_t n)
{
    const struct node *nodes = syntax->nodes;
    if (form_of(forms, nodes[n].kind).role != FORM_STRING) return false;
    struct view text = view_slice(syntax->source->bytes, nodes[n].start, nodes[n].end);
    for (uint32_t c = n + 1; c < nodes[n].next; c = nodes[c].next) {
        if (nodes[c].flags & NODE_IS_LEAF) continue;
        if (nodes[c].start < nodes[n].end && text.length && !(nodes[c].flags & NODE_IS_EXTRA) &&
            strchr("{$`", syntax->source->bytes.bytes[nodes[c].start]))
            return false;
        if (form_of(forms, nodes[c].kind).role == FORM_STRING && !node_is_plain_string(syntax, forms, c))
            return false;
    }
    return true;
}

bool node_is_formatted(const struct syntax *syntax, const struct form_table *forms, uint32_t n)
{
    struct view text = node_text(syntax, n);
    if (form_of(forms, syntax->nodes[n].kind).role != FORM_STRING) return false;
    size_t i = 0;
    for (; i < text.length && !strchr("\"'`", text.bytes[i]); i++)
        if (text.bytes[i] == 'f' || text.bytes[i] == 'F') return true;
    return i < text.length && text.bytes[i] == '`';
}

bool node_is_quoted(const struct syntax *syntax, const struct form_table *forms, uint32_t n)
{
    struct view text = node_text(syntax, n);
    if (form_of(forms, syntax->nodes[n].kind).role != FORM_STRING || text.length == 0) return false;
    return strchr("'\"", text.bytes[0]) || view_starts_with(text, VIEW("$'")) ||
           view_starts_with(text, VIEW("$\""));
}

struct view node_inside(const struct syntax *syntax, const struct form_table *forms, uint32_t n)
{
    struct view text = node_text(syntax, n);
    if (form_of(forms, syntax->nodes[n].kind).role != FORM_STRING) return text;
    size_t start = 0;
    if (forms->has_word_values && !node_is_quoted(syntax, forms, n)) return text;
    while (start < text.length && !strchr("\"'`", text.bytes[start])) start++;
    if (start >= text.length) return text;
    char quote = text.bytes[start];
    size_t width = 1;
    if (text.length >= start + 6 && text.bytes[start + 1] == quote && text.bytes[start + 2] == quote)
        width = 3;
    if (text.length < start + 2 * width) return text;
    return view_slice(text, start + width, text.length - width);
}
