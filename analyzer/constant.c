/* constant.c - the constants that expressions evaluate to. What is claimed here may be compared with a grant,
 * so a wrong constant is worse than none. */
#include "analyzer/limits.h"
#include "analyzer/literal.h"
#include "analyzer/resolver.h"

enum { PARTS_MAX = 256, DECIMAL_DIGITS_MAX = 15 };

static uint32_t constant_make(struct resolver *resolver, struct view text)
{
    if (text.length > LIMIT_CONSTANT_BYTES) return 0;
    uint32_t symbol = symbol_find(resolver->syntax->symbols, text);
    if (symbol) return symbol;
    if (text.length > resolver->constant_bytes_left) return 0;
    resolver->constant_bytes_left -= text.length;
    struct view copy = arena_copy(resolver->table.arena, text);
    symbol = copy.bytes ? symbol_intern(resolver->syntax->symbols, copy) : 0;
    if (!symbol) resolver->table.is_exhausted = true;
    return symbol;
}

/* A text under construction; once it is not known or too long, it stays so. Its bytes are not cleared: a
 * source has thousands of texts. */
struct builder {
    size_t length;
    bool is_known;
    char bytes[LIMIT_CONSTANT_BYTES];
};

static void builder_start(struct builder *builder)
{
    builder->length = 0;
    builder->is_known = true;
}

static void builder_add(struct builder *builder, struct view text)
{
    if (text.length > sizeof builder->bytes - builder->length) builder->is_known = false;
    if (!builder->is_known || text.length == 0) return;
    memcpy(builder->bytes + builder->length, text.bytes, text.length);
    builder->length += text.length;
}

bool constant_is_decimal(struct view text)
{
    if (text.length == 0 || text.length > DECIMAL_DIGITS_MAX) return false;
    if (text.bytes[0] == '0' && text.length > 1) return false;
    for (size_t i = 0; i < text.length; i++)
        if (text.bytes[i] < '0' || text.bytes[i] > '9') return false;
    return true;
}

/* Adds a node's constant as it prints. */
static void builder_add_printed(struct resolver *resolver, struct builder *builder, uint32_t node)
{
    struct view text = node ? resolver_text(resolver, resolver->constant[node]) : (struct view){0};
    switch (node ? (enum constant_kind)resolver->kind[node] : CONSTANT_NONE) {
    case CONSTANT_TEXT:
    case CONSTANT_WORD:
        break;
    case CONSTANT_NUMBER:
        builder->is_known &= constant_is_decimal(text);
        break;
    case CONSTANT_NONE:
    case CONSTANT_BYTES:
    case CONSTANT_SOME_TEXT:
        builder->is_known = false;
        break;
    }
    builder_add(builder, text);
}

void constant_set(struct resolver *resolver, uint32_t at, struct view text, enum constant_kind kind)
{
    uint32_t symbol = constant_make(resolver, text);
    resolver->constant[at] = symbol;
    resolver->kind[at] = symbol ? (uint8_t)kind : CONSTANT_NONE;
}

static void builder_end(struct resolver *resolver, const struct builder *builder, uint32_t at,
                        enum constant_kind kind)
{
    if (builder->is_known) constant_set(resolver, at, view_make(builder->bytes, builder->length), kind);
}

/* The literal text between two byte offsets. */
static void builder_add_piece(struct resolver *resolver, struct builder *builder, unsigned flags,
                              uint32_t start, uint32_t end)
{
    const struct source *source = resolver->syntax->source;
    struct view piece = view_slice(source->bytes, start, end > start ? end : start);
    if (piece.length > sizeof builder->bytes - builder->length) builder->is_known = false;
    if (builder->is_known)
        builder->length += literal_decode(source->language->family, flags, piece,
                                          builder->bytes + builder->length, &builder->is_known);
}

/* The pieces are taken from between the holes, not from the grammar's content nodes: those leave out some
 * bytes of raw strings. */
static void string_resolve(struct resolver *resolver, uint32_t string)
{
    const struct node *node = &resolver->nodes[string];
    struct view whole = node_text(resolver->syntax, string);
    struct literal_frame frame = literal_frame_of(resolver->syntax->source->language->family, whole);
    struct builder builder;
    builder_start(&builder);
    if (whole.length < frame.prefix_bytes + frame.quote_bytes) return;
    uint32_t start = node->start + frame.prefix_bytes, end = node->end - frame.quote_bytes;
    for (uint32_t at = string + 1; at < node->next && builder.is_known; at = resolver->nodes[at].next) {
        if (resolver_shape(resolver, at) != SHAPE_INTERPOLATION) continue;
        builder_add_piece(resolver, &builder, frame.flags, start, resolver->nodes[at].start);
        builder_add_printed(resolver, &builder, resolver_child_number(resolver, at, 0));
        /* A conversion or a format makes another text of it; f"{x=}" has the name in it too. */
        struct view hole = node_text(resolver->syntax, at);
        bool is_plain = !resolver_child_number(resolver, at, 1) && hole.length > 2 &&
                        !view_ends_with(view_trim(view_slice(hole, 0, hole.length - 1)), VIEW("="));
        builder.is_known &= is_plain;
        start = resolver->nodes[at].end;
    }
    builder_add_piece(resolver, &builder, frame.flags, start, end);
    builder_end(resolver, &builder, string, frame.flags & LITERAL_IS_BYTES ? CONSTANT_BYTES : CONSTANT_TEXT);
}

