/* cursor.h - the flat array as the core's public cursor gives it: what flatten.c is compared with. */
#ifndef CORDON_TESTS_ANALYZER_CURSOR_H
#define CORDON_TESTS_ANALYZER_CURSOR_H

#include <stdio.h>
#include <stdlib.h>
#include <tree_sitter/api.h>

#include "analyzer/flatten.h"
#include "analyzer/leaf.h"
#include "analyzer/limits.h"
#include "grammars/shape.h"
#include "grammars/token.h"

/* What the walk is about to add, and the array that it is compared with. */
struct cursor_walk {
    const struct language *language;
    struct flattening *flat; /* what flatten_tree made of the same tree */
    TSTreeCursor cursor;
    uint32_t count, mistakes;
    uint32_t open[LIMIT_TREE_DEPTH + 1], depth;
};

static inline bool cursor_keeps(const struct cursor_walk *walk, TSNode raw)
{
    const TSLanguage *grammar = walk->language->parser();
    TSSymbol kind = ts_node_symbol(raw);
    return ts_node_is_error(raw) || ts_node_is_missing(raw) || kind >= ts_language_symbol_count(grammar) ||
           ts_language_symbol_type(grammar, kind) != TSSymbolTypeAnonymous ||
           token_has_meaning(view_of_cstr(ts_language_symbol_name(grammar, kind)), walk->language->family);
}

/* Whether the next node of the array is the one under the cursor; all but `next` and NODE_IS_LEAF. */
static inline bool cursor_agrees(struct cursor_walk *walk, TSNode raw)
{
    struct flattening *flat = walk->flat;
    bool is_mistake = ts_node_is_error(raw) || ts_node_is_missing(raw);
    uint32_t start = ts_node_start_byte(raw), end = ts_node_end_byte(raw);
    bool has_text = ts_node_child_count(raw) == 0 ||
                    shape_of(shapes_of(walk->language), ts_node_symbol(raw)) == SHAPE_KEYWORDS;
    if (walk->count >= flat->count) return false;
    const struct node *node = &flat->nodes[walk->count];
    unsigned flags = (ts_node_is_named(raw) ? NODE_IS_NAMED : 0) |
                     (ts_node_is_extra(raw) ? NODE_IS_EXTRA : 0) | (is_mistake ? NODE_IS_ERROR : 0);
    struct view text = view_slice(flat->source->bytes, start, end);
    walk->mistakes += is_mistake;
    return node->start == start && node->end == end && node->kind == ts_node_symbol(raw) &&
           node->field == ts_tree_cursor_current_field_id(&walk->cursor) &&
           node->parent == (walk->depth ? walk->open[walk->depth - 1] : 0) &&
           (node->flags & ~(unsigned)NODE_IS_LEAF) == flags && (node->symbol != 0) == has_text &&
           (!has_text || view_equals(symbol_text(flat->symbols, node->symbol),
                                     leaf_text(flat->arena, walk->language->family, text)));
}

/* The node in the array at `index` ends where the walk is. */
static inline bool cursor_closes(const struct cursor_walk *walk, uint32_t index)
{
    const struct node *node = &walk->flat->nodes[index];
    return node->next == walk->count && !!(node->flags & NODE_IS_LEAF) == (walk->count == index + 1);
}

/* UINT32_MAX: all of the array is as the cursor says; else the index of the first node that is not. */
static inline uint32_t cursor_compare(struct flattening *flat, const struct language *language, TSTree *tree)
{
    struct cursor_walk *walk = calloc(1, sizeof *walk);
    uint32_t differs = UINT32_MAX;
    if (!walk) abort();
    walk->language = language;
    walk->flat = flat;
    walk->cursor = ts_tree_cursor_new(ts_tree_root_node(tree));
    for (bool is_done = false; !is_done && differs == UINT32_MAX;) {
        TSNode raw = ts_tree_cursor_current_node(&walk->cursor);
        bool is_kept = cursor_keeps(walk, raw);
        uint32_t index = walk->count;
        if (is_kept && !cursor_agrees(walk, raw)) differs = index;
        walk->count += is_kept;
        if (is_kept && ts_tree_cursor_goto_first_child(&walk->cursor)) {
            walk->open[walk->depth++] = index;
            continue;
        }
        if (is_kept && differs == UINT32_MAX && !cursor_closes(walk, index)) differs = index;
        while (!is_done && !ts_tree_cursor_goto_next_sibling(&walk->cursor)) {
            is_done = walk->depth == 0;
            if (is_done) break;
            ts_tree_cursor_goto_parent(&walk->cursor);
            index = walk->open[--walk->depth];
            if (differs == UINT32_MAX && !cursor_closes(walk, index)) differs = index;
        }
    }
    bool is_whole = walk->count == flat->count && walk->mistakes == flat->mistake_count;
    if (differs == UINT32_MAX && !is_whole) differs = walk->count;
    ts_tree_cursor_delete(&walk->cursor);
    free(walk);
    return differs;
}

/* Some inputs of a few hundred bytes keep the core busy for minutes; cordon has a deadline for them, this a
 * count. */
enum { CURSOR_PARSE_STEPS = 2000 };

static inline bool cursor_gives_up(TSParseState *progress)
{
    uint32_t *left = progress->payload;
    return *left == 0 || --*left == 0;
}

static inline const char *cursor_read(void *payload, uint32_t offset, TSPoint point, uint32_t *length)
{
    const struct view *bytes = payload;
    (void)point;
    *length = offset < bytes->length ? (uint32_t)(bytes->length - offset) : 0;
    return *length ? bytes->bytes + offset : "";
}

/* NULL: it gave up. */
static inline TSTree *cursor_parse(TSParser *parser, struct view bytes)
{
    uint32_t left = CURSOR_PARSE_STEPS;
    TSInput input = {.payload = &bytes, .read = cursor_read, .encoding = TSInputEncodingUTF8};
    TSParseOptions options = {.payload = &left, .progress_callback = cursor_gives_up};
    TSTree *tree = ts_parser_parse_with_options(parser, NULL, input, options);
    if (!tree) ts_parser_reset(parser);
    return tree;
}

/* Parses `bytes` and compares the two walks over the tree, where there is one. False: they differ, at
 * `*differs`. */
static inline bool cursor_check(TSParser *parser, const struct language *language, struct view bytes,
                                uint32_t *differs)
{
    struct error err = {0};
    struct source source;
    struct flat_grammar grammar = {0};
    AUTO_ARENA struct arena arena;
    arena_init(&arena, (size_t)1 << 30);
    if (!flat_grammar_init(&grammar, language) || !ts_parser_set_language(parser, language->parser()) ||
        !source_init(&source, &arena, VIEW("test"), bytes, language, &err))
        abort();
    struct flattening flat = {.arena = &arena, .source = &source, .grammar = &grammar};
    TSTree *tree = cursor_parse(parser, bytes);
    *differs = tree && flatten_tree(&flat, tree) == FLATTEN_DONE ? cursor_compare(&flat, language, tree)
                                                                 : UINT32_MAX;
    ts_tree_delete(tree);
    flat_grammar_clear(&grammar);
    return *differs == UINT32_MAX;
}

#endif
