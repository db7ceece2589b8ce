/* pages.h - memory in large pieces, in large pages where the kernel gives them: of a piece that is written
 * once and freed, a page fault each 4 KiB costs more than the writing. Freed by free(). Any thread. */
#ifndef CORDON_BASE_PAGES_H
#define CORDON_BASE_PAGES_H

#include <stddef.h>

/* NULL: no memory. */
void *pages_alloc(size_t size_bytes);

#endif
