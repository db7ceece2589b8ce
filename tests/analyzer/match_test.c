/* What patterns mean: (pattern, source, lines that match) for every semantic, in each language. */
#include "analyzer/guard.h"
#include "analyzer/limits.h"
#include "tests/analyzer/run.h"

/* The rule of one pattern. */
static const char *rule_of(struct arena *arena, const char *language, const char *pattern)
{
    ARRAY_OF(char) out = {0};
    char head[256];
    snprintf(head, sizeof head,
             "rules:\n- id: t\n  languages: [%s]\n  severity: ERROR\n  message: m\n  pattern: |\n    ",
             language);
    for (const char *at = head; *at; at++) assert_true(ARRAY_PUSH(arena, &out, *at));
    for (const char *at = pattern; *at; at++) {
        assert_true(ARRAY_PUSH(arena, &out, *at));
        for (int i = 0; *at == '\n' && i < 4; i++) assert_true(ARRAY_PUSH(arena, &out, ' '));
    }
    assert_true(ARRAY_PUSH(arena, &out, '\n'));
    assert_true(ARRAY_PUSH(arena, &out, 0));
    return out.items;
}

struct match_case {
    const char *pattern, *source, *lines;
};

static void cases_hold(const char *language, const struct match_case *cases, size_t count)
{
    int wrong = 0;
    for (size_t i = 0; i < count; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena, 1 << 20);
        AUTO_RUN struct run run;
        char lines[256];
        run_rules(&run, language, rule_of(&arena, language, cases[i].pattern), view_of_cstr(cases[i].source));
        lines_of(&run, lines, sizeof lines);
        if (strcmp(lines, cases[i].lines) == 0) continue;
        wrong++;
        print_message("case %zu: pattern\n%s\nin\n%s\nmatches at lines \"%s\", expected \"%s\"\n", i,
                      cases[i].pattern, cases[i].source, lines, cases[i].lines);
    }
    assert_int_equal(wrong, 0);
}

static void python_patterns_mean_what_semgrep_says(void **state)
{
    (void)state;
    static const struct match_case cases[] = {
#include "tests/analyzer/match_python.def"
    };
    cases_hold("python", cases, sizeof cases / sizeof *cases);
}

static void javascript_patterns_mean_what_semgrep_says(void **state)
{
    (void)state;
    static const struct match_case cases[] = {
#include "tests/analyzer/match_javascript.def"
    };
    cases_hold("javascript", cases, sizeof cases / sizeof *cases);
    cases_hold("typescript", cases, sizeof cases / sizeof *cases);
    cases_hold("tsx", cases, sizeof cases / sizeof *cases);
}

static void typescript_patterns_pass_over_types(void **state)
{
    (void)state;
    static const struct match_case cases[] = {
#include "tests/analyzer/match_typescript.def"
    };
    cases_hold("typescript", cases, sizeof cases / sizeof *cases);
}

static void bash_patterns_are_words_and_commands(void **state)
{
    (void)state;
    static const struct match_case cases[] = {
#include "tests/analyzer/match_bash.def"
    };
    cases_hold("bash", cases, sizeof cases / sizeof *cases);
}

static void elements_match_in_both_languages(void **state)
{
    (void)state;
    static const struct match_case cases[] = {
#include "tests/analyzer/match_jsx.def"
    };
    cases_hold("javascript", cases, sizeof cases / sizeof *cases);
    cases_hold("tsx", cases, sizeof cases / sizeof *cases);
}

/* A rule of one operator tree, in YAML behind `pattern...`. */
static void formula_holds(const char *language, const char *formula, const char *source, const char *lines)
{
    AUTO_RUN struct run run;
    char rules[2048], found[256];
    snprintf(rules, sizeof rules,
             "rules:\n- id: t\n  languages: [%s]\n  severity: ERROR\n  message: \"X is $X\"\n%s\n", language,
             formula);
    run_rules(&run, language, rules, view_of_cstr(source));
    lines_of(&run, found, sizeof found);
    if (strcmp(found, lines) != 0)
        fail_msg("%s\nin\n%s\nmatches at \"%s\", expected \"%s\"", formula, source, found, lines);
}

