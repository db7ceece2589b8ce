/* Runs files through the stages, for corpus_test.py and for whoever looks into a difference.
 *
 *     corpus MODE LANGUAGE [FILE]...        files from the command line, or one per line of standard input
 *
 * MODE: guards   one line per guard finding: path, line, rule, message
 *       tree, names   as printed by those stages
 *       stream   sources from standard input, each behind a line with its length in bytes; for each, "-"
 * where a guard refuses it, else its identifiers (offset, functions and
 *                classes around, text) and the constants of its strings (offset, hexadecimal), its calls
 * (offset, end) time seconds of each stage over all files */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analyzer/guard.h"
#include "analyzer/limits.h"
#include "analyzer/names.h"
#include "analyzer/syntax.h"
#include "analyzer/syntax_print.h"
#include "base/io.h"
#include "grammars/shape.h"

enum { ARENA_BYTES = 1u << 30, DEADLINE_MS = 20000 };

static struct syntax_parser *parser;
static const char *mode;
static unsigned long long guard_ns, parse_ns, name_ns;
static size_t all_bytes;

static void fail(const struct error *err)
{
    char text[1024];
    fprintf(stderr, "corpus: %s\n", error_format(err, text, sizeof text));
    exit(2);
}

static void tokens_print(const struct syntax *syntax, const struct names *names,
                         const struct finding_list *findings)
{
    if (findings->count) {
        printf("- %.*s\n", VIEW_ARGS(findings->items[0].rule_id));
        return;
    }
    const struct shape_table *shapes = shapes_of(syntax->source->language);
    uint32_t *depths = calloc(syntax->count + 1, sizeof *depths);
    if (!depths) exit(2);
    for (uint32_t i = 0; i < syntax->count; i++) {
        const struct node *node = &syntax->nodes[i];
        enum shape shape = shape_of(shapes, node->kind);
        bool is_scope = shape == SHAPE_FUNCTION || shape == SHAPE_FUNCTION_EXPRESSION ||
                        shape == SHAPE_METHOD || shape == SHAPE_CLASS || shape == SHAPE_CLASS_EXPRESSION;
        bool is_name =
            shape == SHAPE_IDENTIFIER || shape == SHAPE_PROPERTY || shape == SHAPE_PROPERTY_SHORTHAND;
        bool is_string = shape == SHAPE_STRING || shape == SHAPE_CONCATENATION;
        depths[i] = (i ? depths[node->parent] : 0) + is_scope;
        if (is_name && node->symbol)
            printf("%" PRIu32 ":%" PRIu32 ":%.*s ", node->start, depths[i],
                   VIEW_ARGS(symbol_text(syntax->symbols, node->symbol)));
        if (shape == SHAPE_CALL) printf("%" PRIu32 "~%" PRIu32 " ", node->start, node->end);
        if (!is_string || !names->constant_kind[i]) continue;
        struct view text = symbol_text(syntax->symbols, names->constant[i]);
        printf("%" PRIu32 "=", node->start);
        for (size_t k = 0; k < text.length; k++) printf("%02x", (unsigned char)text.bytes[k]);
        printf(" ");
    }
    free(depths);
    printf("\n");
}

static void source_run(struct arena *arena, struct view path, struct view bytes,
                       const struct language *language)
{
    struct error err = {0};
    struct source source;
    struct syntax syntax = {0};
    struct names names;
    struct finding_list findings = {0};
    struct view text = {0};
    unsigned long long start = io_now_ns(), guarded, parsed;
    all_bytes += bytes.length;
    if (!source_init(&source, arena, path, bytes, language, &err) ||
        !guard_scan(&source, LIMIT_SOURCE_BYTES_MAX, arena, &findings, &err))
        fail(&err);
    guarded = io_now_ns();
    if (!findings.count && !syntax_parse(parser, arena, &source, DEADLINE_MS, &syntax, &findings, &err))
        fail(&err);
    parsed = io_now_ns();
    bool is_whole = syntax.count && !findings.count;
    if (is_whole && !names_resolve(arena, &syntax, &names, &findings, &err)) fail(&err);
    guard_ns += guarded - start;
    parse_ns += parsed - guarded;
    name_ns += io_now_ns() - parsed;
    if (strcmp(mode, "guards") == 0)
        for (uint32_t i = 0; i < findings.count; i++)
            printf("%.*s\t%" PRIu32 "\t%.*s\t%.*s\n", VIEW_ARGS(path),
                   source_place(&source, findings.items[i].start).line, VIEW_ARGS(findings.items[i].rule_id),
                   VIEW_ARGS(findings.items[i].message));
    if (strcmp(mode, "stream") == 0) tokens_print(&syntax, &names, &findings);
    if (strcmp(mode, "tree") == 0 && syntax.count && !syntax_print(arena, &syntax, &text, &err)) fail(&err);
    if (strcmp(mode, "names") == 0 && is_whole && !names_print(arena, &syntax, &names, &text, &err))
        fail(&err);
    printf("%.*s", VIEW_ARGS(text));
}

static void file_run(const char *path, const struct language *language)
{
    struct error err = {0};
    struct view bytes;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, ARENA_BYTES);
    if (!io_read_file(&arena, path, LIMIT_SOURCE_BYTES_MAX, &bytes, &err)) fail(&err);
    source_run(&arena, view_of_cstr(path), bytes, language);
}

static void stream_run(const struct language *language)
{
    char line[64];
    while (fgets(line, sizeof line, stdin)) {
        size_t length = strtoul(line, NULL, 10);
        AUTO_ARENA struct arena arena;
        arena_init(&arena, ARENA_BYTES);
        char *bytes = arena_alloc(&arena, length + 1);
        if (!bytes || fread(bytes, 1, length, stdin) != length) exit(2);
        source_run(&arena, VIEW("stream"), view_make(bytes, length), language);
        fflush(stdout);
    }
}

int main(int argc, char **argv)
{
    const struct language *language = argc > 2 ? language_of_word(view_of_cstr(argv[2])) : NULL;
    parser = syntax_parser_new();
    if (!language || !parser) {
        fprintf(stderr, "usage: corpus guards|tree|names|stream|time LANGUAGE [FILE]...\n");
        return 2;
    }
    mode = argv[1];
    if (strcmp(mode, "stream") == 0) {
        stream_run(language);
    } else if (argc > 3) {
        for (int i = 3; i < argc; i++) file_run(argv[i], language);
    } else {
        char path[4096];
        while (fgets(path, sizeof path, stdin)) {
            path[strcspn(path, "\n")] = '\0';
            file_run(path, language);
        }
    }
    if (strcmp(mode, "time") == 0)
        printf("%zu bytes; guards %.3f s, parse and flatten %.3f s, names %.3f s\n", all_bytes,
               (double)guard_ns / 1e9, (double)parse_ns / 1e9, (double)name_ns / 1e9);
    syntax_parser_free(parser);
    return 0;
}
