#include "analyzer/syntax.h"

#include <stdlib.h>
#include <tree_sitter/api.h>

#include "analyzer/decorator.h"
#include "analyzer/flatten.h"
#include "analyzer/format_spec.h"
#include "analyzer/guard.h"
#include "analyzer/limits.h"
#include "analyzer/reading.h"
#include "analyzer/shell_lines.h"
#include "analyzer/splat.h"
#include "base/io.h"
#include "base/utf8.h"
#include "grammars/shape.h"
#include "grammars/tree_pool.h"

enum { EXCERPT_BYTES = 40, MENDING_ROUNDS = 16 };

/* What is known of one grammar. */
struct grammar_table {
    struct flat_grammar flat;
    TSSymbol unary, void_token, await_node, await_token; /* JavaScript; see reading.h */
};

struct syntax_parser {
    struct tree_pool *pool; /* what a parse is made in */
    struct grammar_table tables[LANGUAGE_COUNT];
};

struct syntax_parser *syntax_parser_new(void)
{
    struct syntax_parser *parser = calloc(1, sizeof *parser);
    if (parser) parser->pool = tree_pool_new();
    return parser;
}

void syntax_parser_free(struct syntax_parser *parser)
{
    if (!parser) return;
    for (int i = 0; i < LANGUAGE_COUNT; i++) flat_grammar_clear(&parser->tables[i].flat);
    tree_pool_free(parser->pool);
    free(parser);
}

