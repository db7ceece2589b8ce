/* Complaints about rule files: each names its place, what was wrong, and the nearest known word. And what is
 * well formed is read as it is written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "analyzer/rule_file.h"
#include "base/cleanup.h"

#define HEAD "rules:\n  - id: r\n    languages: [python]\n    severity: ERROR\n    message: m\n"

struct complaint {
    const char *text;
    uint32_t line, col;
    const char *message, *remedy; /* parts of them */
};

static void complaints_have_places_and_remedies(void **state)
{
    (void)state;
    static const struct complaint cases[] = {
        {"", 1, 1, "no content", ""},
        {"rules: [", 2, 1, "not YAML", ""},
        {"rule:\n  - id: r\n", 1, 1, "no list under 'rules'", "rules:"},
        {"rules: 5\n", 1, 1, "no list under 'rules'", ""},
        {"rules: []\nruels: []\n", 2, 1, "unknown key beside 'rules':", ""},
        {"metadata: {}\nrules: []\n", 1, 1, "unknown key beside 'rules':", "is a key of a rule"},
        {"a: 1\na: 2\n", 2, 1, "", ""},
        {"rules:\n  - just text\n", 2, 5, "must be a mapping", ""},
        {"rules:\n  - languages: [python]\n", 2, 5, "'id' is missing", ""},
        {HEAD, 2, 5, "no pattern here", "pattern-either"},
        {HEAD "    patern: f()\n", 6, 5, "unknown key 'patern'", "did you mean 'pattern'"},
        {HEAD "    pattern: [f()]\n", 6, 14, "must be text, not a list", ""},
        {HEAD "    pattern: ''\n", 6, 14, "is empty", ""},
        {HEAD "    patterns: f()\n", 6, 15, "must be a list", ""},
        {HEAD "    patterns:\n      - pattern-not: f()\n", 7, 7, "only what not to", ""},
        {HEAD
         "    patterns:\n      - pattern: f($X)\n      - metavariable-regex:\n          metavariable: X\n"
         "          regex: a\n",
         9, 25, "'X' is no metavariable", "$"},
        {HEAD
         "    patterns:\n      - pattern: f($X)\n      - metavariable-regex:\n          metavariable: $X\n",
         9, 11, "'regex' is missing", ""},
        {HEAD "    patterns:\n      - pattern: f($X)\n      - metavariable-regx: {}\n", 8, 9, "unknown",
         "metavariable-regex"},
        {"rules:\n  - id: r\n    languages: [pyhton]\n    severity: ERROR\n    message: m\n    pattern: "
         "f()\n",
         3, 17, "unknown language 'pyhton'", "did you mean 'python'"},
        {"rules:\n  - id: r\n    languages: [python]\n    severity: BAD\n    message: m\n    pattern: f()\n",
         4, 15, "unknown severity 'BAD'", "ERROR"},
        {HEAD "    metadata: {capability: exce}\n    pattern: f()\n", 6, 28, "unknown capability 'exce'",
         "exec"},
        {HEAD "    metadata: [a]\n    pattern: f()\n", 6, 15, "must be a mapping", ""},
        {HEAD "    match:\n      anywere: f()\n", 7, 7, "unknown operator 'anywere' of match",
         "did you mean 'anywhere'"},
        {HEAD "    match:\n      pattern: f()\n      as: X\n", 8, 11, "'X' is no metavariable", "$"},
        {HEAD "    match:\n      as: $X\n", 7, 7, "no operator here", "anywhere"},
        {HEAD "    pattern: f()\n    as: $X\n", 7, 5, "unknown key 'as'", ""},
        {HEAD "    patterns:\n      - pattern: f($X)\n      - metavariable-name: {metavariable: $X}\n", 8, 28,
         "'module' is missing", ""},
        {HEAD
         "    patterns:\n      - pattern: f($X)\n      - metavariable-name: {metavariable: $X, modle: a}\n",
         8, 47, "unknown key 'modle'", "did you mean 'module'"},
        {HEAD "    options: 1\n    pattern: f()\n", 6, 14, "must be a mapping", ""},
    };
    int wrong = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena, 1 << 20);
        struct rule_list rules = {0};
        struct error err = {0};
        bool is_loaded = rule_file_load(VIEW("r.yaml"), view_of_cstr(cases[i].text), &arena, &rules, &err);
        if (!is_loaded && err.line == cases[i].line && err.col == cases[i].col &&
            strstr(err.message, cases[i].message) && strstr(err.remedy, cases[i].remedy) &&
            strcmp(err.path, "r.yaml") == 0)
            continue;
        wrong++;
        print_message("case %zu: %u:%u '%s' (%s), expected %u:%u '%s' (%s)\n", i, err.line, err.col,
                      err.message, err.remedy, cases[i].line, cases[i].col, cases[i].message,
                      cases[i].remedy);
    }
    assert_int_equal(wrong, 0);
}

