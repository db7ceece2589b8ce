/* cell_protocol.h - what the supervisor and cordon-cell say to each other over the control socket.
 *
 * Both are built together and meet on one machine, so plain structs in native order serve. The supervisor
 * sends one cell_job and its texts before bubblewrap starts; cordon-cell sends one cell_report at the end.
 * The program never has the socket.
 *
 * A waiting cell is told CELL_GO when it gets its job. Its interpreter says on a socket of its own that it
 * waits (8 bytes: the pages that are its own), and takes the job there: a cell_go and the texts behind it. */
#ifndef CORDON_RUNNER_CELL_PROTOCOL_H
#define CORDON_RUNNER_CELL_PROTOCOL_H

#include <stdint.h>

/* The descriptors that cordon-cell finds open. */
enum cell_fd {
    CELL_FD_STDIN = 3,
    CELL_FD_STDOUT,
    CELL_FD_STDERR,
    CELL_FD_CONTROL,
    CELL_FD_JOB,   /* of a waiting cell: where its interpreter takes the job from; otherwise nothing */
    CELL_FD_TOOLS, /* of a cell with host tools: the program's way to them; otherwise nothing */
    CELL_FD_LAST = CELL_FD_TOOLS
};

enum {
    CELL_MAGIC = 0x6c6c6563,
    CELL_JOB_BYTES_MAX = 4 * 1024 * 1024, /* arguments and environment: what execve takes at most is 2 MiB */
    CELL_TEXTS_MAX = 65536,
    CELL_FILES_MAX = 64,         /* files that go in; their descriptors fit one message */
    CELL_FILE_NAME_BYTES = 1024, /* of the name of one, with its NUL */
    CELL_PROXY_PORT = 3128,      /* on the cell's loopback: the gateway's proxy */
    CELL_PROGRAM_TOOLS_FD = 4,   /* CELL_FD_TOOLS as the program has it; known to tools.py and tools.cjs */
    CELL_FILE_TIME = 1, /* modified then (seconds of 1970): a file that went in and was not changed */
};

/* Behind it: the filter's bytes, then `argument_count` + `environment_count` + `file_count` texts, each with
 * its NUL; then, where there are files, one byte with their descriptors. */
struct cell_job {
    uint32_t magic;
    uint32_t filter_bytes;
    uint32_t argument_count, environment_count;
    uint32_t text_bytes;
    uint32_t allows_exec;      /* programs may be started behind the interpreter */
    uint32_t program_argument; /* which argument is the program's file */
    uint32_t file_count;
    uint32_t gives_scratch; /* the report brings a descriptor of the scratch folder */
    uint32_t is_waiting;    /* the interpreter takes its job from descriptor 3; the clock starts at CELL_GO */
    uint32_t seals_mounts;  /* nothing in what the program can write to is run as machine code */
    uint32_t has_loopback;  /* sockets of the cell's own loopback are real */
    uint32_t has_network;   /* has_loopback; a listener for the gateway is sent first */
    uint32_t has_tools;     /* the program has CELL_FD_TOOLS */
    uint64_t cpu_ms, memory_bytes, processes, files, file_size_bytes, disk_bytes, inodes;
};

enum { CELL_GO = 0x6f67 };

/* Behind it: `text_bytes` of texts, each with its NUL: arguments, then NAME=VALUE. */
struct cell_go {
    uint32_t magic;
    uint32_t argument_count;
    uint32_t text_bytes;
};

enum cell_step { /* where cordon-cell failed */
                 CELL_STEP_NONE,
                 CELL_STEP_JOB,
                 CELL_STEP_LIMITS,
                 CELL_STEP_FORK,
                 CELL_STEP_STDIO,
                 CELL_STEP_FILTER,
                 CELL_STEP_EXEC,
                 CELL_STEP_FILES,
                 CELL_STEP_NETWORK,
                 CELL_STEP_MOUNTS,
};

/* What the flight recorder saw: calls that the filter hands to cordon-cell. */
enum cell_event_kind {
    CELL_EVENT_DENIED,
    CELL_EVENT_SOCKET,
    CELL_EVENT_CONNECT,
    CELL_EVENT_EXEC,
    CELL_EVENT_OPEN,
    CELL_EVENT_KIND_COUNT
};

enum { CELL_EVENTS_MAX = 64, CELL_EVENT_TEXT_BYTES = 232 };

struct cell_event {
    uint32_t kind;      /* enum cell_event_kind */
    int32_t number;     /* of the system call; of the family for a socket */
    uint32_t count;     /* how often the same was seen */
    uint32_t is_denied; /* 0: it was let through */
    uint64_t reserved;
    char text[CELL_EVENT_TEXT_BYTES]; /* a path or an address, cut off at the end, ended by NUL */
};

/* Behind it: `event_count` events. */
struct cell_report {
    uint32_t magic;
    uint32_t step; /* not CELL_STEP_NONE: the program did not start; errno_value says why */
    int32_t errno_value;
    int32_t wait_status;
    uint32_t limit; /* enum limit; LIMIT_NONE: none was reached */
    uint32_t peak_processes;
    uint64_t cpu_ms, peak_memory_kib, disk_bytes;
    uint64_t written_bytes;    /* by write calls of every process, to whatever */
    uint32_t programs_started; /* by execve, the interpreter among them */
    uint32_t event_count, events_dropped;
    uint32_t reserved;
};

#endif