/* All children one after the other, as text. */
static void joined_resolve(struct resolver *resolver, uint32_t at, uint32_t list, struct view separator)
{
    struct builder builder;
    builder_start(&builder);
    enum constant_kind kind = CONSTANT_NONE;
    uint32_t parts = 0;
    for (uint32_t child = list + 1; child < resolver->nodes[list].next && builder.is_known;
         child = resolver->nodes[child].next) {
        if (resolver->nodes[child].flags & NODE_IS_EXTRA) continue;
        if (parts++) builder_add(&builder, separator);
        enum constant_kind part = (enum constant_kind)resolver->kind[child];
        bool is_text = part == CONSTANT_TEXT || part == CONSTANT_BYTES;
        if (parts > PARTS_MAX || !is_text || (kind && kind != part)) builder.is_known = false;
        kind = part;
        builder_add(&builder, resolver_text(resolver, resolver->constant[child]));
    }
    builder_end(resolver, &builder, at, kind ? kind : CONSTANT_TEXT);
}

static bool is_text(const struct resolver *resolver, uint32_t node)
{
    return resolver->kind[node] == CONSTANT_TEXT || resolver->kind[node] == CONSTANT_SOME_TEXT;
}

/* Whether a node is a constant, or a list of them. */
static bool is_all_constant(const struct resolver *resolver, uint32_t node)
{
    enum shape shape = resolver_shape(resolver, node);
    if (shape != SHAPE_TUPLE && shape != SHAPE_DICTIONARY) return resolver->kind[node] != CONSTANT_NONE;
    for (uint32_t child = node + 1; child < resolver->nodes[node].next; child = resolver->nodes[child].next)
        if (resolver->kind[child] == CONSTANT_NONE && !(resolver->nodes[child].flags & NODE_IS_EXTRA))
            return false;
    return true;
}

/* Text out of constants, by operators whose result is not put together here: "%s" % "a", "-" * 20. */
static void some_text_resolve(struct resolver *resolver, uint32_t binary, uint32_t operator, uint32_t left,
                              uint32_t right)
{
    bool is_python = !resolver->table.has_declarations;
    uint32_t symbol = resolver->nodes[operator].symbol;
    bool is_made =
        resolver_is(resolver, symbol, "+") ? is_text(resolver, left) && is_text(resolver, right)
        : resolver_is(resolver, symbol, "%")
            ? is_python && is_text(resolver, left) && is_all_constant(resolver, right)
        : resolver_is(resolver, symbol, "*")
            ? is_python && ((is_text(resolver, left) && resolver->kind[right] == CONSTANT_NUMBER) ||
                            (is_text(resolver, right) && resolver->kind[left] == CONSTANT_NUMBER))
            : false;
    resolver->constant[binary] = 0;
    resolver->kind[binary] = is_made ? CONSTANT_SOME_TEXT : CONSTANT_NONE;
}

static void sum_resolve(struct resolver *resolver, uint32_t binary)
{
    uint32_t operator= resolver_child(resolver, binary, FIELD_OPERATOR);
    uint32_t left = resolver_child(resolver, binary, FIELD_LEFT);
    uint32_t right = resolver_child(resolver, binary, FIELD_RIGHT);
    if (!operator|| !left || !right) return;
    some_text_resolve(resolver, binary, operator, left, right);
    if (!resolver_is(resolver, resolver->nodes[operator].symbol, "+")) return;
    enum constant_kind one = (enum constant_kind)resolver->kind[left];
    enum constant_kind other = (enum constant_kind)resolver->kind[right];
    bool is_alike = one == other && (one == CONSTANT_TEXT || one == CONSTANT_BYTES);
    bool is_printed = resolver->table.has_declarations && (one == CONSTANT_TEXT || other == CONSTANT_TEXT);
    if (!is_alike && !is_printed) return;
    struct builder builder;
    builder_start(&builder);
    if (is_alike) {
        builder_add(&builder, resolver_text(resolver, resolver->constant[left]));
        builder_add(&builder, resolver_text(resolver, resolver->constant[right]));
    } else {
        builder_add_printed(resolver, &builder, left);
        builder_add_printed(resolver, &builder, right);
    }
    builder_end(resolver, &builder, binary, one == CONSTANT_BYTES ? CONSTANT_BYTES : CONSTANT_TEXT);
}

