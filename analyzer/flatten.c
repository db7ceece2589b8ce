#include "analyzer/flatten.h"

#include <stdlib.h>

#include "analyzer/leaf.h"
#include "analyzer/limits.h"
#include "grammars/shape.h"
#include "grammars/token.h"

/* The core's own. Its array.h has a macro of the name of a function of ours. */
#include <language.h>
#include <subtree.h>
#include <tree.h>
#undef array_reserve
#include "base/array.h"

enum kind_flag {
    KIND_IS_KEPT = 1,  /* is in the flat array */
    KIND_IS_NAMED = 2, /* where it stands for another symbol */
    KIND_HAS_TEXT = 4, /* its text counts although it has children */
    KIND_IS_TOKEN = 8, /* its text is all but always its name */
};

static uint8_t kind_flags(const struct language *language, const TSLanguage *grammar, TSSymbol symbol)
{
    bool is_token = ts_language_symbol_type(grammar, symbol) == TSSymbolTypeAnonymous;
    struct view name = view_of_cstr(ts_language_symbol_name(grammar, symbol));
    bool is_kept = !is_token || token_has_meaning(name, language->family);
    bool has_text = shape_of(shapes_of(language), symbol) == SHAPE_KEYWORDS;
    return (uint8_t)((is_kept ? KIND_IS_KEPT : 0) | (is_token ? KIND_IS_TOKEN : 0) |
                     (ts_language_symbol_metadata(grammar, symbol).named ? KIND_IS_NAMED : 0) |
                     (has_text ? KIND_HAS_TEXT : 0));
}

/* One more than the number of the furthest child of a production that has a field. */
static uint32_t field_width(const TSLanguage *grammar)
{
    const TSFieldMapEntry *entry, *end;
    uint32_t width = 1;
    for (uint32_t production = 0; production < grammar->production_id_count; production++) {
        ts_language_field_map(grammar, production, &entry, &end);
        for (; entry < end; entry++)
            if (entry->child_index >= width) width = entry->child_index + 1u;
    }
    return width;
}

bool flat_grammar_init(struct flat_grammar *grammar, const struct language *language)
{
    const TSLanguage *core = language->parser();
    uint32_t count = ts_language_symbol_count(core), width = field_width(core);
    const TSFieldMapEntry *entry, *end;
    grammar->flags = calloc(count, sizeof *grammar->flags);
    grammar->kinds = calloc(count, sizeof *grammar->kinds);
    grammar->fields = calloc((size_t)core->production_id_count + 1, width);
    if (!grammar->flags || !grammar->kinds || !grammar->fields) {
        flat_grammar_clear(grammar);
        return false;
    }
    for (uint32_t symbol = 0; symbol < count; symbol++) {
        grammar->kinds[symbol] = ts_language_public_symbol(core, (TSSymbol)symbol);
        grammar->flags[symbol] = kind_flags(language, core, (TSSymbol)symbol);
    }
    for (uint32_t production = 0; production < core->production_id_count; production++) {
        ts_language_field_map(core, production, &entry, &end);
        for (; entry < end; entry++) {
            uint8_t *field = &grammar->fields[production * width + entry->child_index];
            if (!entry->inherited && !*field) *field = (uint8_t)entry->field_id;
        }
    }
    grammar->field_width = width;
    grammar->symbol_count = count;
    return true;
}

void flat_grammar_clear(struct flat_grammar *grammar)
{
    free(grammar->flags);
    free(grammar->kinds);
    free(grammar->fields);
    *grammar = (struct flat_grammar){0};
}

/* The children of one subtree, as far as the walk has come. */
struct level {
    const Subtree *child, *end;
    const TSSymbol *aliases; /* by structural number of the child; NULL: none has one */
    const uint8_t *fields;   /* the same; `field_width` of them */
    uint32_t position;       /* where the child before ended */
    uint32_t structural;     /* number of the next child that is no extra */
    uint32_t owner;          /* index of the node around them */
    uint8_t inherited;       /* the field of a hidden subtree is that of its children */
    bool is_first;           /* nothing but the subtree's own padding, which is counted, stands before */
    bool is_hidden;          /* the subtree is no node itself */
};

