/* Rule file text: it is loaded and compiled, or refused with an error that has a message. */
#include <stdlib.h>

#include "analyzer/ruleset.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err = {0};
    struct ruleset *ruleset = ruleset_new();
    if (!ruleset) return 0;
    bool is_loaded =
        ruleset_add_bytes(ruleset, VIEW("fuzz.yaml"), view_make((const char *)data, size), &err) &&
        ruleset_compile(ruleset, &err);
    if (!is_loaded && !err.message[0]) abort();
    ruleset_free(ruleset);
    return 0;
}
