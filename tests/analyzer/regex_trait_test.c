/* What a regex asks of a text: never more than what every text that it matches has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "analyzer/regex.h"
#include "base/cleanup.h"

/* Whether a text that the regex does not match is known not to be matched. */
static const struct {
    const char *regex;
    bool is_anchored;
    const char *text;
    bool is_admitted;
} cases[] = {
    {"^ey[A-Za-z]{4}\\.", true, "eyabcd", false},   /* no dot */
    {"^ey[A-Za-z]{4}\\.", true, "hey.abcd", false}, /* another first letter */
    {"^ey[A-Za-z]{4}\\.", true, "ey.a", false},     /* too short */
    {"^ey[A-Za-z]{4}\\.", true, "eyab.cdef", true}, /* for PCRE2 to say */
    {"(?i)a/b|c/d", false, "a:b:c:d", false},       /* no slash */
    {"a(b|c)d", false, "axbxcx", false},            /* no d */
    {"[/\\\\]+x", false, "box", false},             /* neither slash */
    {"x{2}", false, "x", false},                    /* too short */
    {"(?i)kelvin", false,
     "\xe2\x84\xaa"
     "elvin",
     true},                           /* a sign that is a letter without its case */
    {"\xc3\xa9?x", false, "x", true}, /* all of a character may be missing */
    {"(a?)\\1b", true, "b", true},
    {"(?=.*/)x", false, "x", true}, /* what is looked at is not passed over */
    {"(?#a/b)x", false, "x", true}, /* not read */
    {"[^a]", false, "A", true},
    {"a*", true, "", true},
};

static void traits_are_what_every_match_has(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO_ARENA struct arena arena;
        struct error err = {0};
        struct regex_list list = {0};
        arena_init(&arena, 1 << 20);
        const struct regex *regex = regex_compile(&arena, &list, view_of_cstr(cases[i].regex),
                                                  cases[i].is_anchored ? REGEX_ANCHORED : REGEX_SEARCH, &err);
        struct view text = view_of_cstr(cases[i].text);
        assert_non_null(regex);
        if (regex_admits(regex, text, text_classes(text)) != cases[i].is_admitted)
            fail_msg("%s on \"%s\"", cases[i].regex, cases[i].text);
        regex_list_clear(&list);
    }
}

/* ---- regexes by chance ---- */

static uint32_t chance_state = 12345;

static uint32_t chance(uint32_t bound)
{
    chance_state = chance_state * 1664525u + 1013904223u;
    return (chance_state >> 8) % bound;
}

static const char *const atoms[] = {
    "a",   "B",        "k",   "s",       "1",     "_",       "/",     "\\.",    "\\\\", "-",   ".",
    "\\w", "\\d",      "\\s", "[a-c]",   "[^a]",  "[/\\\\]", "\\b",   "^",      "$",    "\\n", "[\\w-]",
    "[k]", "\xc3\xa9", "\\S", "[^\\s/]", "\\x41", "(?=a)",   "(?!b)", "(?<=a)", "(?i)", "[]a]"};
static const char *const repeats[] = {"", "", "", "", "*", "+", "?", "{2}", "{0,1}", "{1,2}", "??"};

static void regex_add(char *out, size_t room, unsigned depth)
{
    for (unsigned i = 0, count = 1 + chance(4); i < count && strlen(out) + 40 < room; i++) {
        if (depth < 3 && chance(4) == 0) {
            strcat(out, chance(2) ? "(" : "(?:");
            regex_add(out, room, depth + 1);
            strcat(out, ")");
            strcat(out, repeats[chance(sizeof repeats / sizeof *repeats)]);
        } else {
            const char *atom = atoms[chance(sizeof atoms / sizeof *atoms)];
            bool is_place = strchr("^$(", atom[0]) || strcmp(atom, "\\b") == 0;
            strcat(out, atom);
            if (!is_place) strcat(out, repeats[chance(sizeof repeats / sizeof *repeats)]);
        }
        if (chance(6) == 0) strcat(out, "|");
    }
}

static void text_make(char *out)
{
    static const char *const pieces[] = {"a", "A",        "b",  "B", "c",        "k",        "\xe2\x84\xaa",
                                         "s", "\xc5\xbf", "1",  "2", "_",        "/",        "\\",
                                         ".", "-",        "\n", " ", "\xc3\xa9", "\xc3\x89", "]"};
    out[0] = '\0';
    for (unsigned i = 0, count = chance(9); i < count; i++)
        strcat(out, pieces[chance(sizeof pieces / sizeof *pieces)]);
}

static void no_match_is_passed_over(void **state)
{
    struct regex_scratch *scratch = regex_scratch_new();
    unsigned matched = 0, refused = 0;
    (void)state;
    for (unsigned i = 0; i < 4000; i++) {
        AUTO_ARENA struct arena arena;
        struct error err = {0};
        struct regex_list list = {0};
        char pattern[256] = "";
        enum regex_mode mode = chance(2) ? REGEX_ANCHORED : REGEX_SEARCH;
        arena_init(&arena, 1 << 20);
        regex_add(pattern, sizeof pattern, 0);
        const struct regex *regex = regex_compile(&arena, &list, view_of_cstr(pattern), mode, &err);
        for (unsigned k = 0; regex && k < 40; k++) {
            char bytes[64];
            text_make(bytes);
            struct view text = view_of_cstr(bytes);
            bool is_match = regex_run(regex, scratch, text, 0) == REGEX_YES;
            bool is_admitted = regex_admits(regex, text, text_classes(text));
            if (is_match && !is_admitted) fail_msg("%s on \"%s\", anchored %d", pattern, bytes, mode);
            if (is_match && !regex_admits(regex, text, 0)) fail_msg("%s on \"%s\", alone", pattern, bytes);
            matched += is_match;
            refused += !is_admitted;
        }
        regex_list_clear(&list);
    }
    regex_scratch_free(scratch);
    assert_true(matched > 10000 && refused > 10000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(traits_are_what_every_match_has),
        cmocka_unit_test(no_match_is_passed_over),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