struct walk {
    struct flattening *flat;
    const TSLanguage *language;
    ARRAY_OF(struct level) levels; /* around the one that the walk is in */
    uint32_t capacity;             /* of flat->nodes */
    uint32_t depth;                /* nodes that are open */
    uint32_t *token_symbols;       /* by kind: the symbol of the token's text when it was last met */
};

static struct level level_of(const struct walk *walk, Subtree tree, uint32_t position, uint32_t owner)
{
    const struct flat_grammar *grammar = walk->flat->grammar;
    uint32_t production = tree.ptr->production_id;
    const Subtree *children = ts_subtree_children(tree);
    return (struct level){.child = children,
                          .end = children + tree.ptr->child_count,
                          .aliases = ts_language_alias_sequence(walk->language, production),
                          .fields = grammar->fields + (size_t)production * grammar->field_width,
                          .position = position,
                          .owner = owner,
                          .is_first = true};
}

/* 0: the arena is exhausted. */
static uint32_t text_symbol(struct walk *walk, uint32_t start, uint32_t end, uint16_t kind, bool is_token)
{
    struct flattening *flat = walk->flat;
    struct view text = view_slice(flat->source->bytes, start, end);
    if (!is_token)
        return symbol_intern(flat->symbols, leaf_text(flat->arena, flat->source->language->family, text));
    uint32_t *known = &walk->token_symbols[kind];
    if (!*known || !view_equals(symbol_text(flat->symbols, *known), text))
        *known = symbol_intern(flat->symbols, leaf_text(flat->arena, flat->source->language->family, text));
    return *known;
}

static void mistake_note(struct flattening *flat, const struct node *node, TSSymbol symbol, bool is_missing)
{
    if (flat->mistake_count < FLAT_MISTAKES)
        flat->mistakes[flat->mistake_count] =
            (struct flat_mistake){node->start, node->end, symbol, is_missing};
    flat->mistake_count++;
}

enum node_end { NODE_DONE, NODE_IS_OPEN, NODE_NO_MEMORY };

/* Adds a visible subtree that starts at `start`, where nodes of its kind are kept. NODE_IS_OPEN: its children
 * come next. */
static inline enum node_end node_add(struct walk *walk, Subtree tree, uint32_t start, TSSymbol alias,
                                     uint8_t field, uint32_t parent)
{
    struct flattening *flat = walk->flat;
    const struct flat_grammar *grammar = flat->grammar;
    TSSymbol symbol = alias ? alias : ts_subtree_symbol(tree);
    bool is_known = symbol < grammar->symbol_count, is_missing = ts_subtree_missing(tree);
    uint16_t kind = is_known ? grammar->kinds[symbol] : symbol;
    uint8_t kind_is = kind < grammar->symbol_count ? grammar->flags[kind] : KIND_IS_KEPT;
    bool is_mistake = is_missing || kind == ts_builtin_sym_error;
    if (!(kind_is & KIND_IS_KEPT) && !is_mistake) return NODE_DONE;
    bool is_named = alias ? is_known && (grammar->flags[alias] & KIND_IS_NAMED) : ts_subtree_named(tree);
    struct node node = {.start = start,
                        .end = start + ts_subtree_size(tree).bytes,
                        .parent = parent,
                        .next = flat->count + 1,
                        .kind = kind,
                        .field = field,
                        .flags = (uint8_t)((is_named ? NODE_IS_NAMED : 0) |
                                           (ts_subtree_extra(tree) ? NODE_IS_EXTRA : 0) |
                                           (is_mistake ? NODE_IS_ERROR : 0))};
    if (is_mistake) mistake_note(flat, &node, symbol, is_missing);
    bool is_open = ts_subtree_visible_child_count(tree) > 0;
    if (!is_open || (kind_is & KIND_HAS_TEXT)) {
        node.symbol = text_symbol(walk, node.start, node.end, kind,
                                  (kind_is & KIND_IS_TOKEN) && kind < grammar->symbol_count);
        if (!node.symbol) return NODE_NO_MEMORY;
    }
    if (!is_open) node.flags |= NODE_IS_LEAF;
    if (flat->count == walk->capacity) return NODE_NO_MEMORY; /* the core counts its nodes: never */
    flat->nodes[flat->count++] = node;
    return is_open ? NODE_IS_OPEN : NODE_DONE;
}

