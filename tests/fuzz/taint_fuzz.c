/* Source text against a taint rule with every part that there is; the first byte chooses the language.
 * Whatever the bytes are, the walk ends. */
#include <stdlib.h>

#include "analyzer/analyzer.h"
#include "analyzer/ruleset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Sources and sinks that nearly everything is, so that small inputs reach all of the walk. */
static const char rules[] =
    "rules:\n"
    "- id: all\n  languages: [python, javascript, typescript]\n  severity: ERROR\n  message: $X to $Y\n  "
    "mode: taint\n"
    "  pattern-sources:\n  - pattern: a\n    label: A\n  - pattern: $X.b\n    by-side-effect: true\n"
    "  - pattern: c\n    label: C\n    requires: A or __SOURCE__\n  - pattern: d()\n    control: true\n"
    "  pattern-sinks:\n  - pattern: $F($Y)\n    requires: A and not C or __SOURCE__\n  - pattern: e\n    "
    "exact: true\n"
    "  pattern-sanitizers:\n  - pattern: g($X)\n    by-side-effect: true\n  - pattern: $F($X)\n    "
    "not_conflicting: true\n"
    "  pattern-propagators:\n  - pattern: $X.h($Y)\n    from: $Y\n    to: $X\n"
    "- id: unified\n  languages: [python, javascript, typescript]\n  severity: ERROR\n  message: m\n  mode: "
    "taint\n"
    "  options: {taint_unify_mvars: true, taint_assume_safe_functions: true}\n"
    "  pattern-sources:\n  - pattern: $X\n  pattern-sinks:\n  - pattern: $F($X)\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct ruleset *ruleset;
    static struct checker *checker;
    struct error err = {0};
    if (!ruleset) {
        ruleset = ruleset_new();
        bool is_fine = ruleset && ruleset_add_bytes(ruleset, VIEW("taint.yaml"), view_of_cstr(rules), &err) &&
                       ruleset_compile(ruleset, &err);
        struct checker_options options = {.ruleset = ruleset, .policy = {.reject_at = SEVERITY_ERROR}};
        checker = is_fine ? checker_new(&options, &err) : NULL;
        if (!checker) abort();
    }
    if (size == 0) return 0;
    struct report report;
    struct view bytes = view_make((const char *)data + 1, size - 1);
    checker_check(checker, VIEW("fuzz"), bytes, &languages[data[0] % LANGUAGE_COUNT], &report, &err);
    report_clear(&report);
    return 0;
}