static void not_removes_equal_ranges_only(void **state)
{
    (void)state;
    formula_holds("python", "  patterns:\n  - pattern: f($X)\n  - pattern-not: f(1)\n",
                  "f(1)\nf(2)\nf(f(1))\n", "2 3");
    formula_holds("python", "  patterns:\n  - pattern: f($X)\n  - pattern-not: f($X, ...)\n", "f(1)\n", "");
    formula_holds("python", "  patterns:\n  - pattern: $X == $Y\n  - pattern-not: $X == $X\n",
                  "a == b\na == a\n", "1");
}

/* Code cannot talk itself out of a rule by what a name might also mean. */
static void not_asks_what_a_name_must_mean(void **state)
{
    (void)state;
    const char *formula = "  patterns:\n  - pattern: run($X)\n  - pattern-not: safe.run($X)\n";
    formula_holds("python", formula, "from safe import run\nrun(1)\n", "");
    formula_holds("python", formula, "from os import run\nif a:\n    from safe import run\nrun(1)\n", "4");
}

static void inside_keeps_what_it_contains(void **state)
{
    (void)state;
    const char *source = "def g():\n    f(1)\nf(2)\nclass C:\n    def g(self):\n        f(3)\n";
    formula_holds("python",
                  "  patterns:\n  - pattern: f($X)\n  - pattern-inside: |\n      def $F(...):\n        ...\n",
                  source, "2 6");
    formula_holds("python",
                  "  patterns:\n  - pattern: f($X)\n  - pattern-not-inside: |\n      def $F(...):\n        "
                  "...\n",
                  source, "3");
    formula_holds("python",
                  "  patterns:\n  - pattern-inside: |\n      class $C:\n        ...\n"
                  "  - pattern-inside: |\n      def $F(...):\n        ...\n  - pattern: f($X)\n",
                  source, "6");
}

static void bindings_agree_across_operators(void **state)
{
    (void)state;
    formula_holds("python",
                  "  patterns:\n  - pattern-inside: |\n      $X = open(...)\n      ...\n"
                  "  - pattern: $X.read()\n",
                  "a = open(1)\nb.read()\na.read()\n", "3");
    formula_holds("python",
                  "  patterns:\n  - pattern: f($X)\n  - pattern-not-inside: |\n      ok($X)\n"
                  "      ...\n",
                  "ok(a)\nf(b)\nf(a)\n", "2");
}

static void either_unites(void **state)
{
    (void)state;
    formula_holds("javascript", "  pattern-either:\n  - pattern: f($X)\n  - pattern: g($X)\n",
                  "f(1)\nh(1)\ng(2)\n", "1 3");
}

static void regexes_are_ranges_and_conditions(void **state)
{
    (void)state;
    formula_holds("python", "  pattern-regex: ^f\\((\\d)\n", "f(1)\n f(2)\nf(3)\n", "1 3");
    formula_holds("python", "  patterns:\n  - pattern: f($X)\n  - pattern-not-regex: 2\n", "f(1)\nf(2)\n",
                  "1");
    const char *named = "  patterns:\n  - pattern: $X(...)\n  - metavariable-regex:\n      metavariable: $X\n"
                        "      regex: ev\n";
    formula_holds("python", named, "eval(1)\nreval(1)\nevil(2)\n", "1 3");
    const char *quoted = "  patterns:\n  - pattern: f($X)\n  - metavariable-regex:\n      metavariable: $X\n"
                         "      regex: ^.http\n";
    formula_holds("python", quoted, "f('http:')\nf(\"ftp:\")\nf(\"http\")\n", "1 3");
}

