/* Queries: what they match, what is wrong with one, and that hostile trees end. */
#include "tests/analyzer/run.h"

#include <stdlib.h>

#include "analyzer/guard.h"

struct query_case {
    const char *language, *operators, *source, *lines;
};

static const struct query_case cases[] = {
#include "tests/analyzer/query_cases.def"
};

static void rules_text(char *out, size_t size, const char *language, const char *operators)
{
    snprintf(out, size, "rules:\n- id: t\n  languages: [%s]\n  severity: ERROR\n  message: m\n%s\n", language,
             operators);
}

static void queries_mean_what_tree_sitter_says(void **state)
{
    (void)state;
    int wrong = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO_RUN struct run run;
        char rules[4096], lines[256];
        rules_text(rules, sizeof rules, cases[i].language, cases[i].operators);
        run_rules(&run, cases[i].language, rules, view_of_cstr(cases[i].source));
        lines_of(&run, lines, sizeof lines);
        if (strcmp(lines, cases[i].lines) == 0) continue;
        wrong++;
        print_message("case %zu: %s\nin\n%s\nmatches at lines \"%s\", expected \"%s\"\n", i,
                      cases[i].operators, cases[i].source, lines, cases[i].lines);
    }
    assert_int_equal(wrong, 0);
}

static void a_wrong_query_is_named_with_its_line_and_the_nearest_word(void **state)
{
    (void)state;
    static const struct {
        const char *language, *query, *message, *remedy;
        uint32_t line;
    } wrong[] = {
        {"python", "(calls)", "python has no kind of node 'calls'", "did you mean 'call'?", 7},
        {"python", "(call\n      functoin: (_))", "python has no field 'functoin'",
         "did you mean 'function'?", 8},
        {"python", "(call (#equ? @a \"b\"))", "unknown predicate '#equ?'", "did you mean '#eq?'?", 7},
        {"python", "(call", "a parenthesis is not closed", "", 7},
        {"python", "[(call)", "a bracket is not closed", "", 7},
        {"python", "(call \"a)", "a text goes on", "", 7},
        {"python", "[]", "nothing stands between the brackets", "", 7},
        {"python", "call", "expected a node in parentheses", "", 7},
        {"python", "(call !)", "the name of a field is missing", "", 7},
        {"python", "(call) @", "a name is missing behind @", "", 7},
        {"python", "(call (#eq? @a \"b\"))", "a capture that its pattern does not have", "", 7},
        {"python", "((call) @a (#eq? @a))", "a predicate wants a text", "", 7},
        {"python", "((call) @a (#match? @a \"(\"))", "regex:", "", 7},
        {"python", "(ERROR)", "a source with errors is refused", "", 7},
        {"python", "(call \"(\")", "the tree has no '('", "leave it out", 7},
        {"python", "(binary_operator \"++\")", "python has no token '++'", "", 7},
        {"python", "(call)+", "a repetition stands in a node or a group", "", 7},
        {"python", "((call) (call)) @a", "a group has no capture", "", 7},
        {"generic", "(call)", "text of no language has none", "", 7},
        {"javascript, typescript", "(predefined_typ)", "no kind of node 'predefined_typ'", "", 7},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        char operators[512], rules[1024];
        struct error err = {0};
        snprintf(operators, sizeof operators, "  query: |\n      %s", wrong[i].query);
        rules_text(rules, sizeof rules, wrong[i].language, operators);
        struct ruleset *ruleset = ruleset_new();
        assert_non_null(ruleset);
        bool is_fine = ruleset_add_bytes(ruleset, VIEW("test.yaml"), view_of_cstr(rules), &err) &&
                       ruleset_compile(ruleset, &err);
        ruleset_free(ruleset);
        bool is_named = !is_fine && strstr(err.message, wrong[i].message) &&
                        strstr(err.remedy, wrong[i].remedy) && err.line == wrong[i].line;
        if (!is_named) fail_msg("%s: %s (%s) at line %u", wrong[i].query, err.message, err.remedy, err.line);
    }
}

static void hostile_trees_end(void **state)
{
    (void)state;
    /* chains as deep as a tree may be: on such the core's own engine did not end within a minute */
    static char chain[200 * 1024 + 8], list[200 * 1024 + 8];
    for (size_t i = 0; i + 2 < sizeof chain - 1; i += 2)
        memcpy(chain + i, i % 7000 == 6998 ? "1\n" : "1+", 2);
    memcpy(chain + sizeof chain - 3, "1\n", 3);
    for (size_t i = 0; i + 2 < sizeof list - 1; i += 2) memcpy(list + i, "1,", 2);
    memcpy(list + sizeof list - 3, "]\n", 3);
    memcpy(list, "[ ", 2);
    static const struct {
        const char *query, *source;
        bool is_refused;
    } hostile[] = {
        {"(binary_operator (integer) @a)", chain, true}, /* a hundred thousand times */
        {"((binary_operator (integer) @a) (#eq? @a \"2\"))", chain, false},
        {"(binary_operator left: (binary_operator left: (binary_operator (string) @a)))", chain, false},
        {"(_ (_ (_ (_ (_ (string))))))", chain, false},
        {"(list (integer) @a (integer) @b (integer) @c)", list, true},
        {"(list (integer)* @a (integer)* @b (string))", list, true},
        {"(list ((integer) (integer)*)* (string))", list, false},
        {"(list . (integer)+ .)", list, false},
    };
    for (size_t i = 0; i < sizeof hostile / sizeof *hostile; i++) {
        AUTO_RUN struct run run;
        char operators[256], rules[512];
        snprintf(operators, sizeof operators, "  query: '%s'", hostile[i].query);
        rules_text(rules, sizeof rules, "python", operators);
        run_rules(&run, "python", rules, view_of_cstr(hostile[i].source));
        bool is_refused = false;
        ARRAY_FOREACH (const struct finding, finding, &run.findings)
            is_refused |= view_equals_cstr(finding->rule_id, guard_id(GUARD_BUDGET));
        if (is_refused != hostile[i].is_refused) fail_msg("%s: refused %d", hostile[i].query, is_refused);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(queries_mean_what_tree_sitter_says),
        cmocka_unit_test(a_wrong_query_is_named_with_its_line_and_the_nearest_word),
        cmocka_unit_test(hostile_trees_end),
    };
    return cmocka_run_group_tests_name("query", tests, NULL, NULL);
}
