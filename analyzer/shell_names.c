/* shell_names.c - what the words of a shell script are known to be. A word denotes its text, so that a
 * variable denotes whatever text it was given, and a command that is named by a variable is known by its
 * names. */
#include "analyzer/limits.h"
#include "analyzer/resolver.h"
#include "analyzer/shell.h"

static bool is_exhausted(struct resolver *resolver, uint32_t symbol)
{
    if (!symbol) resolver->table.is_exhausted = true;
    return !symbol;
}

static void text_set(struct resolver *resolver, uint32_t at, struct view text)
{
    uint32_t symbol = symbol_find(resolver->syntax->symbols, text);
    if (!symbol) {
        if (text.length > resolver->constant_bytes_left) return;
        resolver->constant_bytes_left -= text.length;
        struct view copy = arena_copy(resolver->table.arena, text);
        symbol = copy.bytes ? symbol_intern(resolver->syntax->symbols, copy) : 0;
        if (is_exhausted(resolver, symbol)) return;
    }
    resolver->constant[at] = symbol;
    resolver->kind[at] = CONSTANT_TEXT;
    resolver_alternative_add(resolver, at, symbol);
}

static void literal_resolve(struct resolver *resolver, uint32_t at)
{
    struct view whole = node_text(resolver->syntax, at);
    char text[LIMIT_CONSTANT_BYTES];
    size_t before, behind;
    enum shell_quoting quoting = shell_quoting_of(whole, &before, &behind);
    bool is_known = whole.length >= before + behind && whole.length <= sizeof text;
    if (!is_known) return;
    struct view inner = view_slice(whole, before, whole.length - behind);
    size_t length = shell_decode(quoting, inner, text, &is_known);
    if (is_known) text_set(resolver, at, view_make(text, length));
}

/* Gives a node all that another one may denote. */
static void denoted_add(struct resolver *resolver, uint32_t at, uint32_t from)
{
    resolver_alternative_add(resolver, at, resolver->qualified[from]);
    for (uint32_t i = resolver->others[from]; i; i = resolver->alternatives.items[i].next)
        resolver_alternative_add(resolver, at, resolver->alternatives.items[i].symbol);
}

/* "...": what stands between the expansions, and what these are known to be. */
static void string_resolve(struct resolver *resolver, uint32_t string)
{
    const struct node *node = &resolver->nodes[string];
    char text[LIMIT_CONSTANT_BYTES];
    size_t length = 0;
    uint32_t start = node->start + 1;
    bool is_known = node->end - node->start >= 2 && node->end - node->start <= sizeof text;
    const struct node *inner = &resolver->nodes[string + 1];
    bool is_one = string + 1 < node->next && inner->next == node->next && inner->start == start &&
                  inner->end + 1 == node->end;
    if (is_one) denoted_add(resolver, string, string + 1); /* "$x" is what x is */
    for (uint32_t at = string + 1; is_known && at <= node->next; at = resolver->nodes[at].next) {
        bool is_end = at == node->next;
        if (!is_end && resolver_shape(resolver, at) == SHAPE_STRING_CONTENT) continue;
        uint32_t end = is_end ? node->end - 1 : resolver->nodes[at].start;
        struct view piece = view_slice(resolver->syntax->source->bytes, start, end > start ? end : start);
        if (length + piece.length > sizeof text) return;
        length += shell_decode(SHELL_DOUBLE, piece, text + length, &is_known);
        if (is_end) break;
        struct view known = resolver_text(resolver, resolver->constant[at]);
        if (resolver->kind[at] == CONSTANT_NONE || length + known.length > sizeof text) return;
        if (known.length) memcpy(text + length, known.bytes, known.length);
        length += known.length;
        start = resolver->nodes[at].end;
    }
    if (is_known) text_set(resolver, string, view_make(text, length));
}

/* a"b"'c': all parts. Braces make several words of it. */
static void join_resolve(struct resolver *resolver, uint32_t join)
{
    char text[LIMIT_CONSTANT_BYTES];
    size_t length = 0;
    for (uint32_t at = join + 1; at < resolver->nodes[join].next; at = resolver->nodes[at].next) {
        struct view known = resolver_text(resolver, resolver->constant[at]);
        struct view own = node_text(resolver->syntax, at);
        bool is_brace = own.length == 1 && strchr("{}", own.bytes[0]);
        if (resolver->kind[at] == CONSTANT_NONE || is_brace || length + known.length > sizeof text) return;
        if (known.length) memcpy(text + length, known.bytes, known.length);
        length += known.length;
    }
    text_set(resolver, join, view_make(text, length));
}

/* ${x} is x; ${x:-word} is x or the word; of others nothing is known. */
static void expansion_resolve(struct resolver *resolver, uint32_t at)
{
    uint32_t end = resolver->nodes[at].next, variable = at + 1, operator= variable;
    if (variable >= end || resolver_shape(resolver, variable) != SHAPE_IDENTIFIER) return;
    operator= resolver->nodes[variable].next;
    struct view text = operator<end ? node_text(resolver->syntax, operator) : VIEW("");
    bool is_default = view_ends_with(text, VIEW("-")) || view_ends_with(text, VIEW("="));
    if (operator<end && !is_default) return;
    for (uint32_t child = variable; child < end; child = resolver->nodes[child].next) {
        if (child == operator) continue;
        denoted_add(resolver, at, child);
    }
    if (operator<end) return;
    resolver->constant[at] = resolver->constant[variable];
    resolver->kind[at] = resolver->kind[variable];
}

void shell_resolve(struct resolver *resolver, uint32_t at)
{
    switch ((int)resolver_shape(resolver, at)) {
    case SHAPE_SHELL_TEXT:
        literal_resolve(resolver, at);
        break;
    case SHAPE_SHELL_STRING:
        string_resolve(resolver, at);
        break;
    case SHAPE_SHELL_JOIN:
        join_resolve(resolver, at);
        break;
    case SHAPE_SHELL_EXPANSION:
        expansion_resolve(resolver, at);
        break;
    default:
        break;
    }
}