/* NULL: no memory. */
static const struct grammar_table *table_of(struct syntax_parser *parser, const struct language *language)
{
    struct grammar_table *table = &parser->tables[language->id];
    if (table->flat.symbol_count) return table;
    const TSLanguage *grammar = language->parser();
    if (!flat_grammar_init(&table->flat, language)) return NULL;
    if (language->family == FAMILY_JAVASCRIPT) {
        table->unary = ts_language_symbol_for_name(grammar, "unary_expression", 16, true);
        table->void_token = ts_language_symbol_for_name(grammar, "void", 4, false);
        table->await_node = ts_language_symbol_for_name(grammar, "await_expression", 16, true);
        table->await_token = ts_language_symbol_for_name(grammar, "await", 5, false);
    }
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

/* One parse under way. */
struct parsing {
    struct syntax_parser *parser;
    struct flattening flat;
    const struct grammar_table *table;
    const struct shape_table *shapes;
    struct finding_list *findings;
    bool is_changed; /* the parser reads other bytes than the source's */
};

static bool mistake_report(const struct parsing *parsing, const struct flat_mistake *mistake)
{
    uint32_t start = mistake->start, end = mistake->end;
    const struct source *source = parsing->flat.source;
    struct arena *arena = parsing->flat.arena;
    if (mistake->is_missing)
        return guard_report(parsing->findings, arena, GUARD_SYNTAX, start, end,
                            "syntax error: '%s' is missing",
                            ts_language_symbol_name(source->language->parser(), mistake->symbol));
    struct view text = view_slice(source->bytes, start, end), line, rest;
    view_split(view_trim(text), '\n', &line, &rest);
    line = view_slice(line, 0, EXCERPT_BYTES);
    while (line.length && utf8_find_invalid(line) != SIZE_MAX) line.length--;
    if (line.length == 0)
        return guard_report(parsing->findings, arena, GUARD_SYNTAX, start, end, "syntax error");
    return guard_report(parsing->findings, arena, GUARD_SYNTAX, start, end, "syntax error near '%.*s'",
                        VIEW_ARGS(line));
}

/* Turns each `void` that the parser was given for an `await` back into that, and what it stands in. False:
 * the arena is exhausted. */
static bool awaits_restore(struct parsing *parsing)
{
    const struct grammar_table *table = parsing->table;
    struct flattening *flat = &parsing->flat;
    struct view bytes = flat->source->bytes;
    for (uint32_t i = 1; i < flat->count; i++) {
        struct node *node = &flat->nodes[i], *parent = &flat->nodes[node->parent];
        bool is_await = node->end - node->start == 4 && bytes.length - node->start >= 5 &&
                        memcmp(bytes.bytes + node->start, "await", 5) == 0;
        if (is_await) {
            node->end = node->start + 5;
            if (node->symbol) node->symbol = symbol_intern(flat->symbols, VIEW("await"));
            if ((node->flags & NODE_IS_LEAF) && !node->symbol) return false;
        }
        if (is_await && node->kind == table->void_token) {
            node->kind = table->await_token;
            if (parent->kind == table->unary) parent->kind = table->await_node;
        }
        if (parent->kind == table->await_node) node->field = 0;
    }
    return true;
}

static bool tree_flatten(struct parsing *parsing, TSTree *tree, struct syntax *syntax, struct error *err)
{
    struct flattening *flat = &parsing->flat;
    enum flatten_end end = flatten_tree(flat, tree);
    bool is_fine = end != FLATTEN_NO_MEMORY;
    for (uint32_t i = 0; is_fine && i < flat->mistake_count && i < FLAT_MISTAKES; i++)
        is_fine = mistake_report(parsing, &flat->mistakes[i]);
    if (is_fine && end == FLATTEN_TOO_DEEP)
        is_fine = guard_report(parsing->findings, flat->arena, GUARD_TREE, 0, 0,
                               "the syntax tree is deeper than %u levels", LIMIT_TREE_DEPTH);
    else if (is_fine && parsing->is_changed && parsing->table->await_node)
        is_fine = awaits_restore(parsing);
    if (!is_fine) return error_set(err, ERROR_LIMIT, "no memory left for the syntax tree");
    if (end == FLATTEN_TOO_DEEP) return true;
    switch (flat->source->language->family) {
    case FAMILY_PYTHON:
        splat_lift(flat->nodes, flat->count, parsing->shapes);
        break;
    case FAMILY_JAVASCRIPT:
        decorators_adopt(flat->nodes, flat->count, parsing->shapes);
        break;
    case FAMILY_SHELL:
        break;
    }
    *syntax = (struct syntax){
        .source = flat->source, .nodes = flat->nodes, .count = flat->count, .symbols = flat->symbols};
    return true;
}

/* In the parser's pool, which is left again: the tree and what the core used to make it are gone at once. */
static bool pool_parse(struct parsing *parsing, struct parse_state *state, struct syntax *syntax,
                       bool *is_parsed, struct error *err)
{
    TSInput input = {.payload = state, .read = bytes_read, .encoding = TSInputEncodingUTF8};
    TSParseOptions options = {.payload = state, .progress_callback = deadline_has_passed};
    tree_pool_enter(parsing->parser->pool);
    TSParser *core = ts_parser_new();
    TSTree *tree = ts_parser_set_language(core, parsing->flat.source->language->parser())
                       ? ts_parser_parse_with_options(core, NULL, input, options)
                       : NULL;
    *is_parsed = tree != NULL;
    bool is_fine = !tree || tree_flatten(parsing, tree, syntax, err);
    if (!tree_pool_is_used()) ts_tree_delete(tree);
    ts_parser_delete(core); /* for the grammar's scanner, whose memory is its own */
    tree_pool_leave(parsing->parser->pool);
    return is_fine;
}

/* Parses what the parser is given to read and flattens it. */
static bool reading_parse(struct parsing *parsing, struct parse_state *state, uint32_t deadline_ms,
                          struct syntax *syntax, struct error *err)
{
    bool is_parsed;
    *syntax = (struct syntax){.source = parsing->flat.source};
    if (!pool_parse(parsing, state, syntax, &is_parsed, err)) return false;
    if (is_parsed) return true;
    if (guard_report(parsing->findings, parsing->flat.arena, GUARD_DEADLINE, 0, 0,
                     "parsing did not end within %u ms", deadline_ms))
        return true;
    return error_set(err, ERROR_LIMIT, "no memory left for a finding");
}

/* Again and again while the grammar passes over ends of lines; every time a place is mended. */
static bool shell_parse(struct parsing *parsing, struct parse_state *state, uint32_t deadline_ms,
                        struct syntax *syntax, struct error *err)
{
    struct arena *arena = parsing->flat.arena;
    uint32_t found = parsing->findings->count;
    char *reading = NULL;
    for (unsigned round = 0;; round++) {
        bool is_lost = false;
        parsing->findings->count = found;
        if (!reading_parse(parsing, state, deadline_ms, syntax, err)) return false;
        if (syntax->count == 0) return true;
        if (!reading) {
            reading = arena_alloc(arena, state->bytes.length + 1);
            if (!reading) return error_set(err, ERROR_LIMIT, "no memory left to read the source");
            if (state->bytes.length) memcpy(reading, state->bytes.bytes, state->bytes.length);
            state->bytes.bytes = reading;
        }
        uint32_t mended = shell_lines_mend(syntax, reading, &is_lost);
        if (mended == 0) return true;
        if (is_lost || round == MENDING_ROUNDS)
            return parsing->flat.mistake_count ||
                   guard_report(parsing->findings, arena, GUARD_AMBIGUOUS, 0, 0,
                                "a command that the grammar goes on reading where its line ends") ||
                   error_set(err, ERROR_LIMIT, "no memory left for a finding");
    }
}

/* Once more where a format was taken for an assignment. */
static bool python_parse(struct parsing *parsing, struct parse_state *state, uint32_t deadline_ms,
                         struct syntax *syntax, struct error *err)
{
    struct arena *arena = parsing->flat.arena;
    uint32_t found = parsing->findings->count;
    if (!reading_parse(parsing, state, deadline_ms, syntax, err)) return false;
    if (syntax->count == 0 || view_find(state->bytes, VIEW(":=")) == SIZE_MAX) return true;
    char *reading = arena_alloc(arena, state->bytes.length + 1);
    if (!reading) return error_set(err, ERROR_LIMIT, "no memory left to read the source");
    memcpy(reading, state->bytes.bytes, state->bytes.length);
    if (format_specs_mend(syntax, reading) == 0) return true;
    state->bytes.bytes = reading;
    parsing->findings->count = found;
    return reading_parse(parsing, state, deadline_ms, syntax, err);
}

bool syntax_parse(struct syntax_parser *parser, struct arena *arena, const struct source *source,
                  uint32_t deadline_ms, struct syntax *syntax, struct finding_list *findings,
                  struct error *err)
{
    *syntax = (struct syntax){.source = source};
    const struct grammar_table *table = parser->pool ? table_of(parser, source->language) : NULL;
    if (!table) return error_set(err, ERROR_SYSTEM, "no memory for a parser");
    uint32_t version = ts_language_abi_version(source->language->parser());
    if (version < TREE_SITTER_MIN_COMPATIBLE_LANGUAGE_VERSION || version > TREE_SITTER_LANGUAGE_VERSION)
        return error_set(err, ERROR_SYSTEM, "the %s grammar does not fit the tree-sitter core",
                         source->language->word);
    struct view reading = reading_of(source, arena);
    if (!reading.bytes && source->bytes.length)
        return error_set(err, ERROR_LIMIT, "no memory left to read the source");
    struct parse_state state = {.bytes = reading,
                                .deadline_ns = io_now_ns() + deadline_ms * 1000000ull,
                                .deadline_thread_ns = io_thread_ns() + deadline_ms * 1000000ull};
    struct parsing parsing = {.parser = parser,
                              .flat = {.arena = arena, .source = source, .grammar = &table->flat},
                              .table = table,
                              .shapes = shapes_of(source->language),
                              .findings = findings,
                              .is_changed = reading.bytes != source->bytes.bytes};
    bool is_shell = source->language->family == FAMILY_SHELL;
    bool is_python = source->language->family == FAMILY_PYTHON;
    bool (*parse)(struct parsing *, struct parse_state *, uint32_t, struct syntax *, struct error *) =
        is_shell    ? shell_parse
        : is_python ? python_parse
                    : reading_parse;
    if (!parse(&parsing, &state, deadline_ms, syntax, err)) return false;
    return guard_scan_tree(syntax, arena, findings) ||
           error_set(err, ERROR_LIMIT, "no memory left for a finding");
}