/* The node of a level has no more children. */
static void node_close(struct flattening *flat, uint32_t index)
{
    struct node *node = &flat->nodes[index];
    node->next = flat->count;
    if (node->next == index + 1) node->flags |= NODE_IS_LEAF; /* none of them is kept */
}

/* Preorder, without recursion. */
static enum flatten_end walk_run(struct walk *walk, struct level level)
{
    struct flattening *flat = walk->flat;
    for (;;) {
        if (level.child == level.end) {
            if (!level.is_hidden) {
                node_close(flat, level.owner);
                walk->depth--;
            }
            if (walk->levels.count == 0) return FLATTEN_DONE;
            level = walk->levels.items[--walk->levels.count];
            continue;
        }
        Subtree tree = *level.child++;
        uint32_t start = level.position + (level.is_first ? 0 : ts_subtree_padding(tree).bytes);
        level.is_first = false;
        level.position = start + ts_subtree_size(tree).bytes;
        TSSymbol alias = 0;
        uint8_t field = 0;
        if (!ts_subtree_extra(tree)) {
            if (level.aliases) alias = level.aliases[level.structural];
            if (level.structural < flat->grammar->field_width) field = level.fields[level.structural];
            if (!field) field = level.inherited;
            level.structural++;
        }
        bool is_hidden = !alias && !ts_subtree_visible(tree);
        uint32_t index = is_hidden ? level.owner : flat->count;
        if (is_hidden) {
            if (ts_subtree_visible_child_count(tree) == 0) continue;
        } else {
            enum node_end end = node_add(walk, tree, start, alias, field, level.owner);
            if (end == NODE_NO_MEMORY) return FLATTEN_NO_MEMORY;
            if (end == NODE_DONE) continue;
            if (walk->depth++ == LIMIT_TREE_DEPTH) return FLATTEN_TOO_DEEP;
        }
        /* a hidden list's last child is mostly another one: nothing to come back to */
        bool is_left = level.is_hidden && level.child == level.end;
        if (!is_left && !ARRAY_PUSH(flat->arena, &walk->levels, level)) return FLATTEN_NO_MEMORY;
        level = level_of(walk, tree, start, index);
        level.is_hidden = is_hidden;
        if (is_hidden) level.inherited = field;
    }
}

enum flatten_end flatten_tree(struct flattening *flat, const TSTree *tree)
{
    struct walk walk = {.flat = flat, .language = tree->language};
    Subtree root = tree->root;
    uint32_t expected = ts_subtree_visible_descendant_count(root) + 1;
    uint32_t start = ts_subtree_padding(root).bytes;
    flat->count = flat->mistake_count = 0;
    flat->symbols = symbol_table_new(flat->arena, expected / 4);
    flat->nodes = ARENA_NEW_ARRAY(flat->arena, struct node, expected);
    walk.capacity = expected;
    walk.token_symbols = ARENA_NEW_ARRAY(flat->arena, uint32_t, flat->grammar->symbol_count);
    if (!flat->symbols || !flat->nodes || !walk.token_symbols) return FLATTEN_NO_MEMORY;
    enum node_end end = node_add(&walk, root, start, 0, 0, 0);
    if (end == NODE_NO_MEMORY) return FLATTEN_NO_MEMORY;
    if (end == NODE_DONE) return FLATTEN_DONE;
    walk.depth = 1;
    return walk_run(&walk, level_of(&walk, root, start, 0));
}
