#include "analyzer/syntax.h"

#include <stdlib.h>
#include <tree_sitter/api.h>
#include <utf8proc.h>

#include "analyzer/decorator.h"
#include "analyzer/guard.h"
#include "analyzer/limits.h"
#include "analyzer/reading.h"
#include "analyzer/shell_lines.h"
#include "analyzer/splat.h"
#include "base/io.h"
#include "base/utf8.h"
#include "grammars/token.h"

enum { MISTAKES_SHOWN = 5, EXCERPT_BYTES = 40, MENDING_ROUNDS = 16 };

/* Of one grammar, by its symbol: whether its nodes are in the flat array. */
struct grammar_table {
    bool *is_kept;
    uint32_t count;                                      /* 0: not made yet */
    TSSymbol unary, void_token, await_node, await_token; /* JavaScript; see reading.h */
};

struct syntax_parser {
    TSParser *parser;
    struct grammar_table tables[LANGUAGE_COUNT];
};

struct syntax_parser *syntax_parser_new(void)
{
    struct syntax_parser *parser = calloc(1, sizeof *parser);
    if (parser) parser->parser = ts_parser_new();
    return parser;
}

void syntax_parser_free(struct syntax_parser *parser)
{
    if (!parser) return;
    for (int i = 0; i < LANGUAGE_COUNT; i++) free(parser->tables[i].is_kept);
    ts_parser_delete(parser->parser);
    free(parser);
}

static const struct grammar_table *table_of(struct syntax_parser *parser, const struct language *language)
{
    struct grammar_table *table = &parser->tables[language->id];
    if (table->count) return table;
    const TSLanguage *grammar = language->parser();
    uint32_t count = ts_language_symbol_count(grammar);
    table->is_kept = calloc(count, sizeof *table->is_kept);
    if (!table->is_kept) return NULL;
    for (uint32_t i = 0; i < count; i++) {
        TSSymbol symbol = (TSSymbol)i;
        bool is_token = ts_language_symbol_type(grammar, symbol) == TSSymbolTypeAnonymous;
        table->is_kept[i] =
            !is_token ||
            token_has_meaning(view_of_cstr(ts_language_symbol_name(grammar, symbol)), language->family);
    }
    if (language->family == FAMILY_JAVASCRIPT) {
        table->unary = ts_language_symbol_for_name(grammar, "unary_expression", 16, true);
        table->void_token = ts_language_symbol_for_name(grammar, "void", 4, false);
        table->await_node = ts_language_symbol_for_name(grammar, "await_expression", 16, true);
        table->await_token = ts_language_symbol_for_name(grammar, "await", 5, false);
    }
    table->count = count;
    return table;
}

/* What tree-sitter asks for while it parses. */
struct parse_state {
    struct view bytes;
    unsigned long long deadline_ns, deadline_thread_ns;
};

static const char *bytes_read(void *payload, uint32_t offset, TSPoint point, uint32_t *length_bytes)
{
    (void)point;
    const struct parse_state *state = payload;
    struct view rest = view_slice(state->bytes, offset, state->bytes.length);
    *length_bytes = (uint32_t)rest.length;
    return rest.length ? rest.bytes : "";
}

static bool deadline_has_passed(TSParseState *progress)
{
    const struct parse_state *state = progress->payload;
    /* The clock is cheap to read and the thread's time is not: it cannot be over before the clock is. */
    return io_now_ns() > state->deadline_ns && io_thread_ns() > state->deadline_thread_ns;
}

static void cleanup_tree(TSTree **tree)
{
    if (*tree) ts_tree_delete(*tree);
}

/* One flattening under way. */
struct flattening {
    struct arena *arena;
    const struct source *source;
    const struct grammar_table *table;
    const struct shape_table *shapes;
    TSTreeCursor cursor;
    struct {
        struct node *items;
        uint32_t count, capacity;
    } nodes;
    struct symbol_table *symbols;
    struct finding_list *findings;
    uint32_t mistakes;
    uint32_t open[LIMIT_TREE_DEPTH + 1]; /* indices of the kept nodes that enclose the cursor */
    uint32_t depth;
};

