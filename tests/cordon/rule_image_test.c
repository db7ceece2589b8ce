/* Rules out of an image against the same rules compiled here: nothing that anybody can see may differ. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <ftw.h>
#include <pthread.h>

#include "analyzer/rule_unit.h"
#include "base/io.h"
#include "cordon/rulepack.h"
#include "tests/cordon/findings.h"

enum { ARENA_BYTES = 1 << 30, FILES_MIN = 200, FINDINGS_MIN = 1000, THREADS = 4 };

/* One of everything that a rule can hold and the shipped rules may not. */
static const char everything[] =
    "rules:\n"
    "- {id: t.query, languages: [javascript, typescript], severity: ERROR, message: m $NAME,\n"
    "   query: '((call_expression function: (identifier) @NAME) (#match? @NAME \"^ev\") (#any-of? @NAME "
    "\"eval\" \"ever\"))'}\n"
    "- {id: t.compare, languages: [python], severity: INFO, message: m, patterns: [{pattern: \"open($P, "
    "$N)\"},\n"
    "   {metavariable-comparison: {metavariable: $N, comparison: \"re.match('.*7', str($N)) and $N > "
    "0o700\"}}]}\n"
    "- {id: t.type, languages: [python], severity: INFO, message: m, patterns: [{pattern: \"f($X)\"},\n"
    "   {metavariable-type: {metavariable: $X, types: [int, str]}}]}\n"
    "- {id: t.inner, languages: [python], severity: INFO, message: m, patterns: [{pattern: \"run($X)\"},\n"
    "   {metavariable-pattern: {metavariable: $X, language: bash, pattern: \"rm $F\"}}]}\n"
    "- {id: t.entropy, languages: [python], severity: INFO, message: m, patterns: [{pattern: k = \"$X\"},\n"
    "   {metavariable-analysis: {metavariable: $X, analyzer: entropy}}, {focus-metavariable: $X}]}\n"
    "- {id: t.string, languages: [python], severity: INFO, message: m, pattern: 'g(\"=~/ab+c/i\")', fix: "
    "g()}\n"
    "- {id: t.fix, languages: [python], severity: INFO, message: m, pattern-regex: 'old_(?<NAME>[a-z]+)',\n"
    "   fix-regex: {regex: old, replacement: new, count: 1}, paths: {include: ['*.py'], exclude: ['x/*']}}\n"
    "- {id: t.text, languages: [generic], severity: INFO, message: m $X, pattern: password = $X,\n"
    "   options: {generic_comment_style: shell}}\n"
    "- {id: t.taint, mode: taint, languages: [python], severity: ERROR, message: m,\n"
    "   pattern-sources: [{pattern: a(), label: A}, {pattern: b(), label: B, requires: A}],\n"
    "   pattern-sanitizers: [{pattern: clean(...)}],\n"
    "   pattern-propagators: [{pattern: $TO.put($FROM), from: $FROM, to: $TO}],\n"
    "   pattern-sinks: [{pattern: sink(...), requires: A and not B}]}\n";

static const char everything_sees[] =
    "open('x', 0o707)\nopen('x', 3)\nf(1)\nf(1.5)\nrun('rm -rf /')\nk = "
    "'kJ8#mQz!92xLp0vT'\ng('xABBC')\nold_thing()\n"
    "password = hunter\nq = a()\nsink(q)\nsink(clean(q))\np.put(q)\nsink(p)\n";

struct both {
    struct ruleset *eager, *image;
    struct arena arena;
    uint32_t files, findings;
};

static struct both both;

static struct checker *checker_on(const struct ruleset *ruleset, bool is_hurried)
{
    struct error err = {0};
    struct checker_options options = {
        .ruleset = ruleset, .has_faults = true, .is_hurried = is_hurried, .policy.reject_at = SEVERITY_ERROR};
    struct checker *checker = checker_new(&options, &err);
    assert_non_null(checker);
    return checker;
}

static uint32_t source_compare(const struct ruleset *eager, const struct ruleset *image, struct view path,
                               struct view bytes, const struct language *language)
{
    struct error err = {0};
    struct report reports[4] = {0};
    const struct ruleset *sets[] = {eager, image, eager, image}; /* the last two with all words at once */
    for (int i = 0; i < 4; i++) {
        struct checker *checker = checker_on(sets[i], i >= 2);
        assert_true(checker_check(checker, path, bytes, language, &reports[i], &err));
        checker_free(checker);
    }
    for (int i = 1; i < 4; i++) {
        findings_equal(&reports[0].findings, &reports[i].findings);
        assert_int_equal(reports[0].verdict.decision, reports[i].verdict.decision);
    }
    uint32_t count = reports[0].findings.count;
    for (int i = 0; i < 4; i++) report_clear(&reports[i]);
    return count;
}

