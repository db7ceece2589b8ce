/* What a regex needs: never more than what every text that it matches has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "analyzer/regex.h"
#include "base/cleanup.h"

/* The needles, sorted as they are found, with spaces between; "-": nothing is known. */
static const struct {
    const char *regex, *needles;
} cases[] = {
    {"password", "password"},
    {"(?i)PassWord", "password"},
    {"abc", "-"},
    {"user(name)?_id", "user"},
    {"user(name)+", "user"},
    {"x(name)+", "name"},
    {"x(name){2,}", "name"},
    {"x(name){0,2}y", "-"},
    {"x(name){,2}y", "-"},
    {"x(name){0}y", "-"},
    {"first|second", "first second"},
    {"first|x", "-"},
    {"(first|second)_thing", "_thing"},
    {"^\\s*(https?|ftps)://", "http ftps"},
    {"colou?rs", "colo"},
    {"colors*", "color"},
    {"col+ors", "-"},
    {"a.long.way", "long"},
    {"\\bword\\b", "word"},
    {"a\\.b\\.c\\.d", "a.b.c.d"},
    {"(?=look)x", "-"},
    {"(?!look)ahead", "ahead"},
    {"(?<=look)behind", "behind"},
    {"(?<name>inner)", "inner"},
    {"(?P<name>inner)x*", "inner"},
    {"(?:inner|outer)", "inner outer"},
    {"(?>inner)", "inner"},
    {"(?i:inner)", "inner"},
    {"(?x) spaced out", "-"},
    {"[abc]defgh[^]x]ijkl", "defgh"},
    {"[[:alpha:]]word[[:digit:]]", "word"},
    {"[a[:b]word", "word"},
    {"\\x41word\\x{42}more", "word"},
    {"\\pLword\\p{Lu}", "word"},
    {"\\Qa.b\\Eword", "-"},
    {"word\\N{U+41}", "-"},
    {"(word)\\1", "word"},
    {"(?R)?word", "-"},
    {"(?(1)a|b)word", "-"},
    {"(*COMMIT)word", "-"},
    {"word{2}", "word"},
    {"word{x", "word{x"},
    {"na\xc3\xafve_word", "ve_word"},
    {"", "-"},
    {"(((((word)))))", "word"},
    {"()|word", "-"},
};

static void needs_are_what_must_be_there(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        AUTO_ARENA struct arena arena;
        arena_init(&arena, 1 << 20);
        struct regex_list list = {.symbols = symbol_table_new(&arena, 16)};
        const struct regex *regex =
            regex_compile(&arena, &list, view_of_cstr(cases[i].regex), REGEX_SEARCH, &err);
        bool is_known_to_pcre = regex != NULL;
        if (!is_known_to_pcre) continue; /* of a later version than this one */
        const struct regex_need *need = regex_need_of(regex);
        char text[512] = "";
        size_t used = 0;
        for (uint32_t k = 0; k < need->count; k++) {
            struct view needle = symbol_text(list.symbols, need->symbols[k]);
            assert_int_equal(needle.bytes[0], NEEDLE_MARK);
            used += (size_t)snprintf(text + used, sizeof text - used, "%s%.*s", k ? " " : "",
                                     (int)needle.length - 1, needle.bytes + 1);
        }
        if (strcmp(need->count ? text : "-", cases[i].needles) != 0)
            fail_msg("%s needs \"%s\", expected \"%s\"", cases[i].regex, text, cases[i].needles);
        regex_list_clear(&list);
    }
}

/* More alternatives than are looked for, and deeper groups than are read, say nothing. */
static void what_is_too_much_says_nothing(void **state)
{
    char many[8192] = "word0", deep[256] = "";
    (void)state;
    for (int i = 1; i <= NEEDLE_ALTERNATIVES_MAX; i++)
        snprintf(many + strlen(many), sizeof many - strlen(many), "|word%d", i);
    for (int i = 0; i < 40; i++) strcat(deep, "(");
    strcat(deep, "word");
    for (int i = 0; i < 40; i++) strcat(deep, ")");
    for (int i = 0; i < 2; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena, 1 << 20);
        struct regex_need need;
        assert_true(
            regex_need_find(&arena, symbol_table_new(&arena, 16), view_of_cstr(i ? deep : many), &need));
        assert_int_equal(need.count, 0);
    }
}

