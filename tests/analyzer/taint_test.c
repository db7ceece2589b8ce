/* What taint rules mean: (clauses, source, lines of the sinks that are reached), and that hostile sources
 * end. */
#include "tests/analyzer/stage.h"

#include "analyzer/match.h"
#include "base/array.h"

#define SOURCE_SINK "  pattern-sources:\n  - pattern: source(...)\n  pattern-sinks:\n  - pattern: sink(...)\n"
#define LABELS                                                                             \
    "  pattern-sources:\n  - pattern: a()\n    label: A\n  - pattern: b()\n    label: B\n" \
    "  pattern-sinks:\n  - pattern: sink(...)\n    exact: true\n    requires: "
#define UNIFY                                                                                                \
    "  pattern-sources:\n  - pattern: source($X)\n  pattern-sinks:\n  - pattern: sink($_, $X)\n  options:\n" \
    "    taint_unify_mvars: "

struct taint_case {
    const char *language, *clauses, *source, *lines;
};

static struct ruleset *ruleset_of(const char *language, const char *clauses, struct error *err)
{
    static char text[4096];
    snprintf(text, sizeof text,
             "rules:\n- id: t\n  languages: [%s]\n  severity: ERROR\n  message: $X reaches $Y\n"
             "  mode: taint\n%s",
             language, clauses);
    struct ruleset *ruleset = ruleset_new();
    assert_non_null(ruleset);
    if (ruleset_add_bytes(ruleset, VIEW("test.yaml"), view_of_cstr(text), err) &&
        ruleset_compile(ruleset, err))
        return ruleset;
    ruleset_free(ruleset);
    return NULL;
}

static void run(struct stage *stage, const char *language, const char *clauses, const char *source)
{
    struct error err = {0};
    struct ruleset *ruleset = ruleset_of(language, clauses, &err);
    if (!ruleset) fail_msg("%s\n%s", err.message, clauses);
    struct matcher *matcher = matcher_new(ruleset);
    assert_non_null(matcher);
    stage_run_whole(stage, language, source);
    bool is_fine = match_run(matcher, &stage->arena, &stage->syntax, &stage->names, &stage->findings, &err);
    matcher_free(matcher);
    for (uint32_t i = 0; i < stage->findings.count; i++) { /* what they point at goes with the rules */
        struct finding *finding = &stage->findings.items[i];
        finding->rule_id = arena_copy(&stage->arena, finding->rule_id);
        finding->message = arena_copy(&stage->arena, finding->message);
    }
    ruleset_free(ruleset);
    if (!is_fine) fail_msg("%s", err.message);
}

static void lines_of(const struct stage *stage, char *out, size_t size)
{
    uint32_t last = 0;
    size_t used = 0;
    out[0] = 0;
    for (uint32_t i = 0; i < stage->findings.count; i++) {
        struct place place = source_place(&stage->source, stage->findings.items[i].start);
        if (place.line == last) continue;
        last = place.line;
        used += (size_t)snprintf(out + used, size - used, "%s%u", used ? " " : "", place.line);
    }
}

static void taint_rules_mean_what_semgrep_says(void **state)
{
    (void)state;
    static const struct taint_case cases[] = {
#include "tests/analyzer/taint_cases.def"
    };
    int wrong = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO_STAGE struct stage stage;
        char lines[256];
        run(&stage, cases[i].language, cases[i].clauses, cases[i].source);
        lines_of(&stage, lines, sizeof lines);
        if (strcmp(lines, cases[i].lines) == 0) continue;
        wrong++;
        print_message("%s\nin\n%s\nmatches at lines \"%s\", expected \"%s\"\n", cases[i].clauses,
                      cases[i].source, lines, cases[i].lines);
    }
    assert_int_equal(wrong, 0);
}

static void messages_tell_the_source_and_the_sink(void **state)
{
    (void)state;
    AUTO_STAGE struct stage stage;
    run(&stage, "python",
        "  pattern-sources:\n  - pattern: source($X)\n  pattern-sinks:\n  - pattern: sink($Y)\n",
        "v = source(a)\nsink(v)\n");
    assert_int_equal(stage.findings.count, 1);
    assert_true(view_equals_cstr(stage.findings.items[0].message, "a reaches v"));
}

