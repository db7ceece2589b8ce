/* line_diff: against the plain quadratic longest common subsequence, over many small texts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cordon/line_diff.h"

enum { LINES = 9, TEXTS = 3000 };

static uint32_t seed = 12345;

static uint32_t random_below(uint32_t limit)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 16) % limit;
}

/* Lines of one letter out of three, so that many are equal. */
static uint32_t text_make(char *out)
{
    uint32_t count = random_below(LINES + 1);
    for (uint32_t i = 0; i < count; i++) {
        *out++ = (char)('a' + random_below(3));
        *out++ = '\n';
    }
    *out = '\0';
    return count;
}

static uint32_t common_length(const char *a, uint32_t n, const char *b, uint32_t m)
{
    uint32_t best[LINES + 1][LINES + 1] = {{0}};
    for (uint32_t i = 1; i <= n; i++)
        for (uint32_t j = 1; j <= m; j++) {
            uint32_t more = best[i - 1][j] > best[i][j - 1] ? best[i - 1][j] : best[i][j - 1];
            best[i][j] = a[2 * (i - 1)] == b[2 * (j - 1)] ? best[i - 1][j - 1] + 1 : more;
        }
    return best[n][m];
}

static void the_unchanged_lines_are_a_longest_common_subsequence(void **state)
{
    (void)state;
    for (int round = 0; round < TEXTS; round++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena, 1 << 20);
        char before[2 * LINES + 1], after[2 * LINES + 1];
        uint32_t n = text_make(before), m = text_make(after), kept = 0, at = 0;
        struct line_set changed;
        assert_true(line_diff(&changed, &arena, view_of_cstr(before), view_of_cstr(after)));
        assert_int_equal(changed.count, m + 1); /* the empty line behind the last end */
        for (uint32_t line = 1; line <= m; line++) {
            if (changed.has[line]) continue;
            while (at < n && before[2 * at] != after[2 * (line - 1)]) at++;
            assert_true(at < n); /* in order, so it is a subsequence */
            at++;
            kept++;
        }
        assert_int_equal(kept, common_length(before, n, after, m));
    }
}

static void an_end_of_line_is_no_difference(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 1 << 20);
    struct line_set changed;
    assert_true(line_diff(&changed, &arena, VIEW("a\r\nb\r\nc\n"), VIEW("a\nx\nc\n")));
    assert_false(changed.has[1]);
    assert_true(changed.has[2]);
    assert_false(changed.has[3]);
}

/* More differences than the search follows: too many lines may be called changed, never too few. */
static void texts_that_differ_everywhere_are_changed_everywhere(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 256 << 20);
    char *before = arena_alloc(&arena, 1 << 20), *after = arena_alloc(&arena, 1 << 20);
    int used_before = 0, used_after = 0;
    for (int i = 0; i < 5000; i++) {
        used_before += snprintf(before + used_before, 32, "b%d\n", i);
        used_after += snprintf(after + used_after, 32, "a%d\n", i);
    }
    struct line_set changed;
    assert_true(line_diff(&changed, &arena, view_of_cstr(before), view_of_cstr(after)));
    for (uint32_t line = 1; line <= 5000; line++) assert_true(changed.has[line]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_unchanged_lines_are_a_longest_common_subsequence),
        cmocka_unit_test(an_end_of_line_is_no_difference),
        cmocka_unit_test(texts_that_differ_everywhere_are_changed_everywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
