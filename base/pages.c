#include "base/pages.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { PAGE_BYTES = 2 << 20 };

void *pages_alloc(size_t size_bytes)
{
    if (size_bytes < PAGE_BYTES || size_bytes > SIZE_MAX / 2) return malloc(size_bytes);
    size_t whole_bytes = (size_bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
    void *memory = aligned_alloc(PAGE_BYTES, whole_bytes);
    if (memory) (void)madvise(memory, whole_bytes, MADV_HUGEPAGE); /* a wish */
    return memory;
}
