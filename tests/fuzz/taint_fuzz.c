/* Source text against a taint rule with every part that there is; the first byte chooses the language.
 * Whatever the bytes are, the walk ends. */
#include "tests/fuzz/gate.h"

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
    static struct checker *checker;
    if (!checker) checker = gate_open(rules);
    gate_ask(checker, data, size);
    return 0;
}
