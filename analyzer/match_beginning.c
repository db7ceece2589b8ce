/* match_beginning.c - how a text begins of which the rest is not known: `https://HOST/${path}` names its
 * host. What is claimed is compared with a grant: what is not understood is not known. */
#include <strings.h>

#include "analyzer/limits.h"
#include "analyzer/literal.h"
#include "analyzer/literal_node.h"
#include "analyzer/match_report.h"

enum { DEPTH_MAX = 32, BEGINNING_BYTES = 512 };

struct beginning {
    const struct tree_match *m;
    char bytes[BEGINNING_BYTES];
    size_t length;
};

/* False: there was no room for all of it. */
static bool add(struct beginning *b, struct view text)
{
    size_t room = sizeof b->bytes - b->length, length = text.length < room ? text.length : room;
    if (length) memcpy(b->bytes + b->length, text.bytes, length);
    b->length += length;
    return length == text.length;
}

static bool is_hole(const struct beginning *b, uint32_t n)
{
    return form_at(b->m, n).flags & FORM_IS_TRANSPARENT && !(b->m->syntax->nodes[n].flags & NODE_IS_LEAF);
}

/* The literal text up to the first hole; what stands in a hole is not looked at. */
static void template_add(struct beginning *b, uint32_t string)
{
    const struct syntax *syntax = b->m->syntax;
    const struct node *node = &syntax->nodes[string];
    enum language_family family = syntax->source->language->family;
    struct literal_frame frame = literal_frame_of(family, node_text(syntax, string));
    uint32_t hole = string + 1;
    while (hole < node->next && !is_hole(b, hole)) hole = syntax->nodes[hole].next;
    if (hole >= node->next || frame.flags & LITERAL_IS_BYTES) return;
    uint32_t start = node->start + frame.prefix_bytes, end = syntax->nodes[hole].start;
    bool is_known = end >= start && end - start <= sizeof b->bytes - b->length;
    if (!is_known) return;
    size_t length = literal_decode(family, frame.flags, view_slice(syntax->source->bytes, start, end),
                                   b->bytes + b->length, &is_known);
    if (is_known) b->length += length;
}

/* Adds how the value of a node begins. Returns whether that is all of it. */
static bool node_add(struct beginning *b, uint32_t n, unsigned depth)
{
    const struct syntax *syntax = b->m->syntax;
    const struct names *names = b->m->names;
    const struct node *node = &syntax->nodes[n];
    if (depth > DEPTH_MAX) return false;
    if (names->constant && names->constant[n] && names->constant_kind &&
        names->constant_kind[n] == CONSTANT_TEXT)
        return add(b, symbol_text(syntax->symbols, names->constant[n]));
    struct form form = form_at(b->m, n);
    if (form.role == FORM_STRING && node_is_formatted(syntax, b->m->forms, n)) template_add(b, n);
    if (form.role != FORM_OPERATOR) return false;
    uint32_t operator= syntax->nodes[n + 1].next;
    if (operator>= node->next || syntax->nodes[n + 1].flags & NODE_IS_EXTRA) return false;
    uint32_t right = syntax->nodes[operator].next;
    bool is_sum = view_equals(node_text(syntax, operator), VIEW("+"));
    if (!is_sum || right >= node->next || syntax->nodes[right].flags & NODE_IS_EXTRA) return false;
    /* A sum whose beginning is a text is a text in both languages. */
    return node_add(b, n + 1, depth + 1) && b->length && node_add(b, right, depth + 1);
}

bool match_url_beginning(const struct tree_match *m, struct arena *arena, uint32_t node, struct view *url)
{
    static const char *const schemes[] = {"http://", "https://", "ws://", "wss://"};
    struct beginning b = {.m = m};
    if (m->forms->has_word_values) return false;
    node_add(&b, node, 0);
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        size_t length = strlen(schemes[i]);
        if (b.length <= length || strncasecmp(b.bytes, schemes[i], length) != 0) continue;
        /* With the slash behind it the host is whole, whatever follows. */
        size_t slash = view_find_byte(view_make(b.bytes + length, b.length - length), '/');
        if (slash == SIZE_MAX || slash == 0) return false;
        *url = arena_copy(arena, view_make(b.bytes, length + slash + 1));
        return url->bytes != NULL;
    }
    return false;
}