static void conditions_look_into_metavariables(void **state)
{
    (void)state;
    formula_holds("python",
                  "  patterns:\n  - pattern: f($X)\n  - metavariable-pattern:\n      metavariable: $X\n"
                  "      pattern: g(...)\n",
                  "f(1)\nf(g(2))\nf(h(g(3)))\n", "2 3");
    formula_holds("python",
                  "  patterns:\n  - pattern: f($X)\n  - metavariable-pattern:\n      metavariable: $X\n"
                  "      patterns:\n      - pattern-not: \"'...'\"\n      - pattern-not: 1\n",
                  "f(1)\nf('a')\nf(b)\n", "3");
    formula_holds("python",
                  "  patterns:\n  - pattern: f($X)\n  - metavariable-comparison:\n      metavariable: $X\n"
                  "      comparison: $X >= 0x10 and not $X == 20\n",
                  "f(1)\nf(16)\nf(20)\nf(0o777)\nf(a)\n", "2 4");
    formula_holds("javascript",
                  "  patterns:\n  - pattern: f($X)\n  - metavariable-comparison:\n"
                  "      comparison: re.match(\".*b\", str($X)) or $X in [\"c\", \"d\"]\n",
                  "f('ab')\nf('c')\nf('e')\n", "1 2");
}

static void values_stand_for_variables_where_asked(void **state)
{
    (void)state;
    const char *source = "x = g(1)\nf(x)\ny = x\nf(y)\nf(z)\n";
    formula_holds("python", "  pattern: f(g($X))\n", source, "");
    formula_holds("python", "  options: {symbolic_propagation: true}\n  pattern: f(g($X))\n", source, "2 4");
    formula_holds("python",
                  "  options: {symbolic_propagation: true}\n  patterns:\n  - pattern-inside: |\n"
                  "      def $F($X):\n        ...\n  - pattern: $X.append(...)\n",
                  "def f(a):\n    b = a\n    b.append(1)\n    c.append(1)\n", "3");
}

static void focus_narrows(void **state)
{
    (void)state;
    formula_holds("python",
                  "  patterns:\n  - pattern: |\n      f(\n        $X)\n  - focus-metavariable: $X\n",
                  "f(\n  a)\n", "2");
}

static void messages_are_bounded_and_clean(void **state)
{
    (void)state;
    AUTO_RUN struct run run;
    run_rules(&run, "python",
              "rules:\n- id: t\n  languages: [python]\n  severity: ERROR\n  message: got $X, not $Y\n"
              "  pattern: f($X)\n",
              VIEW("f('''\x1b[31m\n''')\n"));
    assert_int_equal(run.findings.count, 1);
    assert_true(view_equals_cstr(run.findings.items[0].message, "got '''\\x1b[31m\\n''', not $Y"));
}

static void captures_say_what_is_known(void **state)
{
    (void)state;
    AUTO_RUN struct run run;
    run_rules(&run, "python",
              "rules:\n- id: t\n  languages: [python]\n  severity: ERROR\n  message: m\n  pattern: get($U)\n"
              "  metadata: {capability: net, argument: $U}\n",
              VIEW("base = 'http://x'\nget(base + '/y')\nget(z)\n"));
    assert_int_equal(run.findings.count, 2);
    const struct finding *finding = run.findings.items;
    assert_int_equal(finding[0].capability.kind, CAPABILITY_NET);
    assert_true(finding[0].capability.is_known);
    assert_true(view_equals_cstr(finding[0].capability.argument, "http://x/y"));
    assert_int_equal(finding[0].capture_count, 1);
    assert_true(view_equals_cstr(finding[0].captures[0].name, "$U"));
    assert_false(finding[1].capability.is_known);
}

static bool has_guard(const struct run *run, enum guard guard)
{
    for (uint32_t i = 0; i < run->findings.count; i++)
        if (view_equals_cstr(run->findings.items[i].rule_id, guard_id(guard))) return true;
    return false;
}

