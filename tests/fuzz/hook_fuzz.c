/* Events of hosts: whatever the bytes are, the reading of them ends, with code or problems within their
 * bounds. */
#include "cordon/hook_event.h"
#include "tests/fuzz/gate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct checker *checker;
    if (!checker) checker = gate_open(NULL);
    struct error err = {0};
    AUTO_ARENA struct arena arena;
    arena_init(&arena, (size_t)256 << 20);
    struct hook_event event;
    struct hook_codes codes = {0};
    bool is_taken =
        hook_event_take(&event, &codes, &arena, checker, view_make((const char *)data, size), &err);
    if (codes.items.count > HOOK_CODES_MAX || codes.problems.count > HOOK_PROBLEMS_MAX) abort();
    for (uint32_t i = 0; is_taken && i < codes.items.count; i++)
        if (!codes.items.items[i].language) abort();
    return 0;
}
