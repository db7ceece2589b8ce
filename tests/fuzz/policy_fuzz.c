/* Policy text: it is applied, or refused with an error that has a message and a place. */
#include <stdlib.h>

#include "cordon/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err = {0};
    struct policy policy;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 64 << 20);
    if (!policy_open(&policy, &arena, "agent", &err)) abort();
    /* A folder that does not exist: nothing outside of the text is read. */
    bool is_applied = policy_apply(&policy, &arena, "fuzz.yaml", VIEW("/nonexistent"),
                                   view_make((const char *)data, size), 0, &err);
    if (!is_applied && !err.message[0]) abort();
    policy_seal(&policy);
    return 0;
}
