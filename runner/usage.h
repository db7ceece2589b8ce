/* usage.h - what a cell uses, summed over its processes, as cordon-cell sees it in /proc. Inside cordon-cell.
 */
#ifndef CORDON_RUNNER_USAGE_H
#define CORDON_RUNNER_USAGE_H

#include "runner/cell_protocol.h"
#include "runner/limits.h"

struct usage {
    uint64_t cpu_ms, memory_kib, disk_bytes;
    uint32_t processes;
};

/* All processes but the first, and what was reaped. */
struct usage usage_read(void);

/* The limit that the whole cell is over, or LIMIT_NONE. */
enum limit usage_breach(const struct usage *usage, const struct cell_job *job);

/* Keeps the peaks. */
void usage_note(const struct usage *usage, struct cell_report *report);

/* What every process wrote: the kernel adds what it reaps to the one that reaped. 0 where nothing counts. */
uint64_t usage_written_bytes(void);

#endif
