/* Source text against all shipped rules, in every language: the first byte chooses. Whatever the bytes are,
 * the check ends with a decision, and the tree is flattened to what the core's cursor gives. */
#include <stdlib.h>

#include "cordon/rulepack.h"
#include "tests/analyzer/cursor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct ruleset *ruleset;
    static struct checker *checker;
    static TSParser *parser;
    uint32_t differs;
    struct error err = {0};
    if (!ruleset) {
        ruleset = rulepack_open(true, NULL, 0, &err);
        struct checker_options options = {.ruleset = ruleset, .policy = {.reject_at = SEVERITY_ERROR}};
        checker = ruleset ? checker_new(&options, &err) : NULL;
        parser = ts_parser_new();
        if (!checker || !parser) abort();
    }
    if (size == 0) return 0;
    struct report report;
    struct view bytes = view_make((const char *)data + 1, size - 1);
    if (!cursor_check(parser, &languages[data[0] % LANGUAGE_COUNT], bytes, &differs)) abort();
    checker_check(checker, VIEW("fuzz"), bytes, &languages[data[0] % LANGUAGE_COUNT], &report, &err);
    report_clear(&report);
    return 0;
}