/* Seven ellipses over two hundred arguments have more ways than anyone can count. */
static void backtracking_ends_in_a_refusal(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 1 << 20);
    AUTO_RUN struct run run;
    ARRAY_OF(char) source = {0};
    for (const char *at = "f("; *at; at++) assert_true(ARRAY_PUSH(&arena, &source, *at));
    for (int i = 0; i < 400; i++) {
        char item[16];
        snprintf(item, sizeof item, "a%d,", i);
        for (const char *at = item; *at; at++) assert_true(ARRAY_PUSH(&arena, &source, *at));
    }
    assert_true(ARRAY_PUSH(&arena, &source, ')'));
    run_rules(&run, "python",
              rule_of(&arena, "python",
                      "f(..., $A, ..., $B, ..., $C, ..., $D, ..., $E, ..., $F, ..., nothing.here($A))"),
              view_make(source.items, source.count));
    /* the last argument's names are absent: the index answers before any search */
    assert_int_equal(run.findings.count, 0);
    run_clear(&run);
    run_rules(&run, "python",
              rule_of(&arena, "python", "f(..., $A, ..., $B, ..., $C, ..., $D, ..., $E, ..., $A)"),
              view_make(source.items, source.count));
    assert_true(has_guard(&run, GUARD_BUDGET));
}

static void a_regex_at_its_limit_is_a_refusal(void **state)
{
    (void)state;
    AUTO_RUN struct run run;
    char source[4096];
    memset(source, 'a', sizeof source);
    source[0] = '#';
    run_rules(&run, "python",
              "rules:\n- id: t\n  languages: [python]\n  severity: ERROR\n  message: m\n"
              "  pattern-regex: (a+a+)+(a+a+)+[bc]\n",
              view_make(source, sizeof source));
    assert_true(has_guard(&run, GUARD_BUDGET));
}

/* `count` lines with a finding each. */
static void run_findings(struct run *run, struct arena *arena, unsigned count)
{
    ARRAY_OF(char) source = {0};
    for (unsigned i = 0; i < count; i++)
        for (const char *at = "f(1)\n"; *at; at++) assert_true(ARRAY_PUSH(arena, &source, *at));
    run_rules(run, "python", rule_of(arena, "python", "f($X)"), view_make(source.items, source.count));
}

static void findings_are_bounded(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 1 << 20);
    AUTO_RUN struct run run;
    run_findings(&run, &arena, LIMIT_FINDINGS);
    assert_int_equal(run.findings.count, LIMIT_FINDINGS);
    assert_false(has_guard(&run, GUARD_FINDINGS));
    run_clear(&run);
    run_findings(&run, &arena, LIMIT_FINDINGS + 1);
    assert_int_equal(run.findings.count, LIMIT_FINDINGS + 1);
    assert_true(has_guard(&run, GUARD_FINDINGS));
}

/* Twenty rules that are slow on a source end together, not one after the other. */
static void slow_rules_share_a_budget(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 1 << 20);
    AUTO_RUN struct run run;
    ARRAY_OF(char) source = {0}, rules = {0};
    for (const char *at = "rules:\n"; *at; at++) assert_true(ARRAY_PUSH(&arena, &rules, *at));
    for (int i = 0; i < 20; i++) {
        char rule[256];
        snprintf(rule, sizeof rule,
                 "- id: t%d\n  languages: [python]\n  severity: ERROR\n  message: m\n"
                 "  pattern: f(..., $A, ..., $B, ..., $C, ..., $D, ..., $E, ..., $A)\n",
                 i);
        for (const char *at = rule; *at; at++) assert_true(ARRAY_PUSH(&arena, &rules, *at));
    }
    assert_true(ARRAY_PUSH(&arena, &rules, 0));
    for (int i = 0; i < 400; i++) {
        char item[16];
        snprintf(item, sizeof item, i == 0 ? "f(a%d," : i == 399 ? "a%d)" : "a%d,", i);
        for (const char *at = item; *at; at++) assert_true(ARRAY_PUSH(&arena, &source, *at));
    }
    run_rules(&run, "python", rules.items, view_make(source.items, source.count));
    assert_int_equal(run.findings.count, 20); /* each is named as undecided */
    assert_true(has_guard(&run, GUARD_BUDGET));
}