static const char *const texts[] = {"",
                                    "alpha",
                                    "xalphax",
                                    "ALPHA",
                                    "beta 12",
                                    "beta",
                                    "gamma\nray",
                                    "gamma ray",
                                    "delta",
                                    "a delta b",
                                    "id_rsa",
                                    "key id_rsa.x",
                                    "q=alpha!",
                                    "no",
                                    "alphaalpha",
                                    "beta beta",
                                    "say epsilon",
                                    "epsilon",
                                    "rm -rf /",
                                    "rm x",
                                    "sh -i",
                                    "alpha|beta",
                                    "(alpha)",
                                    "\xce\xb1lpha",
                                    "alph",
                                    "\nalpha",
                                    "alpha\n",
                                    "delta alpha",
                                    "x",
                                    "zeta-theta",
                                    "zetatheta",
                                    "zeta and iota",
                                    "iota",
                                    "kappa:alpha",
                                    "/etc/alpha/x"};

/* A regex that was taken apart, run by those of its parts whose texts are there, says what it says whole. */
static void parts_say_what_the_whole_says(void **state)
{
    static const char *const regexes[] = {
        "alpha|beta \\d|gamma.ray|delta$",
        "(?i)(alpha|beta|gamma|rm -rf \\/)",
        "(?is)(alpha|beta\\b|gamma.ray|\\brm\\s+-|sh -i)",
        "(?:^|[\\s=])(alpha|beta|id_rsa|x)([\\s!].*)?$",
        "^(.*/)?(alpha|id_(rsa|dsa)|delta|(?:zeta|eta)-theta)(/.*)?$",
        "(alpha|beta|(?:gamma|delta))+",
        "say (epsilon|delta|alpha)|kappa:",
        "zeta(?= and)|iota|(?<!x)alpha|theta",
    };
    (void)state;
    unsigned parts = 0;
    for (size_t i = 0; i < sizeof regexes / sizeof *regexes; i++) {
        for (int mode = REGEX_SEARCH; mode <= REGEX_ANCHORED; mode++) {
            struct error err = {0};
            AUTO_ARENA struct arena arena;
            arena_init(&arena, 1 << 20);
            struct regex_list list = {.symbols = symbol_table_new(&arena, 16)};
            struct regex_scratch *scratch = regex_scratch_new();
            const struct regex *regex =
                regex_compile(&arena, &list, view_of_cstr(regexes[i]), (enum regex_mode)mode, &err);
            assert_non_null(regex);
            parts += list.count - 1;
            for (size_t k = 0; k < sizeof texts / sizeof *texts; k++) {
                uint64_t found[8] = {0};
                struct view text = view_of_cstr(texts[k]);
                for (uint32_t symbol = 1; symbol < symbol_count(list.symbols); symbol++) {
                    struct view needle = symbol_text(list.symbols, symbol);
                    char word[NEEDLE_BYTES_MAX + 1];
                    snprintf(word, sizeof word, "%.*s", (int)needle.length - 1, needle.bytes + 1);
                    if (strcasestr(texts[k], word)) found[symbol / 64] |= 1ull << (symbol % 64);
                }
                if (regex_holds(regex, scratch, text, text_classes(text), found) !=
                    regex_run(regex, scratch, text, 0))
                    fail_msg("%s on \"%s\", anchored %d", regexes[i], texts[k], mode);
            }
            regex_scratch_free(scratch);
            regex_list_clear(&list);
        }
    }
    assert_true(parts > 30);
}

/* What would not mean the same in pieces stays whole. */
static void what_refers_to_itself_stays_whole(void **state)
{
    static const char *const regexes[] = {
        "(alpha|beta|gamma)\\1",
        "(?>alpha|alphab|beta)c",
        "(alpha|(?i)beta|gamma)",
        "(?<x>alpha|beta|gamma)\\k<x>",
        "(alpha|beta|gamma)*",
        "(?=alpha|beta|gamma)x",
        "(?!alpha|beta|gamma)x|(alpha|beta)",
    };
    (void)state;
    for (size_t i = 0; i < sizeof regexes / sizeof *regexes; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena, 1 << 20);
        static struct regex_part parts[REGEX_PARTS_MAX + 1];
        uint32_t count = 1;
        assert_true(
            regex_split(&arena, symbol_table_new(&arena, 16), view_of_cstr(regexes[i]), parts, &count));
        if (count) fail_msg("%s", regexes[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(needs_are_what_must_be_there),
        cmocka_unit_test(what_is_too_much_says_nothing),
        cmocka_unit_test(parts_say_what_the_whole_says),
        cmocka_unit_test(what_refers_to_itself_stays_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
