/* usage.h - what a cell uses, summed over its processes, as cordon-cell sees it in /proc. Inside cordon-cell.
 */
#ifndef CORDON_RUNNER_USAGE_H
#define CORDON_RUNNER_USAGE_H

#include <stdbool.h>

#include "runner/cell_protocol.h"
#include "runner/limits.h"

struct usage {
    uint64_t cpu_ms, memory_kib, disk_bytes, inodes;
    uint32_t processes;
    bool is_files_reached; /* a process has as many files open as it may */
};

/* All processes but the first, where there are any, and what was reaped. */
struct usage usage_read(const struct cell_job *job, bool has_processes);

/* The limit that the whole cell is over, or LIMIT_NONE. */
enum limit usage_breach(const struct usage *usage, const struct cell_job *job);

/* Keeps the peaks. */
void usage_note(const struct usage *usage, struct cell_report *report);

/* Whether a file in the scratch folder has grown as far as one may. */
bool usage_has_full_file(const struct cell_job *job);

/* What every process wrote: the kernel adds what it reaps to the one that reaped. 0 where nothing counts. */
uint64_t usage_written_bytes(void);

#endif