static int file_compare(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    if (type == FTW_D && strcmp(path + walk->base, "node_modules") == 0) return FTW_SKIP_SUBTREE;
    const struct language *language = type == FTW_F ? language_of_path(view_of_cstr(path)) : NULL;
    struct error err = {0};
    struct view bytes;
    if (!language || !io_read_file(&both.arena, path, 1 << 20, &bytes, &err)) return FTW_CONTINUE;
    both.findings += source_compare(both.eager, both.image, view_of_cstr(path), bytes, language);
    both.files++;
    return FTW_CONTINUE;
}

static void every_finding_is_the_same(void **state)
{
    (void)state;
    const char *root = getenv("CORDON_SOURCE_ROOT");
    assert_non_null(root);
    static const char *const folders[] = {"rules", "examples", "tests", "scripts", "bindings"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        char *path = NULL;
        assert_true(asprintf(&path, "%s/%s", root, folders[i]) > 0);
        assert_int_equal(nftw(path, file_compare, 32, FTW_PHYS | FTW_ACTIONRETVAL), 0);
        free(path);
    }
    assert_true(both.files >= FILES_MIN);
    assert_true(both.findings >= FINDINGS_MIN);
}

static void rules_equal(const struct ruleset *a, const struct ruleset *b)
{
    assert_string_equal(ruleset_digest(a), ruleset_digest(b));
    assert_int_equal(ruleset_count(a), ruleset_count(b));
    for (uint32_t i = 0; i < ruleset_count(a); i++) {
        const struct rule *x = ruleset_rule(a, i), *y = ruleset_rule(b, i);
        text_equal(x->id, y->id);
        text_equal(x->message, y->message);
        text_equal(x->help, y->help);
        text_equal(x->cwe, y->cwe);
        text_equal(x->place.path, y->place.path);
        assert_int_equal(x->place.line, y->place.line);
        assert_int_equal(x->severity, y->severity);
        assert_int_equal(x->options, y->options);
        assert_int_equal(x->language_mask, y->language_mask);
        assert_int_equal(x->reference_count, y->reference_count);
        for (uint32_t k = 0; k < x->reference_count; k++) text_equal(x->references[k], y->references[k]);
        assert_ptr_equal(ruleset_find(b, x->id), y);
    }
    assert_null(ruleset_rule(b, ruleset_count(b)));
    assert_null(ruleset_find(b, VIEW("there.is.no.such")));
}

static void every_rule_is_the_same(void **state)
{
    (void)state;
    rules_equal(both.eager, both.image);
}

static bool everything_add(struct ruleset *ruleset, void *context, struct error *err)
{
    (void)context;
    return ruleset_add_bytes(ruleset, VIEW("everything.yaml"), view_of_cstr(everything), err);
}

static struct view everything_image(struct arena *arena)
{
    struct error err = {0};
    struct view image;
    if (!rule_image_write(arena, everything_add, NULL, &image, &err)) fail_msg("%s", err.message);
    return image;
}

static void all_that_a_rule_can_hold_survives(void **state)
{
    (void)state;
    struct error err = {0};
    struct view image = everything_image(&both.arena);
    assert_true(rule_image_is_sound(image));
    struct ruleset *eager = ruleset_new(), *loaded = rule_image_open(image, &err);
    assert_non_null(loaded);
    assert_true(everything_add(eager, NULL, &err) && ruleset_compile(eager, &err));
    rules_equal(eager, loaded);
    const struct language *python = language_of_word(VIEW("python")),
                          *js = language_of_word(VIEW("javascript"));
    assert_true(source_compare(eager, loaded, VIEW("a.py"), view_of_cstr(everything_sees), python) >= 8);
    assert_int_equal(
        source_compare(eager, loaded, VIEW("a.js"), VIEW("eval(1); evil(2); ever(3)\n"), js) >= 2, 1);
    ruleset_free(eager);
    ruleset_free(loaded);
}

