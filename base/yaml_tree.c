#include "base/yaml_tree.h"

#include <stdarg.h>
#include <stdio.h>
#include <yaml.h>

#include "base/array.h"
#include "base/utf8.h"

struct anchor {
    struct view name;
    const struct yaml_node *node;
};

struct reader {
    yaml_parser_t parser;
    struct arena *arena;
    struct view path;
    struct error *err;
    struct anchor anchors[YAML_ANCHORS_MAX];
    uint32_t anchor_count;
    uint32_t depth;
};

const char *yaml_kind_word(enum yaml_kind kind)
{
    switch (kind) {
    case YAML_SCALAR:
        return "text";
    case YAML_SEQUENCE:
        return "a list";
    case YAML_MAPPING:
        return "a mapping";
    }
    return "nothing";
}

bool yaml_error(struct error *err, enum error_code code, struct view path, const struct yaml_node *node,
                const char *format, ...)
{
    char message[400];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    error_set(err, code, "%s", message);
    return error_place(err, path, node->line, node->col);
}

static const struct yaml_node *refuse(struct reader *reader, yaml_mark_t mark, const char *message)
{
    error_set(reader->err, ERROR_INPUT, "%s", message);
    error_place(reader->err, reader->path, (uint32_t)mark.line + 1, (uint32_t)mark.column + 1);
    return NULL;
}

static bool event_next(struct reader *reader, yaml_event_t *event)
{
    if (yaml_parser_parse(&reader->parser, event)) return true;
    yaml_mark_t mark = reader->parser.problem_mark;
    const char *problem = reader->parser.problem ? reader->parser.problem : "malformed";
    char message[200];
    snprintf(message, sizeof message, "not YAML: %s", problem);
    refuse(reader, mark, message);
    return false;
}

static const struct yaml_node *node_read(struct reader *reader, yaml_event_t *event);

static struct yaml_node *node_new(struct reader *reader, const yaml_event_t *event, enum yaml_kind kind)
{
    struct yaml_node *node = ARENA_NEW(reader->arena, struct yaml_node);
    if (!node) {
        refuse(reader, event->start_mark, "the file is too large");
        return NULL;
    }
    node->kind = kind;
    node->line = node->text_line = (uint32_t)event->start_mark.line + 1;
    node->col = (uint32_t)event->start_mark.column + 1;
    node->weight = 1;
    return node;
}

static const struct yaml_node *scalar_read(struct reader *reader, const yaml_event_t *event)
{
    struct yaml_node *node = node_new(reader, event, YAML_SCALAR);
    if (!node) return NULL;
    struct view text = view_make((const char *)event->data.scalar.value, event->data.scalar.length);
    node->text = arena_copy(reader->arena, text);
    node->is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    bool is_block = event->data.scalar.style == YAML_LITERAL_SCALAR_STYLE ||
                    event->data.scalar.style == YAML_FOLDED_SCALAR_STYLE;
    if (is_block) node->text_line++;
    if (!node->text.bytes) return refuse(reader, event->start_mark, "the file is too large");
    return node;
}

static bool weight_add(struct reader *reader, struct yaml_node *node, const struct yaml_node *child,
                       yaml_mark_t mark)
{
    node->weight += child->weight;
    if (node->weight <= YAML_NODES_MAX) return true;
    refuse(reader, mark, "the file stands for too many values");
    return false;
}

static const struct yaml_node *sequence_read(struct reader *reader, const yaml_event_t *start)
{
    struct yaml_node *node = node_new(reader, start, YAML_SEQUENCE);
    ARRAY_OF(const struct yaml_node *) items = {0};
    while (node) {
        yaml_event_t event;
        if (!event_next(reader, &event)) return NULL;
        yaml_mark_t mark = event.start_mark;
        bool is_end = event.type == YAML_SEQUENCE_END_EVENT;
        const struct yaml_node *item = is_end ? NULL : node_read(reader, &event);
        yaml_event_delete(&event);
        if (is_end) break;
        if (!item || !weight_add(reader, node, item, mark)) return NULL;
        if (!ARRAY_PUSH(reader->arena, &items, item)) return refuse(reader, mark, "the file is too large");
    }
    if (!node) return NULL;
    node->items = items.items;
    node->count = items.count;
    return node;
}

static bool key_is_known(const struct yaml_pair *pairs, uint32_t count, struct view key)
{
    for (uint32_t i = 0; i < count; i++)
        if (view_equals(pairs[i].key->text, key)) return true;
    return false;
}

/* One pair behind its key's event. */
static bool pair_read(struct reader *reader, yaml_event_t *event, struct yaml_pair *pair)
{
    yaml_mark_t mark = event->start_mark;
    pair->key = node_read(reader, event);
    yaml_event_delete(event);
    if (!pair->key) return false;
    if (pair->key->kind != YAML_SCALAR) return refuse(reader, mark, "a key must be text") != NULL;
    if (!event_next(reader, event)) return false;
    pair->value = node_read(reader, event);
    yaml_event_delete(event);
    return pair->value != NULL;
}

