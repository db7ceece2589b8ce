/* The bounds of patterns and regexes, each at its limit and one over; what cannot be a pattern. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "analyzer/comparison.h"
#include "analyzer/limits.h"
#include "analyzer/ruleset.h"

/* Text that grows; longer than any pattern may be. */
struct text {
    char bytes[64 * 1024];
    size_t length;
};

static void add(struct text *text, const char *part)
{
    size_t length = strlen(part);
    assert_true(text->length + length < sizeof text->bytes);
    memcpy(text->bytes + text->length, part, length + 1);
    text->length += length;
}

static struct text *text_new(void)
{
    struct text *text = calloc(1, sizeof *text);
    assert_non_null(text);
    return text;
}

/* Whether a rule with this pattern compiles; frees the text. */
static bool compiles(struct text *pattern, struct error *err)
{
    struct text *rule = text_new();
    add(rule, "rules:\n- id: t\n  languages: [python]\n  severity: ERROR\n  message: m\n  pattern: \"");
    add(rule, pattern->bytes);
    add(rule, "\"\n");
    struct ruleset *ruleset = ruleset_new();
    assert_non_null(ruleset);
    bool is_fine = ruleset_add_bytes(ruleset, VIEW("r.yaml"), view_make(rule->bytes, rule->length), err) &&
                   ruleset_compile(ruleset, err);
    ruleset_free(ruleset);
    free(rule);
    free(pattern);
    return is_fine;
}

static struct text *pattern_of_bytes(size_t bytes)
{
    struct text *text = text_new();
    while (text->length < bytes - 2) add(text, "a");
    add(text, "()");
    return text;
}

static void a_pattern_has_bounded_bytes(void **state)
{
    struct error err = {0};
    (void)state;
    assert_true(compiles(pattern_of_bytes(LIMIT_PATTERN_BYTES), &err));
    assert_false(compiles(pattern_of_bytes(LIMIT_PATTERN_BYTES + 1), &err));
    assert_int_equal(err.code, ERROR_LIMIT);
}

/* f(1,1,...): the call, its name, its arguments. */
static struct text *pattern_of_nodes(unsigned nodes)
{
    struct text *text = text_new();
    add(text, "f(");
    for (unsigned i = 3; i < nodes; i++) add(text, "1,");
    add(text, ")");
    return text;
}

static void a_pattern_has_bounded_nodes(void **state)
{
    struct error err = {0};
    (void)state;
    assert_true(compiles(pattern_of_nodes(LIMIT_PATTERN_NODES), &err));
    assert_false(compiles(pattern_of_nodes(LIMIT_PATTERN_NODES + 1), &err));
    assert_int_equal(err.code, ERROR_LIMIT);
}

/* f(f(...x...)): two levels for each call. */
static struct text *pattern_of_depth(unsigned calls)
{
    struct text *text = text_new();
    for (unsigned i = 0; i < calls; i++) add(text, "f(");
    add(text, "x");
    for (unsigned i = 0; i < calls; i++) add(text, ")");
    return text;
}

static void a_pattern_nests_boundedly(void **state)
{
    struct error err = {0};
    (void)state;
    assert_true(compiles(pattern_of_depth(LIMIT_PATTERN_DEPTH / 2), &err));
    assert_false(compiles(pattern_of_depth(LIMIT_PATTERN_DEPTH / 2 + 1), &err));
    assert_int_equal(err.code, ERROR_LIMIT);
}

static struct text *pattern_of_metavariables(unsigned count)
{
    struct text *text = text_new();
    add(text, "f(");
    for (unsigned i = 0; i < count; i++) {
        char name[16];
        snprintf(name, sizeof name, "$A%u,", i);
        add(text, name);
    }
    add(text, ")");
    return text;
}

static void a_rule_has_bounded_metavariables(void **state)
{
    struct error err = {0};
    (void)state;
    assert_true(compiles(pattern_of_metavariables(LIMIT_METAVARIABLES), &err));
    assert_false(compiles(pattern_of_metavariables(LIMIT_METAVARIABLES + 1), &err));
    assert_int_equal(err.code, ERROR_LIMIT);
}