/* "".join([...]) and [...].join(""). */
static void join_call_resolve(struct resolver *resolver, uint32_t call)
{
    bool is_javascript = resolver->table.has_declarations;
    uint32_t function = resolver_child(resolver, call, FIELD_FUNCTION);
    if (!function || resolver_shape(resolver, function) != SHAPE_MEMBER) return;
    uint32_t object = resolver_child(resolver, function, FIELD_OBJECT);
    uint32_t name = resolver_child(resolver, function, is_javascript ? FIELD_PROPERTY : FIELD_ATTRIBUTE);
    if (!object || !name || !resolver_is(resolver, resolver->nodes[name].symbol, "join")) return;
    uint32_t argument = resolver_argument(resolver, call, 0);
    uint32_t list = is_javascript ? object : argument, separator = is_javascript ? argument : object;
    if (!list || !separator || resolver->kind[separator] != CONSTANT_TEXT) return;
    if (resolver_shape(resolver, list) != SHAPE_LIST && resolver_shape(resolver, list) != SHAPE_TUPLE) return;
    /* A hole in a JavaScript list joins as nothing, and the array here does not show holes. */
    struct view text = node_text(resolver->syntax, list);
    if (is_javascript &&
        (view_find(text, VIEW(",,")) != SIZE_MAX || view_find(text, VIEW(", ,")) != SIZE_MAX))
        return;
    joined_resolve(resolver, call, list, resolver_text(resolver, resolver->constant[separator]));
}

/* os.path.join and path.join of constants: an absolute part starts anew in the first. */
static void path_join_resolve(struct resolver *resolver, uint32_t call)
{
    uint32_t function = resolver_child(resolver, call, FIELD_FUNCTION);
    uint32_t name = function ? resolver->qualified[function] : 0;
    bool is_python = resolver_is(resolver, name, "os.path.join");
    bool is_javascript = resolver->table.has_declarations && resolver_is(resolver, name, "path.join");
    uint32_t list = resolver_child(resolver, call, FIELD_ARGUMENTS);
    if ((!is_python && !is_javascript) || !list) return;
    struct builder builder;
    builder_start(&builder);
    for (uint32_t at = list + 1; at < resolver->nodes[list].next; at = resolver->nodes[at].next) {
        if (resolver->nodes[at].flags & NODE_IS_EXTRA) continue;
        struct view part = resolver_text(resolver, resolver->constant[at]);
        /* path.join also folds "." and ".."; where it would, nothing is claimed. */
        bool is_odd = is_javascript &&
                      (part.length == 0 || view_find_byte(part, '.') == 0 ||
                       view_find(part, VIEW("/.")) != SIZE_MAX || view_find(part, VIEW("//")) != SIZE_MAX);
        if (resolver->kind[at] != CONSTANT_TEXT || is_odd) builder.is_known = false;
        bool is_absolute = part.length && part.bytes[0] == '/';
        if (is_python && is_absolute) builder.length = 0;
        if (is_javascript && is_absolute && builder.length) part = view_slice(part, 1, part.length);
        if (builder.length && builder.bytes[builder.length - 1] != '/') builder_add(&builder, VIEW("/"));
        builder_add(&builder, part);
    }
    builder_end(resolver, &builder, call, CONSTANT_TEXT);
}

void constant_resolve(struct resolver *resolver, uint32_t at)
{
    switch ((int)resolver_shape(resolver, at)) {
    case SHAPE_NUMBER:
        resolver->constant[at] = resolver->nodes[at].symbol;
        resolver->kind[at] = CONSTANT_NUMBER;
        break;
    case SHAPE_WORD:
        resolver->constant[at] = resolver->nodes[at].symbol;
        resolver->kind[at] = CONSTANT_WORD;
        break;
    case SHAPE_STRING:
        string_resolve(resolver, at);
        break;
    case SHAPE_CONCATENATION:
        joined_resolve(resolver, at, at, (struct view){0});
        break;
    case SHAPE_BINARY:
        sum_resolve(resolver, at);
        fold_resolve(resolver, at);
        break;
    case SHAPE_CALL:
        join_call_resolve(resolver, at);
        path_join_resolve(resolver, at);
        fold_resolve(resolver, at);
        break;
    case SHAPE_SUBSCRIPT:
        fold_resolve(resolver, at);
        break;
    case SHAPE_MEMBER:
        member_resolve(resolver, at);
        break;
    default:
        break;
    }
}
