/* Rules for text of no language: what they match, for which paths, of which versions, and what they would
 * change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "analyzer/analyzer.h"
#include "analyzer/rule_paths.h"

struct text_case {
    const char *language, *operators, *text, *lines;
};

static const struct text_case cases[] = {
#include "tests/analyzer/text_cases.def"
};

static struct ruleset *ruleset_of(const char *language, const char *operators)
{
    static char rules[8192];
    struct error err = {0};
    snprintf(rules, sizeof rules, "rules:\n- id: t\n  languages: [%s]\n  severity: ERROR\n  message: m\n%s\n",
             language, operators);
    struct ruleset *ruleset = ruleset_new();
    assert_non_null(ruleset);
    if (!ruleset_add_bytes(ruleset, VIEW("test.yaml"), view_of_cstr(rules), &err) ||
        !ruleset_compile(ruleset, &err))
        fail_msg("%s in %s", err.message, rules);
    return ruleset;
}

/* The distinct lines, and the fix of the last finding. */
static void run(const char *language, const char *operators, const char *path, const char *text, char *lines,
                char *fix, size_t size)
{
    struct ruleset *ruleset = ruleset_of(language, operators);
    struct checker_options options = {.ruleset = ruleset};
    struct checker *checker = checker_new(&options, NULL);
    struct report report;
    struct error err = {0};
    uint32_t last = 0;
    size_t used = 0;
    assert_non_null(checker);
    bool is_code = language_of_path(view_of_cstr(path)) != NULL;
    bool is_fine = is_code
                       ? checker_check(checker, view_of_cstr(path), view_of_cstr(text),
                                       language_of_path(view_of_cstr(path)), &report, &err)
                       : checker_check_text(checker, view_of_cstr(path), view_of_cstr(text), &report, &err);
    if (!is_fine) fail_msg("%s", err.message);
    lines[0] = fix[0] = 0;
    ARRAY_FOREACH (const struct finding, finding, &report.findings) {
        uint32_t line = source_place(&report.source, finding->start).line;
        if (finding->has_fix) snprintf(fix, size, "%.*s", VIEW_ARGS(finding->fix));
        if (line == last) continue;
        last = line;
        used += (size_t)snprintf(lines + used, size - used, "%s%u", used ? " " : "", line);
    }
    report_clear(&report);
    checker_free(checker);
    ruleset_free(ruleset);
}

static void patterns_of_text_are_words_and_signs(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char lines[256], fix[256];
        run(cases[i].language, cases[i].operators, "file.conf", cases[i].text, lines, fix, sizeof lines);
        if (strcmp(lines, cases[i].lines) == 0) continue;
        wrong++;
        print_message("case %zu: %s\nin\n%s\nmatches at lines \"%s\", expected \"%s\"\n", i,
                      cases[i].operators, cases[i].text, lines, cases[i].lines);
    }
    assert_int_equal(wrong, 0);
}

static void a_rule_is_for_its_paths_and_versions(void **state)
{
    (void)state;
    static const struct {
        const char *operators, *path, *lines;
    } paths[] = {
        {"  pattern: a\n  paths: {include: ['*.conf']}\n", "x/y.conf", "1"},
        {"  pattern: a\n  paths: {include: ['*.conf']}\n", "x/y.cfg", ""},
        {"  pattern: a\n  paths: {exclude: ['*test*']}\n", "x/test/y.cfg", ""},
        {"  pattern: a\n  paths: {exclude: [vendor/]}\n", "x/vendor/y.cfg", ""},
        {"  pattern: a\n  paths: {include: ['*.py'], exclude: ['*_test.py']}\n", "x/y.py", "1"},
        {"  pattern: a\n  paths: {include: ['*.py'], exclude: ['*_test.py']}\n", "x/y_test.py", ""},
        {"  pattern: a\n  min-version: 1.44.0\n", "x", "1"},
        {"  pattern: a\n  min-version: 99.0.0\n", "x", ""},
        {"  pattern: a\n  max-version: 1.44.0\n", "x", ""},
        {"  pattern: a\n  max-version: 99.0.0\n", "x", "1"},
    };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        char lines[64], fix[64];
        run("generic", paths[i].operators, paths[i].path, "a\n", lines, fix, sizeof lines);
        if (strcmp(lines, paths[i].lines) != 0) fail_msg("case %zu: \"%s\"", i, lines);
    }
}

