/* What whole rules mean: (language, operators, source, lines that match), case by case. */
#include "tests/analyzer/run.h"

struct rule_case {
    const char *language, *operators, *source, *lines;
};

static const struct rule_case cases[] = {
#include "tests/analyzer/rule_cases.def"
};

static void rules_mean_what_semgrep_says(void **state)
{
    int wrong = 0;
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO_RUN struct run run;
        char rules[4096], lines[256];
        snprintf(rules, sizeof rules,
                 "rules:\n- id: t\n  languages: [%s]\n  severity: ERROR\n  message: m\n%s\n",
                 cases[i].language, cases[i].operators);
        run_rules(&run, cases[i].language, rules, view_of_cstr(cases[i].source));
        lines_of(&run, lines, sizeof lines);
        if (strcmp(lines, cases[i].lines) == 0) continue;
        wrong++;
        print_message("case %zu: %s\nin\n%s\nmatches at lines \"%s\", expected \"%s\"\n", i,
                      cases[i].operators, cases[i].source, lines, cases[i].lines);
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rules_mean_what_semgrep_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
