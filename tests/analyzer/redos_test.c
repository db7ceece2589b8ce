/* Which regexes can take exponential time: known ones, and the common ones that look alike and cannot. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "analyzer/redos.h"
#include "base/cleanup.h"

enum { STEPS = 4000000 };

static struct redos judge(enum language_family family, const char *regex, unsigned flags)
{
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 1 << 20);
    struct redos_scratch *scratch = redos_scratch_new(&arena);
    assert_non_null(scratch);
    uint64_t steps = STEPS;
    return redos_analyze(scratch, family, view_of_cstr(regex), flags, &steps);
}

static void exponential_regexes_are_found(void **state)
{
    (void)state;
    static const struct {
        const char *regex;
        unsigned flags;
    } cases[] = {
        {"^(a+)+$", 0},
        {"(a*)*b", 0},
        {"(a|a)*b", 0},
        {"(a|aa)+$", 0},
        {"(?:a|ab|b)*c", 0},
        {"^(\\w+\\s?)*$", 0},
        {"^(\\w+\\s*)+:", 0},
        {"(x+x+)+y", 0},
        {"([a-zA-Z]+)*!", 0},
        {"(.*a){12}$|(.*)*x", 0},
        {"^([a-zA-Z0-9])(([\\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+$", 0},
        {"(?:\\d+|[0-9a-f]+)+z", 0},
        {"^(?:(?:\"[^\"]*\"|'[^']*'|[^,])+,?)*$", 0},
        {"(a?b?)*c", 0},
        {"(?:a{1,3})*b", 0},
        {"(?P<n>(?:ab)+)+$", 0},
        {"([Aa]|[B-b])*z", 0},
        {"(k|K)*z", REDOS_IGNORES_CASE},
        {"( a + ) + $  # comment", REDOS_IS_VERBOSE},
        {"(a+)+", REDOS_IS_WHOLE},
        {"(?=(a+)+$)x", 0},
        {"(\\s|\\n)*x", 0},
        {"(.|\\n)*x", REDOS_DOT_IS_ALL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        for (int family = FAMILY_PYTHON; family <= FAMILY_JAVASCRIPT; family++) {
            bool is_python_only = strstr(cases[i].regex, "?P<") || cases[i].flags & REDOS_IS_VERBOSE;
            if (family == FAMILY_JAVASCRIPT && is_python_only) continue;
            struct redos redos = judge((enum language_family)family, cases[i].regex, cases[i].flags);
            if (redos.verdict != REDOS_EXPONENTIAL) fail_msg("not found: %s", cases[i].regex);
        }
}

static void common_regexes_are_safe(void **state)
{
    (void)state;
    static const struct {
        const char *regex;
        unsigned flags;
    } cases[] = {
        {"(a+)+", 0}, /* holds as soon as it fits */
        {"^\\s+|\\s+$", 0},
        {"^[\\w.+-]+@[\\w-]+\\.[\\w.-]+$", 0},
        {"^([a-z0-9]+(-[a-z0-9]+)*\\.)+[a-z]{2,}$", 0},
        {"^(?:\\d{1,3}\\.){3}\\d{1,3}$", 0},
        {"^(?:\\d{1,3}\\.)*x$", 0},
        {"\"(?:[^\"\\\\]|\\\\.)*\"", 0},
        {"/\\*(?:[^*]|\\*(?!/))*\\*/", 0},
        {"^(\\w+\\s)*\\w+$", 0},
        {"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$", 0},
        {"(.|\\n)*x", 0},
        {"^(a|b)*$", 0},
        {"(?:(?!--).)*-->", 0},
        {"(\\b\\w+\\b\\s*)+$", 0},
        {"([^,]*,)*[^,]*$", 0},
        {"^#?([a-f0-9]{6}|[a-f0-9]{3})$", 0},
        {"^(?:[\\w-]+\\.)+[\\w-]+$", 0},
        {"[^\\W\\d_]+(?:['-][^\\W\\d_]+)*$", 0},
        {"(a+){64}b", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        for (int family = FAMILY_PYTHON; family <= FAMILY_JAVASCRIPT; family++) {
            struct redos redos = judge((enum language_family)family, cases[i].regex, cases[i].flags);
            if (redos.verdict != REDOS_SAFE) fail_msg("verdict %d: %s", redos.verdict, cases[i].regex);
        }
    }
}

static void what_is_at_fault_is_named(void **state)
{
    (void)state;
    const char *regex = "^id:(?:[a-z]+,?)+;$";
    struct redos redos = judge(FAMILY_PYTHON, regex, 0);
    assert_int_equal(redos.verdict, REDOS_EXPONENTIAL);
    assert_int_equal(redos.start, 4);
    assert_int_equal(redos.end, strlen(regex) - 2);
}

static void hostile_regexes_end(void **state)
{
    (void)state;
    static const char *const openings[] = {"(",  "[",   "(?:",  "(?=", "(?i", "a{",
                                           "\\", "(?<", "(?P<", "[^",  "(?#", "\\x{"};
    char text[4096];
    for (size_t i = 0; i < sizeof openings / sizeof *openings; i++) {
        size_t used = 0, length = strlen(openings[i]);
        while (used + length < sizeof text)
            used += (size_t)snprintf(text + used, sizeof text - used, "%s", openings[i]);
        judge(FAMILY_PYTHON, text, 0);
        judge(FAMILY_JAVASCRIPT, text, 0);
    }
    /* groups of nothing, repeated: 12^59 copies if all were written out */
    size_t used = 0;
    for (int i = 0; i < 59; i++) text[used++] = '(';
    for (int i = 0; i < 59; i++) used += (size_t)snprintf(text + used, sizeof text - used, "){12}");
    assert_int_equal(judge(FAMILY_PYTHON, text, 0).verdict, REDOS_UNDECIDED);
    /* more positions than an automaton has */
    memset(text, 'a', 1000);
    text[1000] = '\0';
    assert_int_equal(judge(FAMILY_PYTHON, text, 0).verdict, REDOS_UNDECIDED);
    text[256] = '\0';
    assert_int_equal(judge(FAMILY_PYTHON, text, 0).verdict, REDOS_SAFE);
    text[256] = 'a';
    text[257] = '\0';
    assert_int_equal(judge(FAMILY_PYTHON, text, 0).verdict, REDOS_UNDECIDED);
}

static void syntax_errors_are_undecided(void **state)
{
    (void)state;
    static const char *const cases[] = {"(",  ")",   "a)",    "[a", "*",    "a{2,1}",
                                        "(?", "(?i", "[z-a]", "\\", "(?<n", "(?Z)a"};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(judge(FAMILY_PYTHON, cases[i], 0).verdict, REDOS_UNDECIDED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exponential_regexes_are_found), cmocka_unit_test(common_regexes_are_safe),
        cmocka_unit_test(what_is_at_fault_is_named),     cmocka_unit_test(hostile_regexes_end),
        cmocka_unit_test(syntax_errors_are_undecided),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
