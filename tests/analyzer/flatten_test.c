/* The walk over the core's subtrees gives what the core's cursor gives: over all fixtures, whole, cut off and
 * with bytes changed, in every language. */
#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/io.h"
#include "tests/analyzer/cursor.h"

enum { MUTANTS = 20, MUTANT_BYTES_MAX = 6000 };

static TSParser *parser;
static unsigned files, texts;
static uint32_t seed = 1;

static uint32_t random_below(uint32_t limit)
{
    seed = seed * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)seed * limit) >> 32);
}

static void text_check(const struct language *language, const char *path, struct view bytes)
{
    uint32_t differs;
    texts++;
    if (!cursor_check(parser, language, bytes, &differs))
        fail_msg("%s as %s: node %u differs, in\n%.*s", path, language->word, differs, VIEW_ARGS(bytes));
}

/* Bytes that open and close things come first, since they make the parser give up. */
static void mutants_check(const struct language *language, const char *path, struct view bytes)
{
    static const char bad[] = "()[]{}\"'`:;,=\\\n\t #@*$<>/e0\xc3\xa9";
    char *copy = malloc(bytes.length + 1);
    assert_non_null(copy);
    for (int mutant = 0; mutant < MUTANTS; mutant++) {
        memcpy(copy, bytes.bytes, bytes.length);
        for (uint32_t change = 1 + random_below(4); change; change--)
            copy[random_below((uint32_t)bytes.length)] = bad[random_below(sizeof bad - 1)];
        size_t length = mutant % 2 ? bytes.length : 1 + random_below((uint32_t)bytes.length);
        text_check(language, path, view_make(copy, length));
    }
    free(copy);
}

static int file_check(const char *path, const struct stat *status, int type, struct FTW *position)
{
    struct error err = {0};
    struct view bytes, text = view_of_cstr(path);
    AUTO_ARENA struct arena arena;
    const struct language *language = language_of_path(text);
    (void)position;
    arena_init(&arena, (size_t)1 << 24);
    if (type != FTW_F || !language || status->st_size == 0 || status->st_size > 1 << 20) return 0;
    assert_true(io_read_file(&arena, path, 1 << 20, &bytes, &err));
    files++;
    text_check(language, path, bytes);
    if (bytes.length <= MUTANT_BYTES_MAX) mutants_check(language, path, bytes);
    return 0;
}

static void test_flatten_is_what_the_cursor_gives(void **state)
{
    char path[4096];
    (void)state;
    parser = ts_parser_new();
    for (const char *const *folder = (const char *const[]){"rules", "tests", "examples", NULL}; *folder;
         folder++) {
        snprintf(path, sizeof path, "%s/%s", getenv("CORDON_SOURCE_ROOT"), *folder);
        assert_int_equal(nftw(path, file_check, 16, FTW_PHYS), 0);
    }
    ts_parser_delete(parser);
    assert_true(files > 100 && texts > 500);
}

/* Any text as any language: mistakes, missing tokens, empty trees. */
static void test_flatten_any_text(void **state)
{
    static const char *const odd[] = {"",
                                      "\n\n",
                                      "# only a comment",
                                      "// only a comment",
                                      "  x",
                                      "\xef\xbb\xbfx",
                                      "f(",
                                      "a not  in b",
                                      "[*f(x), **g]",
                                      "\\u0065val(x)",
                                      "ｏｓ.system",
                                      "class A { @x y(){} }",
                                      "for await (const x of y) {}",
                                      "await x; async () => await y",
                                      "<a b={c}>d{e}</a>",
                                      "let x = <T>y, z: typeof w = 1",
                                      "if ((a)) { b } else { c",
                                      "$(a | b) `c` <<E\nd $e\nE\n",
                                      "f'{a!r:>{b}}' \"c\" 'd'",
                                      "`a${b}c${`d${e}`}`",
                                      "/a[/]b/.test(c) / d / e",
                                      ") ] } : ? =",
                                      "\"\"\"\\N{BULLET}\xc3\xa9",
                                      NULL};
    (void)state;
    parser = ts_parser_new();
    for (const char *const *text = odd; *text; text++)
        for (int language = 0; language < LANGUAGE_COUNT; language++)
            text_check(&languages[language], "odd text", view_of_cstr(*text));
    ts_parser_delete(parser);
}

/* A comparison that could not fail would prove nothing. */
static void test_compare_sees_a_difference(void **state)
{
    struct error err = {0};
    struct source source;
    struct flat_grammar grammar = {0};
    AUTO_ARENA struct arena arena;
    const struct language *language = &languages[LANGUAGE_PYTHON];
    (void)state;
    arena_init(&arena, (size_t)1 << 24);
    struct view bytes = VIEW("def f(a, *b):\n    return a.c + 1  # d\n");
    assert_true(flat_grammar_init(&grammar, language));
    assert_true(source_init(&source, &arena, VIEW("test"), bytes, language, &err));
    struct flattening flat = {.arena = &arena, .source = &source, .grammar = &grammar};
    parser = ts_parser_new();
    ts_parser_set_language(parser, language->parser());
    TSTree *tree = ts_parser_parse_string(parser, NULL, bytes.bytes, (uint32_t)bytes.length);
    assert_int_equal(flatten_tree(&flat, tree), FLATTEN_DONE);
    assert_int_equal(cursor_compare(&flat, language, tree), UINT32_MAX);
    for (uint32_t i = 0; i < flat.count; i++) {
        struct node sound = flat.nodes[i];
        flat.nodes[i].field ^= 1;
        assert_int_equal(cursor_compare(&flat, language, tree), i);
        flat.nodes[i] = sound;
        flat.nodes[i].next++;
        assert_int_not_equal(cursor_compare(&flat, language, tree), UINT32_MAX);
        flat.nodes[i] = sound;
        flat.nodes[i].symbol = sound.symbol ? 0 : 1;
        assert_int_equal(cursor_compare(&flat, language, tree), i);
        flat.nodes[i] = sound;
    }
    ts_tree_delete(tree);
    ts_parser_delete(parser);
    flat_grammar_clear(&grammar);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flatten_is_what_the_cursor_gives),
        cmocka_unit_test(test_flatten_any_text),
        cmocka_unit_test(test_compare_sees_a_difference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