static void more_sources_than_bits_are_still_found(void **state)
{
    (void)state;
    AUTO_STAGE struct stage stage;
    char text[8192] = "";
    size_t used = 0;
    for (int i = 0; i < 200; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "x%d = source(%d)\n", i, i);
    snprintf(text + used, sizeof text - used, "sink(x0)\nsink(x199)\nsink(y)\n");
    run(&stage, "python", SOURCE_SINK, text);
    assert_int_equal(stage.findings.count, 2);
}

static bool is_refused(const struct stage *stage)
{
    return stage_has(stage, GUARD_BUDGET);
}

/* `count` times a text, between two others. */
static const char *repeated(struct arena *arena, const char *before, const char *text, int count,
                            const char *after)
{
    ARRAY_OF(char) out = {0};
    for (; *before; before++) assert_true(ARRAY_PUSH(arena, &out, *before));
    for (int i = 0; i < count; i++)
        for (const char *at = text; *at; at++) assert_true(ARRAY_PUSH(arena, &out, *at));
    for (; *after; after++) assert_true(ARRAY_PUSH(arena, &out, *after));
    assert_true(ARRAY_PUSH(arena, &out, 0));
    return out.items;
}

/* Chains of operators are followed by a loop; deeper trees are refused, at the limit and not before. */
static void depth_is_bounded(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 64u << 20);
    AUTO_STAGE struct stage chain, fine, deep;
    run(&chain, "python", SOURCE_SINK, repeated(&arena, "sink(source()", " + a", 3000, ")\n"));
    assert_int_equal(chain.findings.count, 1);
    assert_false(is_refused(&chain));
    /* a call of a call: two levels of the tree each */
    run(&fine, "javascript", SOURCE_SINK,
        repeated(&arena, "sink(source()", ".a", (int)LIMIT_TAINT_DEPTH - 20, ");"));
    assert_int_equal(fine.findings.count, 1);
    assert_false(is_refused(&fine));
    run(&deep, "javascript", SOURCE_SINK,
        repeated(&arena, "sink(source()", ".a", (int)LIMIT_TAINT_DEPTH + 20, ");"));
    assert_true(is_refused(&deep));
}

/* A walk that would not end within its steps is a refusal. */
static void nested_loops_end(void **state)
{
    (void)state;
    AUTO_STAGE struct stage stage;
    char text[65536] = "def f():\n  x0 = source()\n";
    size_t used = strlen(text);
    for (int i = 0; i < 40; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%*swhile c:\n%*sx%d = x%d\n", i + 2, "",
                                 i + 3, "", 40 - i, 39 - i);
    snprintf(text + used, sizeof text - used, "%*ssink(x40)\n", 42, "");
    run(&stage, "python", SOURCE_SINK, text);
    assert_true(stage.findings.count >= 1); /* reached, or refused: never passed over in silence */
}

static void complaints_name_what_is_wrong(void **state)
{
    (void)state;
    static const struct {
        const char *clauses, *complaint;
    } cases[] = {
        {"  pattern-sinks:\n  - pattern: f()\n", "'pattern-sources' is missing"},
        {"  pattern-sources:\n  - pattern: f()\n", "'pattern-sinks' is missing"},
        {SOURCE_SINK "  pattern: f()\n", "'pattern'"},
        {SOURCE_SINK "  pattern-sanitisers: []\n", "pattern-sanitisers"},
        {SOURCE_SINK "    requires: A and\n", "'requires'"},
        {SOURCE_SINK "    requires: (A\n", "'requires'"},
        {SOURCE_SINK "    by-side-effect: true\n", "by-side-effect"},
        {SOURCE_SINK "    exact: maybe\n", "'exact'"},
        {SOURCE_SINK "  pattern-propagators:\n  - pattern: f($X)\n    from: $X\n", "'to' is missing"},
        {SOURCE_SINK "  pattern-propagators:\n  - pattern: f($X)\n    from: $X\n    to: $Y\n",
         "does not bind"},
        {SOURCE_SINK "  options: {taint_unify_mvars: 3}\n", "'taint_unify_mvars'"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        struct ruleset *ruleset = ruleset_of("python", cases[i].clauses, &err);
        if (ruleset) fail_msg("no complaint about %s", cases[i].clauses);
        if (!strstr(err.message, cases[i].complaint)) fail_msg("%s: %s", cases[i].clauses, err.message);
        assert_true(err.line > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(taint_rules_mean_what_semgrep_says),
        cmocka_unit_test(messages_tell_the_source_and_the_sink),
        cmocka_unit_test(more_sources_than_bits_are_still_found),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(nested_loops_end),
        cmocka_unit_test(complaints_name_what_is_wrong),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