static const struct yaml_node *mapping_read(struct reader *reader, const yaml_event_t *start)
{
    struct yaml_node *node = node_new(reader, start, YAML_MAPPING);
    ARRAY_OF(struct yaml_pair) pairs = {0};
    while (node) {
        yaml_event_t event;
        struct yaml_pair pair;
        if (!event_next(reader, &event)) return NULL;
        if (event.type == YAML_MAPPING_END_EVENT) {
            yaml_event_delete(&event);
            break;
        }
        yaml_mark_t mark = event.start_mark;
        if (!pair_read(reader, &event, &pair)) return NULL;
        if (key_is_known(pairs.items, pairs.count, pair.key->text)) {
            yaml_error(reader->err, ERROR_INPUT, reader->path, pair.key, "the key '%.*s' stands here twice",
                       VIEW_ARGS(view_slice(pair.key->text, 0, 60)));
            return NULL;
        }
        if (pairs.count == YAML_PAIRS_MAX) return refuse(reader, mark, "the mapping has too many keys");
        if (!weight_add(reader, node, pair.value, mark)) return NULL;
        if (!ARRAY_PUSH(reader->arena, &pairs, pair)) return refuse(reader, mark, "the file is too large");
    }
    if (!node) return NULL;
    node->pairs = pairs.items;
    node->count = pairs.count;
    return node;
}

static const struct yaml_node *alias_read(struct reader *reader, const yaml_event_t *event)
{
    struct view name = view_of_cstr((const char *)event->data.alias.anchor);
    for (uint32_t i = reader->anchor_count; i > 0; i--)
        if (view_equals(reader->anchors[i - 1].name, name)) return reader->anchors[i - 1].node;
    return refuse(reader, event->start_mark, "the alias names no anchor above it");
}

static bool anchor_add(struct reader *reader, const yaml_char_t *name, const struct yaml_node *node,
                       yaml_mark_t mark)
{
    if (!name) return true;
    if (reader->anchor_count == YAML_ANCHORS_MAX)
        return refuse(reader, mark, "the file has too many anchors") != NULL;
    struct anchor anchor = {arena_copy(reader->arena, view_of_cstr((const char *)name)), node};
    reader->anchors[reader->anchor_count++] = anchor;
    return true;
}

/* The node that an event starts. The event stays the caller's. */
static const struct yaml_node *node_read(struct reader *reader, yaml_event_t *event)
{
    const struct yaml_node *node = NULL;
    const yaml_char_t *anchor = NULL, *tag = NULL;
    if (reader->depth == YAML_DEPTH_MAX) return refuse(reader, event->start_mark, "the file nests too deep");
    reader->depth++;
    switch ((int)event->type) {
    case YAML_SCALAR_EVENT:
        anchor = event->data.scalar.anchor;
        tag = event->data.scalar.tag;
        node = scalar_read(reader, event);
        break;
    case YAML_SEQUENCE_START_EVENT:
        anchor = event->data.sequence_start.anchor;
        tag = event->data.sequence_start.tag;
        node = sequence_read(reader, event);
        break;
    case YAML_MAPPING_START_EVENT:
        anchor = event->data.mapping_start.anchor;
        tag = event->data.mapping_start.tag;
        node = mapping_read(reader, event);
        break;
    case YAML_ALIAS_EVENT:
        node = alias_read(reader, event);
        break;
    default:
        node = refuse(reader, event->start_mark, "the file has no content");
        break;
    }
    reader->depth--;
    if (node && tag) return refuse(reader, event->start_mark, "tags have no meaning here");
    if (node && !anchor_add(reader, anchor, node, event->start_mark)) return NULL;
    return node;
}

static const struct yaml_node *document_read(struct reader *reader)
{
    yaml_event_t event;
    const struct yaml_node *root = NULL;
    for (int skipped = 0; skipped < 2; skipped++) { /* the stream's start, the document's start */
        if (!event_next(reader, &event)) return NULL;
        bool is_empty = event.type == YAML_STREAM_END_EVENT;
        yaml_mark_t mark = event.start_mark;
        yaml_event_delete(&event);
        if (is_empty) return refuse(reader, mark, "the file has no content");
    }
    if (!event_next(reader, &event)) return NULL;
    root = node_read(reader, &event);
    yaml_event_delete(&event);
    if (!root || !event_next(reader, &event)) return NULL; /* the document's end */
    yaml_event_delete(&event);
    if (!event_next(reader, &event)) return NULL;
    bool is_end = event.type == YAML_STREAM_END_EVENT;
    yaml_mark_t mark = event.start_mark;
    yaml_event_delete(&event);
    return is_end ? root : refuse(reader, mark, "the file holds a second document");
}

const struct yaml_node *yaml_parse(struct arena *arena, struct view path, struct view bytes,
                                   struct error *err)
{
    size_t invalid = utf8_find_invalid(bytes);
    if (invalid != SIZE_MAX) {
        error_set(err, ERROR_INPUT, "not UTF-8 at byte %zu", invalid);
        error_place(err, path, 0, 0);
        return NULL;
    }
    struct reader *reader = ARENA_NEW(arena, struct reader);
    if (!reader || !yaml_parser_initialize(&reader->parser)) {
        error_set(err, ERROR_SYSTEM, "no memory to read YAML");
        return NULL;
    }
    reader->arena = arena;
    reader->path = path;
    reader->err = err;
    yaml_parser_set_encoding(&reader->parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&reader->parser, (const unsigned char *)bytes.bytes, bytes.length);
    const struct yaml_node *root = document_read(reader);
    yaml_parser_delete(&reader->parser);
    return root;
}

const struct yaml_node *yaml_get(const struct yaml_node *mapping, const char *key)
{
    if (mapping->kind != YAML_MAPPING) return NULL;
    for (uint32_t i = 0; i < mapping->count; i++)
        if (view_equals_cstr(mapping->pairs[i].key->text, key)) return mapping->pairs[i].value;
    return NULL;
}

bool yaml_bool(const struct yaml_node *node, bool *value)
{
    if (node->kind != YAML_SCALAR || !node->is_plain) return false;
    *value = view_equals(node->text, VIEW("true")) || view_equals(node->text, VIEW("True"));
    return *value || view_equals(node->text, VIEW("false")) || view_equals(node->text, VIEW("False"));
}