static void an_image_has_one_form(void **state)
{
    (void)state;
    struct view one = everything_image(&both.arena), other = everything_image(&both.arena);
    assert_int_equal(one.length, other.length);
    assert_memory_equal(one.bytes, other.bytes,
                        offsetof(struct image_header, digest)); /* padding may differ in others */
}

/* What is cut or changed is seen, or can be loaded all the same; nothing is read or written outside. */
static void a_damaged_image_is_no_image(void **state)
{
    (void)state;
    struct view image = everything_image(&both.arena);
    unsigned char *copy = aligned_alloc(16, (image.length + 15) / 16 * 16);
    assert_non_null(copy);
    memcpy(copy, image.bytes, image.length);
    for (size_t length = 0; length < image.length; length += 1 + length / 16)
        assert_false(rule_image_is_sound(view_make((const char *)copy, length)));
    uint32_t seed = 1, refused = 0;
    for (int round = 0; round < 20000; round++) {
        seed = seed * 1664525u + 1013904223u;
        size_t at = (seed >> 8) % image.length;
        copy[at] = (unsigned char)(copy[at] ^ (1u << (seed & 7)));
        struct error err = {0};
        struct view damaged = view_make((const char *)copy, image.length);
        bool is_sound = rule_image_is_sound(damaged);
        refused += !is_sound;
        struct ruleset *ruleset = is_sound ? rule_image_open(damaged, &err) : NULL;
        for (uint32_t i = 0; ruleset && i < ruleset_count(ruleset); i++) ruleset_rule(ruleset, i);
        if (ruleset && round % 2) memcpy(copy, image.bytes, image.length);
        ruleset_free(ruleset);
        copy[at] = (unsigned char)image.bytes[at];
    }
    assert_true(refused > 1000);
    free(copy);
}

/* Loading one rule would write over another's that is loaded, and what that has of its own. */
static void units_that_overlap_are_no_image(void **state)
{
    (void)state;
    struct view image = everything_image(&both.arena);
    struct image_header *header = (void *)image.bytes;
    struct image_unit *units = (void *)(image.bytes + header->units_at);
    struct image_unit second = units[1];
    units[1] = units[0];
    assert_false(rule_image_is_sound(image));
    units[1] = second;
    assert_true(rule_image_is_sound(image));
}

static void *fixtures_check(void *argument)
{
    const struct ruleset *ruleset = argument;
    static const char program[] =
        "import os, subprocess\nos.system('ls')\nsubprocess.run(['rm', 'x'])\neval(x)\n";
    uintptr_t count = 0;
    for (int i = 0; i < 20; i++) {
        struct error err = {0};
        struct report report = {0};
        struct checker *checker = checker_on(ruleset, true);
        assert_true(checker_check(checker, VIEW("a.py"), VIEW(program), language_of_word(VIEW("python")),
                                  &report, &err));
        count += report.findings.count;
        report_clear(&report);
        checker_free(checker);
    }
    return (void *)count;
}

static void threads_may_load_rules_at_once(void **state)
{
    (void)state;
    struct error err = {0};
    struct ruleset *ruleset = rulepack_open(true, NULL, 0, &err);
    pthread_t threads[THREADS];
    uintptr_t wanted = (uintptr_t)fixtures_check(both.eager);
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, fixtures_check, ruleset), 0);
    for (int i = 0; i < THREADS; i++) {
        void *count = NULL;
        pthread_join(threads[i], &count);
        assert_int_equal((uintptr_t)count, wanted);
    }
    assert_true(wanted > 0);
    ruleset_free(ruleset);
}

static int both_open(void **state)
{
    (void)state;
    struct error err = {0};
    arena_init(&both.arena, ARENA_BYTES);
    both.eager = rulepack_compile(true, NULL, 0, &err);
    both.image = rulepack_open(true, NULL, 0, &err);
    return both.eager && both.image ? 0 : 1;
}

static int both_close(void **state)
{
    (void)state;
    ruleset_free(both.eager);
    ruleset_free(both.image);
    arena_clear(&both.arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_finding_is_the_same),
        cmocka_unit_test(every_rule_is_the_same),
        cmocka_unit_test(all_that_a_rule_can_hold_survives),
        cmocka_unit_test(an_image_has_one_form),
        cmocka_unit_test(a_damaged_image_is_no_image),
        cmocka_unit_test(units_that_overlap_are_no_image),
        cmocka_unit_test(threads_may_load_rules_at_once),
    };
    return cmocka_run_group_tests(tests, both_open, both_close);
}