static void what_is_no_code_is_no_pattern(void **state)
{
    static const char *const wrong[] = {"f((", "<... a, b ...>", "if", "$X $Y", "'", "f(<...)"};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct error err = {0};
        struct text *text = text_new();
        add(text, wrong[i]);
        if (compiles(text, &err)) fail_msg("%s is taken for a pattern", wrong[i]);
        assert_string_equal(err.path, "r.yaml");
        assert_int_equal(err.line, 6);
    }
}

static void a_regex_says_where_it_is_wrong(void **state)
{
    struct error err = {0};
    struct regex_list list = {0};
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 1 << 16);
    assert_null(regex_compile(&arena, &list, VIEW("a(b"), REGEX_SEARCH, &err));
    assert_int_equal(err.code, ERROR_RULE);
    assert_non_null(strstr(err.message, "byte 3"));
    regex_list_clear(&list);
}

static bool lookup(void *context, uint16_t slot, struct view *text)
{
    const char *const *values = context;
    if (!values[slot]) return false;
    *text = view_of_cstr(values[slot]);
    return true;
}

static void comparisons_are_pythons(void **state)
{
    static const struct {
        const char *text, *value;
        enum comparison_answer answer;
    } cases[] = {
        {"$X > 10", "11", COMPARISON_YES},
        {"$X > 10", "10", COMPARISON_NO},
        {"$X >= 0o650 and $X < 0x1000", "0o777", COMPARISON_YES},
        {"$X == 'a'", "\"a\"", COMPARISON_YES},
        {"$X == 'a'", "b", COMPARISON_NO},
        {"not $X == 1 or $X % 2 == 1", "1", COMPARISON_YES},
        {"$X * 2 + 1 == 7", "3", COMPARISON_YES},
        {"2 ** $X == 8", "3", COMPARISON_YES},
        {"-$X < -2", "3", COMPARISON_YES},
        {"$X // 2 == 1", "3", COMPARISON_YES},
        {"1 / $X == 1", "0", COMPARISON_NO},
        {"$X in [1, 2]", "2", COMPARISON_YES},
        {"$X not in [1, 2]", "2", COMPARISON_NO},
        {"'b' in $X", "'abc'", COMPARISON_YES},
        {"len($X) < 4", "'abc'", COMPARISON_YES},
        {"int($X) == 5", "'5'", COMPARISON_YES},
        {"re.match('a.c', $X)", "'abcd'", COMPARISON_YES},
        {"re.match('b', $X)", "'abcd'", COMPARISON_NO},
        {"$X > 1", NULL, COMPARISON_NO},
        {"not $X > 1", NULL, COMPARISON_NO},
        {"$X > 1", "'a'", COMPARISON_NO},
    };
    (void)state;
    struct regex_scratch *scratch = regex_scratch_new();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena, 1 << 16);
        struct slot_table slots = {0};
        struct regex_list regexes = {0};
        struct error err = {0};
        const struct comparison *comparison =
            comparison_compile(&arena, &slots, &regexes, view_of_cstr(cases[i].text), &err);
        if (!comparison) fail_msg("%s: %s", cases[i].text, err.message);
        const char *values[1] = {cases[i].value};
        if (comparison_run(comparison, scratch, lookup, values) != cases[i].answer)
            fail_msg("%s with %s", cases[i].text, cases[i].value ? cases[i].value : "nothing");
        regex_list_clear(&regexes);
    }
    regex_scratch_free(scratch);
}

static void wrong_comparisons_are_errors(void **state)
{
    static const char *const wrong[] = {"", "$X >", "$X > (1", "open('x')", "1 2", "'a", "[1, 2", "$X = 1"};
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena, 1 << 16);
        struct slot_table slots = {0};
        struct regex_list regexes = {0};
        struct error err = {0};
        if (comparison_compile(&arena, &slots, &regexes, view_of_cstr(wrong[i]), &err))
            fail_msg("%s is taken for a comparison", wrong[i]);
        assert_int_equal(err.code, ERROR_RULE);
        regex_list_clear(&regexes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pattern_has_bounded_bytes),   cmocka_unit_test(a_pattern_has_bounded_nodes),
        cmocka_unit_test(a_pattern_nests_boundedly),     cmocka_unit_test(a_rule_has_bounded_metavariables),
        cmocka_unit_test(what_is_no_code_is_no_pattern), cmocka_unit_test(a_regex_says_where_it_is_wrong),
        cmocka_unit_test(comparisons_are_pythons),       cmocka_unit_test(wrong_comparisons_are_errors),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
