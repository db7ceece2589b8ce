/* gate.h - the checker that a fuzz target asks again and again: made once, with the shipped rules or with the
 * target's own. Ends the process where it cannot be made. */
#ifndef CORDON_TESTS_FUZZ_GATE_H
#define CORDON_TESTS_FUZZ_GATE_H

#include <stdio.h>
#include <stdlib.h>

#include "analyzer/ruleset.h"
#include "cordon/rulepack.h"

/* rules: the text of a rule file; NULL: the shipped ones. */
static struct checker *gate_open(const char *rules)
{
    struct error err = {0};
    struct ruleset *ruleset = rules ? ruleset_new() : rulepack_open(true, NULL, 0, &err);
    bool has_rules =
        ruleset && (!rules || (ruleset_add_bytes(ruleset, VIEW("fuzz.yaml"), view_of_cstr(rules), &err) &&
                               ruleset_compile(ruleset, &err)));
    struct checker_options options = {
        .ruleset = ruleset, .policy = {.reject_at = SEVERITY_ERROR}, .parse_deadline_ms = 500};
    struct checker *checker = has_rules ? checker_new(&options, &err) : NULL;
    if (!checker) {
        fprintf(stderr, "no checker: %s\n", err.message);
        abort();
    }
    return checker;
}

/* The first byte chooses the language of the rest. Whatever the bytes are, the check ends. */
static inline void gate_ask(struct checker *checker, const uint8_t *data, size_t size)
{
    struct error err = {0};
    struct report report;
    if (size == 0) return;
    struct view bytes = view_make((const char *)data + 1, size - 1);
    checker_check(checker, VIEW("fuzz"), bytes, &languages[data[0] % LANGUAGE_COUNT], &report, &err);
    report_clear(&report);
}

#endif