/* JavaScript: \u0065 and \u{65} inside an identifier mean the letter. */
static struct view escapes_decode(struct arena *arena, struct view text)
{
    char *out = arena_alloc(arena, text.length + 1);
    if (!out) return text;
    size_t used = 0;
    for (size_t at = 0; at < text.length;) {
        if (text.length - at < 3 || text.bytes[at] != '\\' || text.bytes[at + 1] != 'u') {
            out[used++] = text.bytes[at++];
            continue;
        }
        bool is_braced = text.bytes[at + 2] == '{';
        size_t digit = at + (is_braced ? 3 : 2), last = is_braced ? text.length : digit + 4;
        uint32_t code = 0;
        for (; digit < last && digit < text.length && text.bytes[digit] != '}' && code <= 0x10ffff; digit++) {
            char c = text.bytes[digit];
            uint32_t value =
                c >= '0' && c <= '9' ? (uint32_t)(c - '0') : ((uint32_t)(c | 32) - 'a' + 10) & 15;
            code = code << 4 | value;
        }
        char encoded[4];
        unsigned length = utf8_encode(code, encoded);
        memcpy(out + used, encoded, length);
        used += length;
        at = digit + (is_braced ? 1 : 0);
    }
    return view_make(out, used);
}

/* Python folds identifiers by NFKC (PEP 3131). */
static struct view nfkc_fold(struct arena *arena, struct view text)
{
    utf8proc_uint8_t *folded = NULL;
    utf8proc_ssize_t length =
        utf8proc_map((const utf8proc_uint8_t *)text.bytes, (utf8proc_ssize_t)text.length, &folded,
                     UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT);
    struct view copy = text;
    if (length >= 0) copy = arena_copy(arena, view_make((const char *)folded, (size_t)length));
    free(folded);
    return copy;
}

static struct view leaf_text(const struct flattening *flat, struct view text)
{
    bool is_plain = true;
    for (size_t i = 0; i < text.length; i++)
        is_plain &= (signed char)text.bytes[i] >= 0 && text.bytes[i] != '\\';
    if (is_plain) return text;
    switch (flat->source->language->family) {
    case FAMILY_PYTHON:
        return nfkc_fold(flat->arena, text);
    case FAMILY_JAVASCRIPT:
        return escapes_decode(flat->arena, text);
    case FAMILY_SHELL:
        break;
    }
    return text;
}

static bool mistake_report(struct flattening *flat, TSNode node)
{
    if (flat->mistakes++ >= MISTAKES_SHOWN) return true;
    uint32_t start = ts_node_start_byte(node), end = ts_node_end_byte(node);
    if (ts_node_is_missing(node))
        return guard_report(flat->findings, flat->arena, GUARD_SYNTAX, start, end,
                            "syntax error: '%s' is missing", ts_node_type(node));
    struct view text = view_slice(flat->source->bytes, start, end), line, rest;
    view_split(view_trim(text), '\n', &line, &rest);
    line = view_slice(line, 0, EXCERPT_BYTES);
    while (line.length && utf8_find_invalid(line) != SIZE_MAX) line.length--;
    if (line.length == 0)
        return guard_report(flat->findings, flat->arena, GUARD_SYNTAX, start, end, "syntax error");
    return guard_report(flat->findings, flat->arena, GUARD_SYNTAX, start, end, "syntax error near '%.*s'",
                        VIEW_ARGS(line));
}

/* Turns the `void` that the parser was given for an `await` back into that, and what it stands in. */
static void await_restore(struct flattening *flat, struct node *node)
{
    const struct grammar_table *table = flat->table;
    if (!table->await_node || !flat->depth) return;
    struct node *parent = &flat->nodes.items[node->parent];
    struct view bytes = flat->source->bytes;
    bool is_await = node->end - node->start == 4 && bytes.length - node->start >= 5 &&
                    memcmp(bytes.bytes + node->start, "await", 5) == 0;
    if (is_await) node->end = node->start + 5;
    if (is_await && node->kind == table->void_token) {
        node->kind = table->await_token;
        if (parent->kind == table->unary) parent->kind = table->await_node;
    }
    if (parent->kind == table->await_node) node->field = 0;
}

