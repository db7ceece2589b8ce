/* The decision: a pure function of findings and grant. Every combination that decides otherwise. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzer/verdict.h"
#include "base/cleanup.h"

static void decisions_follow_from_findings_and_grant(void **state)
{
    (void)state;
    static const struct {
        enum severity severity, reject_at;
        bool is_guard;
        enum capability_kind capability;
        const char *argument; /* NULL: unknown */
        enum capability_kind granted;
        const char *grant;
        enum decision decision;
        uint32_t missing;
    } cases[] = {
        {SEVERITY_WARNING, SEVERITY_ERROR, false, CAPABILITY_NONE, NULL, CAPABILITY_NONE, NULL,
         DECISION_APPROVE, 0},
        {SEVERITY_ERROR, SEVERITY_ERROR, false, CAPABILITY_NONE, NULL, CAPABILITY_NONE, NULL, DECISION_REJECT,
         0},
        {SEVERITY_ERROR, SEVERITY_CRITICAL, false, CAPABILITY_NONE, NULL, CAPABILITY_NONE, NULL,
         DECISION_APPROVE, 0},
        /* No threshold lets a guard's finding pass. */
        {SEVERITY_INFO, SEVERITY_CRITICAL, true, CAPABILITY_NONE, NULL, CAPABILITY_NONE, NULL,
         DECISION_REJECT, 0},
        /* A capability is missing until exactly it is granted. */
        {SEVERITY_ERROR, SEVERITY_ERROR, false, CAPABILITY_ENV, "HOME", CAPABILITY_NONE, NULL,
         DECISION_REJECT, 1},
        {SEVERITY_ERROR, SEVERITY_ERROR, false, CAPABILITY_ENV, "HOME", CAPABILITY_ENV, "HOME",
         DECISION_APPROVE, 0},
        {SEVERITY_ERROR, SEVERITY_ERROR, false, CAPABILITY_ENV, "HOME", CAPABILITY_ENV, "HOM",
         DECISION_REJECT, 1},
        {SEVERITY_ERROR, SEVERITY_ERROR, false, CAPABILITY_ENV, "HOME", CAPABILITY_EXEC, "HOME",
         DECISION_REJECT, 1},
        {SEVERITY_ERROR, SEVERITY_ERROR, false, CAPABILITY_ENV, "HOME", CAPABILITY_ENV, "*", DECISION_APPROVE,
         0},
        /* An unknown argument: only a grant of everything covers it, and for files the cell answers. */
        {SEVERITY_ERROR, SEVERITY_ERROR, false, CAPABILITY_ENV, NULL, CAPABILITY_ENV, "HOME", DECISION_REJECT,
         1},
        {SEVERITY_ERROR, SEVERITY_ERROR, false, CAPABILITY_ENV, NULL, CAPABILITY_ENV, "*", DECISION_APPROVE,
         0},
        {SEVERITY_ERROR, SEVERITY_ERROR, false, CAPABILITY_FS_READ, NULL, CAPABILITY_NONE, NULL,
         DECISION_APPROVE, 0},
        {SEVERITY_ERROR, SEVERITY_ERROR, false, CAPABILITY_FS_READ, "/etc/passwd", CAPABILITY_NONE, NULL,
         DECISION_REJECT, 1},
        {SEVERITY_ERROR, SEVERITY_ERROR, false, CAPABILITY_FS_READ, "/data/x/y", CAPABILITY_FS_READ,
         "/data/x", DECISION_APPROVE, 0},
        {SEVERITY_ERROR, SEVERITY_ERROR, false, CAPABILITY_FS_READ, "/data/xy", CAPABILITY_FS_READ, "/data/x",
         DECISION_REJECT, 1},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO_ARENA struct arena arena;
        arena_init(&arena, 1 << 20);
        struct capability_set granted = {0};
        struct error err = {0};
        if (cases[i].grant)
            assert_true(
                capability_set_grant(&granted, &arena, cases[i].granted, view_of_cstr(cases[i].grant), &err));
        struct finding finding = {.rule_id = VIEW("r"),
                                  .severity = cases[i].severity,
                                  .is_guard = cases[i].is_guard,
                                  .capability = {.kind = cases[i].capability}};
        if (cases[i].argument) {
            finding.capability.is_known = true;
            finding.capability.argument = view_of_cstr(cases[i].argument);
        }
        struct finding_list findings = {.items = &finding, .count = 1, .capacity = 1};
        struct verdict_policy policy = {.granted = &granted, .reject_at = cases[i].reject_at};
        struct verdict verdict;
        assert_true(verdict_decide(&verdict, &arena, &policy, "00", &findings));
        if (verdict.decision != cases[i].decision || verdict.missing.count != cases[i].missing)
            fail_msg("case %zu: %s, %u missing", i, decision_word(verdict.decision), verdict.missing.count);
    }
}

static void without_memory_or_knowledge_the_verdict_is_no(void **state)
{
    (void)state;
    struct verdict zero = {0};
    assert_int_equal(zero.decision, DECISION_REJECT);
    struct arena nothing = {0};
    struct finding finding = {
        .capability = {.kind = CAPABILITY_ENV, .is_known = true, .argument = VIEW("A")}};
    struct finding_list findings = {.items = &finding, .count = 1, .capacity = 1};
    struct verdict_policy policy = {.reject_at = SEVERITY_ERROR};
    struct verdict verdict;
    assert_false(verdict_decide(&verdict, &nothing, &policy, "00", &findings));
    assert_int_equal(verdict.decision, DECISION_REJECT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decisions_follow_from_findings_and_grant),
        cmocka_unit_test(without_memory_or_knowledge_the_verdict_is_no),
    };
    return cmocka_run_group_tests_name("verdict", tests, NULL, NULL);
}