/* The recursion follows the pattern: a source of any depth is a loop. */
static void deep_sources_do_not_recurse(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 1 << 22);
    AUTO_RUN struct run run;
    ARRAY_OF(char) source = {0};
    for (const char *at = "a"; *at; at++) assert_true(ARRAY_PUSH(&arena, &source, *at));
    for (int i = 0; i < 3500; i++)
        for (const char *at = ".b"; *at; at++) assert_true(ARRAY_PUSH(&arena, &source, *at));
    run_rules(&run, "javascript", rule_of(&arena, "javascript", "$X == <... $Y.$Z.$Y ...>"),
              view_make(source.items, source.count));
    run_clear(&run);
    run_rules(&run, "javascript", rule_of(&arena, "javascript", "a. ... .b"),
              view_make(source.items, source.count));
    assert_true(run.findings.count > 0);
}

static void wrong_patterns_have_a_place(void **state)
{
    (void)state;
    struct ruleset *ruleset = ruleset_new();
    struct error err = {0};
    assert_true(ruleset_add_bytes(ruleset, VIEW("r.yaml"),
                                  VIEW("rules:\n- id: t\n  languages: [python]\n  severity: ERROR\n"
                                       "  message: m\n  pattern: f((\n"),
                                  &err));
    assert_false(ruleset_compile(ruleset, &err));
    assert_string_equal(err.path, "r.yaml");
    assert_int_equal(err.line, 6);
    assert_true(err.col > 1);
    ruleset_free(ruleset);
}

static void an_id_is_used_once(void **state)
{
    (void)state;
    struct ruleset *ruleset = ruleset_new();
    struct error err = {0};
    struct view rules = VIEW("rules:\n- id: t\n  languages: [python]\n  severity: ERROR\n  message: m\n"
                             "  pattern: f()\n");
    assert_true(ruleset_add_bytes(ruleset, VIEW("a.yaml"), rules, &err));
    assert_false(ruleset_add_bytes(ruleset, VIEW("b.yaml"), rules, &err));
    assert_string_equal(err.path, "b.yaml");
    assert_non_null(strstr(err.message, "a.yaml"));
    ruleset_free(ruleset);
}

static void explain_counts_each_operator(void **state)
{
    (void)state;
    AUTO_RUN struct run run;
    struct error err = {0};
    struct view text;
    run_rules(&run, "python",
              "rules:\n- id: t\n  languages: [python]\n  severity: ERROR\n  message: m\n  patterns:\n"
              "  - pattern: f($X)\n  - pattern-not: f(1)\n",
              VIEW("f(1)\nf(2)\n"));
    assert_true(match_explain(run.matcher, &run.arena, &run.syntax, &run.names, ruleset_rule(run.ruleset, 0),
                              &text, &err));
    assert_true(view_find(text, VIEW("= 2 ranges: 1:1-1:5, 2:1-2:5")) != SIZE_MAX);
    assert_true(view_find(text, VIEW("removed 1 of 2")) != SIZE_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(python_patterns_mean_what_semgrep_says),
        cmocka_unit_test(javascript_patterns_mean_what_semgrep_says),
        cmocka_unit_test(typescript_patterns_pass_over_types),
        cmocka_unit_test(bash_patterns_are_words_and_commands),
        cmocka_unit_test(elements_match_in_both_languages),
        cmocka_unit_test(not_removes_equal_ranges_only),
        cmocka_unit_test(not_asks_what_a_name_must_mean),
        cmocka_unit_test(inside_keeps_what_it_contains),
        cmocka_unit_test(bindings_agree_across_operators),
        cmocka_unit_test(either_unites),
        cmocka_unit_test(regexes_are_ranges_and_conditions),
        cmocka_unit_test(conditions_look_into_metavariables),
        cmocka_unit_test(values_stand_for_variables_where_asked),
        cmocka_unit_test(focus_narrows),
        cmocka_unit_test(messages_are_bounded_and_clean),
        cmocka_unit_test(captures_say_what_is_known),
        cmocka_unit_test(backtracking_ends_in_a_refusal),
        cmocka_unit_test(a_regex_at_its_limit_is_a_refusal),
        cmocka_unit_test(findings_are_bounded),
        cmocka_unit_test(slow_rules_share_a_budget),
        cmocka_unit_test(deep_sources_do_not_recurse),
        cmocka_unit_test(wrong_patterns_have_a_place),
        cmocka_unit_test(an_id_is_used_once),
        cmocka_unit_test(explain_counts_each_operator),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