/* Adds the node under the cursor where it is kept. False: the arena is exhausted. */
static bool node_add(struct flattening *flat, bool *is_kept)
{
    TSNode raw = ts_tree_cursor_current_node(&flat->cursor);
    TSSymbol kind = ts_node_symbol(raw);
    bool is_mistake = ts_node_is_error(raw) || ts_node_is_missing(raw);
    *is_kept = is_mistake || kind >= flat->table->count || flat->table->is_kept[kind];
    if (is_mistake && !mistake_report(flat, raw)) return false;
    if (!*is_kept) return true;
    struct node node = {
        .start = ts_node_start_byte(raw),
        .end = ts_node_end_byte(raw),
        .parent = flat->depth ? flat->open[flat->depth - 1] : 0,
        .kind = kind,
        .field = (uint8_t)ts_tree_cursor_current_field_id(&flat->cursor),
        .flags = (uint8_t)((ts_node_is_named(raw) ? NODE_IS_NAMED : 0) |
                           (ts_node_is_extra(raw) ? NODE_IS_EXTRA : 0) | (is_mistake ? NODE_IS_ERROR : 0)),
    };
    await_restore(flat, &node);
    if (ts_node_child_count(raw) == 0 || shape_of(flat->shapes, kind) == SHAPE_KEYWORDS) {
        struct view text = view_slice(flat->source->bytes, node.start, node.end);
        node.symbol = symbol_intern(flat->symbols, leaf_text(flat, text));
        if (!node.symbol) return false;
    }
    return ARRAY_PUSH(flat->arena, &flat->nodes, node);
}

enum walk_end { WALK_DONE, WALK_TOO_DEEP, WALK_NO_MEMORY };

/* Preorder, without recursion. A token that is not kept has no children, so what encloses the cursor is
 * always kept. */
static enum walk_end tree_walk(struct flattening *flat)
{
    for (;;) {
        bool is_kept;
        if (!node_add(flat, &is_kept)) return WALK_NO_MEMORY;
        if (is_kept && ts_tree_cursor_goto_first_child(&flat->cursor)) {
            if (flat->depth == LIMIT_TREE_DEPTH) return WALK_TOO_DEEP;
            flat->open[flat->depth++] = flat->nodes.count - 1;
            continue;
        }
        while (!ts_tree_cursor_goto_next_sibling(&flat->cursor)) {
            if (flat->depth == 0) return WALK_DONE;
            ts_tree_cursor_goto_parent(&flat->cursor);
            flat->nodes.items[flat->open[--flat->depth]].next = flat->nodes.count;
        }
    }
}

static bool tree_flatten(struct flattening *flat, TSTree *tree, struct syntax *syntax, struct error *err)
{
    TSNode root = ts_tree_root_node(tree);
    uint32_t expected = ts_node_descendant_count(root);
    flat->symbols = symbol_table_new(flat->arena, expected / 4);
    if (!flat->symbols || !ARRAY_RESERVE(flat->arena, &flat->nodes, expected + 1))
        return error_set(err, ERROR_LIMIT, "no memory left for the syntax tree");
    flat->cursor = ts_tree_cursor_new(root);
    enum walk_end end = tree_walk(flat);
    ts_tree_cursor_delete(&flat->cursor);
    switch (end) {
    case WALK_NO_MEMORY:
        return error_set(err, ERROR_LIMIT, "no memory left for the syntax tree");
    case WALK_TOO_DEEP:
        if (!guard_report(flat->findings, flat->arena, GUARD_TREE, 0, 0,
                          "the syntax tree is deeper than %u levels", LIMIT_TREE_DEPTH))
            return error_set(err, ERROR_LIMIT, "no memory left for a finding");
        return true;
    case WALK_DONE:
        break;
    }
    for (uint32_t i = 0; i < flat->nodes.count; i++) {
        struct node *node = &flat->nodes.items[i];
        if (node->next == 0) node->next = i + 1;
        if (node->next == i + 1) node->flags |= NODE_IS_LEAF;
    }
    switch (flat->source->language->family) {
    case FAMILY_PYTHON:
        splat_lift(flat->nodes.items, flat->nodes.count, flat->shapes);
        break;
    case FAMILY_JAVASCRIPT:
        decorators_adopt(flat->nodes.items, flat->nodes.count, flat->shapes);
        break;
    case FAMILY_SHELL:
        break;
    }
    *syntax = (struct syntax){.source = flat->source,
                              .nodes = flat->nodes.items,
                              .count = flat->nodes.count,
                              .symbols = flat->symbols};
    return true;
}