static void a_glob_names_a_part_of_the_end_of_a_path(void **state)
{
    (void)state;
    static const struct {
        const char *glob, *path;
        bool matches;
    } globs[] = {
        {"*.conf", "a.conf", true},
        {"*.conf", "b/a.conf", true},
        {"*.conf", "a.conf.bak", false},
        {"b/*.conf", "a/b/c.conf", true},
        {"b/*.conf", "a/b/d/c.conf", false},
        {"b/**/*.c", "a/b/d/e/c.c", true},
        {"b/**/*.c", "b/c.c", true},
        {"**/b", "a/b/c", true},
        {"a", "a/b/c", true},
        {"b/", "a/b/c", true},
        {"a?c", "abc", true},
        {"a[0-9]", "a5", true},
        {"a[!0-9]", "a5", false},
        {"*a*b*", "xaxxbx", true},
        {"*a*b*", "xbxxax", false},
        {"/a/b", "a/b", true},
        {"./a", "a", true},
        {"", "a", false},
    };
    for (size_t i = 0; i < sizeof globs / sizeof *globs; i++)
        if (rule_glob_matches(view_of_cstr(globs[i].glob), view_of_cstr(globs[i].path)) != globs[i].matches)
            fail_msg("%s and %s", globs[i].glob, globs[i].path);
}

static void a_rule_proposes_what_to_write_instead(void **state)
{
    (void)state;
    static const struct {
        const char *language, *operators, *path, *text, *fix;
    } fixes[] = {
        {"generic", "  pattern: a = $X\n  fix: b = $X\n", "x", "a  =  1\n", "b = 1"},
        {"python", "  pattern: f($X, ...)\n  fix: |\n    g($X)\n", "x.py", "f([1,\n  2], 3)\n",
         "g([1,\n  2])"},
        {"python", "  pattern: f(...)\n  fix-regex: {regex: '(\\w)\\(', replacement: '\\1x('}\n", "x.py",
         "f(1, g[(2)], h(3))\n", "fx(1, g[(2)], hx(3))"},
        {"python", "  pattern: f(...)\n  fix-regex: {regex: f, replacement: g, count: 1}\n", "x.py", "f(f)\n",
         "g(f)"},
        {"python", "  pattern: f(...)\n  fix-regex: {regex: h, replacement: g}\n", "x.py", "f(f)\n", ""},
        {"python", "  pattern: f(...)\n", "x.py", "f(f)\n", ""},
    };
    for (size_t i = 0; i < sizeof fixes / sizeof *fixes; i++) {
        char lines[64], fix[64];
        run(fixes[i].language, fixes[i].operators, fixes[i].path, fixes[i].text, lines, fix, sizeof lines);
        assert_string_equal(lines, "1");
        assert_string_equal(fix, fixes[i].fix);
    }
}

/* Text after which a search that tries every way would not end: a named refusal, or an end. */
static void hostile_text_ends(void **state)
{
    (void)state;
    static char text[200000], operators[] = "  pattern: a ... a ... a ... a ... a ... a ... b\n  options: "
                                            "{generic_ellipsis_max_span: 100000}\n";
    memset(text, 'a', sizeof text - 1);
    for (size_t i = 0; i < sizeof text - 1; i++) text[i] = i % 2 ? ' ' : 'a';
    struct ruleset *ruleset = ruleset_of("generic", operators);
    struct checker_options options = {.ruleset = ruleset};
    struct checker *checker = checker_new(&options, NULL);
    struct report report;
    assert_true(checker_check_text(checker, VIEW("x"), view_of_cstr(text), &report, NULL));
    assert_int_equal(report.findings.count, 1);
    assert_true(view_equals_cstr(report.findings.items[0].rule_id, "cordon.guard.match-budget"));
    assert_true(report.verdict.decision != DECISION_APPROVE);
    report_clear(&report);
    checker_free(checker);
    ruleset_free(ruleset);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(patterns_of_text_are_words_and_signs),
                                       cmocka_unit_test(a_rule_is_for_its_paths_and_versions),
                                       cmocka_unit_test(a_glob_names_a_part_of_the_end_of_a_path),
                                       cmocka_unit_test(a_rule_proposes_what_to_write_instead),
                                       cmocka_unit_test(hostile_text_ends)};
    return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
