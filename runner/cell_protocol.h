/* cell_protocol.h - what the supervisor and cordon-cell say to each other over the control socket.
 *
 * Both are built together and meet on one machine, so plain structs in native order serve. The supervisor
 * sends one cell_job and its texts before bubblewrap starts; cordon-cell sends one cell_report at the end.
 * The program never has the socket. */
#ifndef CORDON_RUNNER_CELL_PROTOCOL_H
#define CORDON_RUNNER_CELL_PROTOCOL_H

#include <stdint.h>

/* The descriptors that cordon-cell finds open. */
enum cell_fd {
    CELL_FD_STDIN = 3,
    CELL_FD_STDOUT,
    CELL_FD_STDERR,
    CELL_FD_CONTROL,
    CELL_FD_LAST = CELL_FD_CONTROL
};

enum {
    CELL_MAGIC = 0x6c6c6563,
    CELL_JOB_BYTES_MAX = 4 * 1024 * 1024, /* arguments and environment: what execve takes at most is 2 MiB */
    CELL_TEXTS_MAX = 65536,
};

/* Behind it: the filter's bytes, then `argument_count` + `environment_count` texts, each with its NUL. */
struct cell_job {
    uint32_t magic;
    uint32_t filter_bytes;
    uint32_t argument_count, environment_count;
    uint32_t text_bytes;
    uint32_t reserved;
    uint64_t cpu_ms, memory_bytes, processes, files, file_size_bytes, disk_bytes;
};

enum cell_step { /* where cordon-cell failed */
                 CELL_STEP_NONE,
                 CELL_STEP_JOB,
                 CELL_STEP_LIMITS,
                 CELL_STEP_FORK,
                 CELL_STEP_STDIO,
                 CELL_STEP_FILTER,
                 CELL_STEP_EXEC,
};

struct cell_report {
    uint32_t magic;
    uint32_t step; /* not CELL_STEP_NONE: the program did not start; errno_value says why */
    int32_t errno_value;
    int32_t wait_status;
    uint32_t limit; /* enum limit; LIMIT_NONE: none was reached */
    uint32_t peak_processes;
    uint64_t cpu_ms, peak_memory_kib, disk_bytes;
};

#endif
