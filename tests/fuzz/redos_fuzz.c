/* A regular expression: the first byte says its family and flags. Whatever the bytes are, the analysis ends
 * within its steps, and what it points at lies in the regex. */
#include <stdlib.h>

#include "analyzer/redos.h"

enum { STEPS = 2000000 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) return 0;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 16u << 20);
    struct redos_scratch *scratch = redos_scratch_new(&arena);
    if (!scratch) abort();
    uint64_t steps = STEPS;
    enum language_family family = data[0] & 1 ? FAMILY_JAVASCRIPT : FAMILY_PYTHON;
    struct view regex = view_make((const char *)data + 1, size - 1);
    struct redos found = redos_analyze(scratch, family, regex, data[0] >> 1 & 15, &steps);
    bool is_within = found.start <= found.end && found.end <= regex.length;
    if (steps > STEPS || (found.verdict == REDOS_EXPONENTIAL && !is_within)) abort();
    return 0;
}
