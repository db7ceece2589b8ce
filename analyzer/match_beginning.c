/* match_beginning.c - how a text begins of which the rest is not known: `https://HOST/${path}` names its
 * host. What is claimed is compared with a grant: what is not understood is not known. */
#include <strings.h>

#include "analyzer/limits.h"
#include "analyzer/literal.h"
#include "analyzer/literal_node.h"
#include "analyzer/match_report.h"

enum { DEPTH_MAX = 32, STEPS_MAX = 256, BEGINNING_BYTES = 512 };

struct beginning {
    const struct tree_match *m;
    char bytes[BEGINNING_BYTES];
    size_t length;
    uint32_t steps; /* of all that was looked at: a name may stand for a sum of names */
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

/* A number that prints as it is written. */
static bool is_port(struct view text)
{
    for (size_t i = 0; i < text.length; i++)
        if (text.bytes[i] < '0' || text.bytes[i] > '9') return false;
    return text.length > 0 && text.length <= 5 && text.bytes[0] != '0';
}

static bool node_add(struct beginning *b, uint32_t n, unsigned depth);

/* What a hole prints. False: that is not known, or not all of it. A conversion or a format makes another text
 * of its value; f"{x=}" has the name in it too. */
static bool hole_add(struct beginning *b, uint32_t hole, unsigned depth)
{
    const struct names *names = b->m->names;
    const struct node *nodes = b->m->syntax->nodes;
    struct view text = node_text(b->m->syntax, hole);
    uint32_t inner = hole + 1;
    bool is_plain = inner < nodes[hole].next && nodes[inner].next == nodes[hole].next && text.length > 2 &&
                    !view_ends_with(view_trim(view_slice(text, 0, text.length - 1)), VIEW("="));
    if (!is_plain) return false;
    struct view number = names->constant && names->constant[inner]
                             ? symbol_text(b->m->syntax->symbols, names->constant[inner])
                             : (struct view){0};
    if (names->constant_kind && names->constant_kind[inner] == CONSTANT_NUMBER)
        return is_port(number) && add(b, number);
    return node_add(b, inner, depth + 1);
}

/* The literal text, and what its holes are known to print, up to the first that is not. */
static void template_add(struct beginning *b, uint32_t string, unsigned depth)
{
    const struct syntax *syntax = b->m->syntax;
    const struct node *node = &syntax->nodes[string];
    enum language_family family = syntax->source->language->family;
    struct literal_frame frame = literal_frame_of(family, node_text(syntax, string));
    if (frame.flags & LITERAL_IS_BYTES) return;
    uint32_t start = node->start + frame.prefix_bytes;
    for (uint32_t hole = string + 1; hole < node->next; hole = syntax->nodes[hole].next) {
        if (!is_hole(b, hole)) continue;
        uint32_t end = syntax->nodes[hole].start;
        bool is_known = end >= start && end - start <= sizeof b->bytes - b->length;
        if (!is_known) return;
        size_t length = literal_decode(family, frame.flags, view_slice(syntax->source->bytes, start, end),
                                       b->bytes + b->length, &is_known);
        if (!is_known) return;
        b->length += length;
        if (!hole_add(b, hole, depth)) return;
        start = syntax->nodes[hole].end;
    }
}

/* Literals side by side, which are one. Returns whether that is all of it. */
static bool literals_add(struct beginning *b, uint32_t n, unsigned depth)
{
    const struct node *nodes = b->m->syntax->nodes;
    for (uint32_t child = n + 1; child < nodes[n].next; child = nodes[child].next)
        if (!(nodes[child].flags & NODE_IS_EXTRA) && !node_add(b, child, depth + 1)) return false;
    return true;
}

/* A text in which something is put into places that these bytes mark: up to the first. */
static void formatted_add(struct beginning *b, uint32_t n, const char *marks, unsigned depth)
{
    size_t start = b->length;
    node_add(b, n, depth + 1);
    while (start < b->length && !strchr(marks, b->bytes[start])) start++;
    b->length = start;
}

/* "...{}".format(x) of Python, "...".concat(x) of JavaScript. */
static void method_add(struct beginning *b, uint32_t call, unsigned depth)
{
    const struct syntax *syntax = b->m->syntax;
    bool is_python = syntax->source->language->family == FAMILY_PYTHON;
    uint32_t function = call + 1, object = call + 2;
    if (object >= syntax->nodes[call].next || form_at(b->m, function).role != FORM_MEMBER) return;
    uint32_t name = syntax->nodes[object].next;
    if (name >= syntax->nodes[function].next || syntax->nodes[name].next != syntax->nodes[function].next)
        return;
    struct view word = node_text(syntax, name);
    if (is_python && view_equals(word, VIEW("format"))) formatted_add(b, object, "{}", depth);
    if (!is_python && view_equals(word, VIEW("concat"))) node_add(b, object, depth + 1);
}

/* left + right; left % right of Python. Returns whether that is all of it. */
static bool operator_add(struct beginning *b, uint32_t n, unsigned depth)
{
    const struct syntax *syntax = b->m->syntax;
    const struct node *node = &syntax->nodes[n];
    uint32_t operator= syntax->nodes[n + 1].next;
    if (operator>= node->next || syntax->nodes[n + 1].flags & NODE_IS_EXTRA) return false;
    uint32_t right = syntax->nodes[operator].next;
    if (right >= node->next || syntax->nodes[right].flags & NODE_IS_EXTRA) return false;
    struct view sign = node_text(syntax, operator);
    bool is_python = syntax->source->language->family == FAMILY_PYTHON;
    if (is_python && view_equals(sign, VIEW("%"))) formatted_add(b, n + 1, "%", depth);
    if (!view_equals(sign, VIEW("+"))) return false;
    /* A sum whose beginning is a text is a text in both languages. */
    size_t before = b->length;
    return node_add(b, n + 1, depth + 1) && b->length > before && node_add(b, right, depth + 1);
}

/* Adds how the value of a node begins. Returns whether that is all of it. */
static bool node_add(struct beginning *b, uint32_t n, unsigned depth)
{
    const struct syntax *syntax = b->m->syntax;
    const struct names *names = b->m->names;
    if (depth > DEPTH_MAX || ++b->steps > STEPS_MAX) return false;
    n = node_stripped(b->m, n);
    if (names->constant && names->constant[n] && names->constant_kind &&
        names->constant_kind[n] == CONSTANT_TEXT)
        return add(b, symbol_text(syntax->symbols, names->constant[n]));
    struct form form = form_at(b->m, n);
    bool has_parts = n + 1 < syntax->nodes[n].next && form_at(b->m, n + 1).role == FORM_STRING;
    if (form.role == FORM_STRING && has_parts) return literals_add(b, n, depth);
    if (form.role == FORM_STRING && node_is_formatted(syntax, b->m->forms, n)) template_add(b, n, depth);
    if (form.role == FORM_CALL) method_add(b, n, depth);
    if (form.role == FORM_OPERATOR) return operator_add(b, n, depth);
    bool has_value = form.role == FORM_NAME && names->has_sure_value && names->has_sure_value[n];
    return has_value && node_add(b, names->value[n], depth + 1);
}

/* A host and its port as every reader reads them: no user before it, no backslash, nothing that is taken out.
 */
static bool is_plain_authority(struct view text)
{
    for (size_t i = 0; i < text.length; i++) {
        char byte = text.bytes[i];
        bool is_alphanumeric =
            (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z');
        if (!is_alphanumeric && (!byte || !strchr("-._:[]", byte))) return false;
    }
    return text.length > 0;
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
        /* With one of these behind it the host is whole, whatever follows. */
        size_t end = length;
        while (end < b.length && (!b.bytes[end] || !strchr("/?#", b.bytes[end]))) end++;
        if (end == b.length || !is_plain_authority(view_make(b.bytes + length, end - length))) return false;
        *url = arena_format(arena, "%.*s/", VIEW_ARGS(view_make(b.bytes, end)));
        return url->bytes != NULL;
    }
    return false;
}