static void a_rule_is_read_as_it_is_written(void **state)
{
    (void)state;
    static const char text[] =
        "rules:\n"
        "  - id: one\n"
        "    languages: [python, javascript, java]\n"
        "    severity: HIGH\n"
        "    message: |\n"
        "      two lines,\n"
        "      of text\n"
        "    metadata: {capability: exec, argument: $X, cwe: ['CWE-78: x'], help: do not}\n"
        "    patterns:\n"
        "      - pattern-either:\n"
        "          - pattern: f($X)\n"
        "          - pattern: g($X)\n"
        "      - pattern-not-inside: {pattern: 'def h(): ...'}\n"
        "      - focus-metavariable: $X\n";
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 1 << 20);
    struct rule_list rules = {0};
    struct error err = {0};
    assert_true(rule_file_load(VIEW("r.yaml"), VIEW(text), &arena, &rules, &err));
    assert_int_equal(rules.count, 1);
    const struct rule *rule = &rules.items[0];
    assert_true(view_equals_cstr(rule->id, "one"));
    assert_int_equal(rule->language_mask & (1u << LANGUAGE_PYTHON), 1u << LANGUAGE_PYTHON);
    assert_int_equal(rule->language_mask & (1u << LANGUAGE_JAVASCRIPT), 1u << LANGUAGE_JAVASCRIPT);
    assert_int_equal(rule->severity, SEVERITY_ERROR);
    assert_true(view_equals_cstr(rule->message, "two lines,\nof text"));
    assert_int_equal(rule->capability, CAPABILITY_EXEC);
    assert_true(view_equals_cstr(rule->capability_argument, "$X"));
    assert_true(view_equals_cstr(rule->cwe, "CWE-78: x"));
    const struct formula *formula = rule->formula;
    assert_int_equal(formula->kind, FORMULA_ALL);
    assert_int_equal(formula->child_count, 2);
    assert_int_equal(formula->condition_count, 1);
    assert_int_equal(formula->children[0]->kind, FORMULA_ANY);
    assert_int_equal(formula->children[0]->child_count, 2);
    assert_int_equal(formula->children[1]->kind, FORMULA_NOT_INSIDE);
    assert_int_equal(formula->children[0]->children[1]->place.line, 12);
}

/* A file that would expand out of proportion, or nest without end, is refused by its bound. */
static void hostile_yaml_ends_at_a_bound(void **state)
{
    (void)state;
    static char bomb[4096], deep[4096];
    size_t used = (size_t)snprintf(bomb, sizeof bomb, "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 12; i++)
        used += (size_t)snprintf(bomb + used, sizeof bomb - used,
                                 "a%d: &a%d [*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d]\n", i, i,
                                 i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
    memset(deep, '[', sizeof deep - 1);
    const char *const texts[] = {
        bomb, deep, "a: &a [*a]\n", "a: *nowhere\n", "a: 1\n---\nb: 2\n", "? [a]\n: 1\n", "a: !!binary x\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena, 64 << 20);
        struct rule_list rules = {0};
        struct error err = {0};
        assert_false(rule_file_load(VIEW("r.yaml"), view_of_cstr(texts[i]), &arena, &rules, &err));
        assert_int_not_equal(err.line, 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(complaints_have_places_and_remedies),
        cmocka_unit_test(a_rule_is_read_as_it_is_written),
        cmocka_unit_test(hostile_yaml_ends_at_a_bound),
    };
    return cmocka_run_group_tests_name("rule files", tests, NULL, NULL);
}
