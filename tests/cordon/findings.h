/* findings.h - whether two ways to check found the same, to the last letter. Ends the test where they did
 * not. */
#ifndef CORDON_TESTS_CORDON_FINDINGS_H
#define CORDON_TESTS_CORDON_FINDINGS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "analyzer/analyzer.h"

static inline void text_equal(struct view a, struct view b)
{
    if (!view_equals(a, b)) fail_msg("\"%.*s\" is not \"%.*s\"", VIEW_ARGS(a), VIEW_ARGS(b));
}

static inline void findings_equal(const struct finding_list *a, const struct finding_list *b)
{
    assert_int_equal(a->count, b->count);
    for (uint32_t i = 0; i < a->count; i++) {
        const struct finding *x = &a->items[i], *y = &b->items[i];
        text_equal(x->rule_id, y->rule_id);
        text_equal(x->message, y->message);
        text_equal(x->help, y->help);
        text_equal(x->fix, y->fix);
        text_equal(x->fingerprint, y->fingerprint);
        text_equal(x->capability.argument, y->capability.argument);
        assert_int_equal(x->capability.kind, y->capability.kind);
        assert_int_equal(x->capability.is_known, y->capability.is_known);
        assert_int_equal(x->severity, y->severity);
        assert_int_equal(x->start, y->start);
        assert_int_equal(x->end, y->end);
        assert_int_equal(x->is_guard, y->is_guard);
        assert_int_equal(x->has_fix, y->has_fix);
        assert_int_equal(x->capture_count, y->capture_count);
        for (uint32_t k = 0; k < x->capture_count; k++) {
            text_equal(x->captures[k].name, y->captures[k].name);
            text_equal(x->captures[k].value, y->captures[k].value);
            assert_int_equal(x->captures[k].start, y->captures[k].start);
            assert_int_equal(x->captures[k].end, y->captures[k].end);
        }
    }
}

#endif