/* Parses what the parser is given to read and flattens it. */
static bool reading_parse(struct syntax_parser *parser, struct flattening *flat, struct parse_state *state,
                          uint32_t deadline_ms, struct syntax *syntax, struct error *err)
{
    TSInput input = {.payload = state, .read = bytes_read, .encoding = TSInputEncodingUTF8};
    TSParseOptions options = {.payload = state, .progress_callback = deadline_has_passed};
    CLEANUP(cleanup_tree) TSTree *tree = ts_parser_parse_with_options(parser->parser, NULL, input, options);
    *syntax = (struct syntax){.source = flat->source};
    if (tree) return tree_flatten(flat, tree, syntax, err);
    ts_parser_reset(parser->parser);
    if (guard_report(flat->findings, flat->arena, GUARD_DEADLINE, 0, 0, "parsing did not end within %u ms",
                     deadline_ms))
        return true;
    return error_set(err, ERROR_LIMIT, "no memory left for a finding");
}

/* Again and again while the grammar passes over ends of lines; every time a place is mended. */
static bool shell_parse(struct syntax_parser *parser, struct flattening *flat, struct parse_state *state,
                        uint32_t deadline_ms, struct syntax *syntax, struct error *err)
{
    const struct flattening fresh = *flat;
    uint32_t found = flat->findings->count;
    char *reading = NULL;
    for (unsigned round = 0;; round++) {
        bool is_lost = false;
        *flat = fresh;
        flat->findings->count = found;
        if (!reading_parse(parser, flat, state, deadline_ms, syntax, err)) return false;
        if (syntax->count == 0) return true;
        if (!reading) {
            reading = arena_alloc(flat->arena, state->bytes.length + 1);
            if (!reading) return error_set(err, ERROR_LIMIT, "no memory left to read the source");
            memcpy(reading, state->bytes.bytes, state->bytes.length);
            state->bytes.bytes = reading;
        }
        uint32_t mended = shell_lines_mend(syntax, reading, &is_lost);
        if (mended == 0) return true;
        if (is_lost || round == MENDING_ROUNDS)
            return flat->mistakes ||
                   guard_report(flat->findings, flat->arena, GUARD_AMBIGUOUS, 0, 0,
                                "a command that the grammar goes on reading where its line ends") ||
                   error_set(err, ERROR_LIMIT, "no memory left for a finding");
    }
}

bool syntax_parse(struct syntax_parser *parser, struct arena *arena, const struct source *source,
                  uint32_t deadline_ms, struct syntax *syntax, struct finding_list *findings,
                  struct error *err)
{
    *syntax = (struct syntax){.source = source};
    const struct grammar_table *table = parser->parser ? table_of(parser, source->language) : NULL;
    if (!table) return error_set(err, ERROR_SYSTEM, "no memory for a parser");
    if (!ts_parser_set_language(parser->parser, source->language->parser()))
        return error_set(err, ERROR_SYSTEM, "the %s grammar does not fit the tree-sitter core",
                         source->language->word);
    struct view reading = reading_of(source, arena);
    if (!reading.bytes && source->bytes.length)
        return error_set(err, ERROR_LIMIT, "no memory left to read the source");
    struct parse_state state = {.bytes = reading,
                                .deadline_ns = io_now_ns() + deadline_ms * 1000000ull,
                                .deadline_thread_ns = io_thread_ns() + deadline_ms * 1000000ull};
    struct flattening *flat = ARENA_NEW(arena, struct flattening);
    if (!flat) return error_set(err, ERROR_LIMIT, "no memory left for the syntax tree");
    flat->arena = arena;
    flat->source = source;
    flat->table = table;
    flat->shapes = shapes_of(source->language);
    flat->findings = findings;
    bool is_shell = source->language->family == FAMILY_SHELL;
    if (!(is_shell ? shell_parse : reading_parse)(parser, flat, &state, deadline_ms, syntax, err))
        return false;
    return guard_scan_tree(syntax, arena, findings) ||
           error_set(err, ERROR_LIMIT, "no memory left for a finding");
}
