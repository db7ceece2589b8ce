/* cordon.h - check code that nobody should trust, and run it in a cell. The only header that is installed.
 *
 * A cordon_gate holds compiled rules, a grant and, if asked for, a pool of cells that wait, booted, for their
 * one job. It may be shared by threads: every call that takes a gate may be made from any thread at any time,
 * but cordon_gate_close, which is the last; so may those without one. A cordon_answer belongs to one thread
 * at a time. What a call is given (options, texts, bytes) it needs until it returns and no longer. Nothing
 * here prints, exits, installs signal handlers, or touches the caller's children; a pool has one thread of
 * its own, which takes no signals. In a child that the caller forked, a gate works, and its runs start cold.
 *
 * Structs of options begin with their size: set it to sizeof the struct, so that a later library knows which
 * fields the caller has. Start from all zeros; zero grants nothing. Fields are only ever added at the end.
 * Texts are UTF-8 and end with NUL; a source is bytes and length. */
#ifndef CORDON_H
#define CORDON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef CORDON_API
#define CORDON_API __attribute__((visibility("default")))
#endif

/* "MAJOR.MINOR.PATCH" of the library that is loaded. Static. */
CORDON_API const char *cordon_version(void);

/* Whether this library has something: "run", "pool", "stream", "cancel", "audit", "isolate", "tools",
 * "language:NAME"
 * for what can be checked, "runtime:NAME" for what can be run on this machine. False for what it does not
 * know. */
CORDON_API bool cordon_has(const char *feature);

struct cordon_gate;
struct cordon_answer;
struct cordon_cancel;

/* ---- The gate ---- */

struct cordon_gate_options {
    size_t struct_size;
    const char *const *rule_paths; /* rule files or folders; none: the policy's */
    size_t rule_path_count;
    const char *const *grants; /* "net=api.example.com:443", "fs.read=/data", "native" */
    size_t grant_count;
    const char *reject_at; /* "info", "warning", "error", "critical"; NULL: the policy's */
    const char *policy;  /* a profile ("agent", "strict", "data", "hook", "audit") or a file; NULL: "agent" */
    uint32_t pool_cells; /* that may wait at once, for jobs of whatever kind came lately; 0: no pool */
    uint64_t pool_memory_bytes; /* of the interpreters that wait; 0: 512 MiB */
    uint32_t pool_idle_ms;      /* a cell that waited so long is replaced; 0: a minute */
    const char *log;    /* the audit log, a .jsonl file or a folder; NULL: none. A check or run that cannot be
                           recorded fails */
    const char *actor;  /* who asks, for the log; NULL: not said */
    bool isolate_check; /* sources are parsed in processes of their own, one each, with no files and no
                           network: what breaks the check, or holds it up, is a refusal (rule
                           "cordon.guard.worker") and does not reach the caller. They are forked from a copy
                           of the caller as it is now, so open the gate early, before secrets are read. Costs
                           a fork for each check, made in advance where there was time */
    uint32_t check_deadline_ms; /* of a check in a process of its own, by the clock; 0: 30 s */
};

/* Opens a gate. NULL where the rules or the options are wrong; `error` (which may be NULL) then gets one
 * sentence with the place and the remedy, cut to `error_size` bytes with its NUL. */
CORDON_API struct cordon_gate *cordon_gate_open(const struct cordon_gate_options *options, char *error,
                                                size_t error_size);

/* Ends the cells that wait, and returns when they are gone. No other call with this gate is under way or
 * follows. Answers stay good. NULL is fine. */
CORDON_API void cordon_gate_close(struct cordon_gate *gate);

/* ---- Checking ---- */

/* Checks `length` bytes of a program in a language ("python", "javascript", "typescript"). `path` is for the
 * report alone and may be NULL. NULL only where memory is out; an answer that could not be decided is not
 * approved. The caller frees it. */
CORDON_API struct cordon_answer *cordon_check(const struct cordon_gate *gate, const char *path,
                                              const char *language, const void *bytes, size_t length);

/* The same of a file; where that cannot be read, the answer has the error. Its language is guessed by name
 * and first line where `language` is NULL. */
CORDON_API struct cordon_answer *cordon_check_file(const struct cordon_gate *gate, const char *path,
                                                   const char *language);

/* ---- Tools ---- Functions of the caller's that a program in a cell may call (docs/tools.md): it sees a
 * function of that name in its module `cordon`, where the gate's grants have "tool=NAME". */

struct cordon_tool_call; /* one call under way; its function's alone, until that returns */

struct cordon_tool {
    size_t struct_size;
    const char *name;        /* an identifier */
    const char *description; /* for whoever writes programs; NULL: none */
    const char
        *parameters;    /* JSON Schema of an object; NULL: any object. Arguments that do not fit never come */
    const char *result; /* JSON Schema; NULL: anything. A result that does not fit is a failure */
    /* Called in a thread of cordon's, up to 16 at once, with all signals blocked. Gives its result by
     * cordon_tool_call_succeed and returns true, or cordon_tool_call_fail and false. cordon_run waits for the
     * calls under way for a second behind the end of the cell, so one that may take long watches
     * cordon_tool_call_stop_fd. One that has not returned then is left behind: it may go on, its arguments
     * and its struct cordon_tool_call stay until it returns, and nothing it says is heard. */
    bool (*call)(void *context, struct cordon_tool_call *call);
    void *context;                          /* as long as calls may be under way: see `release` */
    uint64_t arguments_bytes, result_bytes; /* at most; 0: 256 KiB and 1 MiB */
    uint32_t depth;                         /* lists and objects in each other; 0: 32 */
    uint32_t calls;                         /* in one run; 0: 1000 */
    uint32_t timeout_ms;                    /* then the program is answered without it; 0: 10 s */
    /* Called once for each tool of a run, whatever became of it, when no call is under way and none can come:
     * before cordon_run returns, or, where one was left behind, in that call's thread when it has returned.
     * NULL: not called. */
    void (*release)(void *context);
};

/* The arguments: a JSON object, with a NUL behind it; `length` may be NULL. Lives until the function returns.
 */
CORDON_API const char *cordon_tool_call_arguments(const struct cordon_tool_call *call, size_t *length);

/* The result as JSON, copied. False: it is none, or is over a limit, and the call has failed. */
CORDON_API bool cordon_tool_call_succeed(struct cordon_tool_call *call, const char *json, size_t length);

/* The message of the error that the program gets, copied and cut to 511 bytes. Returns false. */
CORDON_API bool cordon_tool_call_fail(struct cordon_tool_call *call, const char *message);

/* Milliseconds until nobody waits for this call. */
CORDON_API uint32_t cordon_tool_call_remaining_ms(const struct cordon_tool_call *call);

/* A descriptor that is readable when the run has ended; not to be read or closed. */
CORDON_API int cordon_tool_call_stop_fd(const struct cordon_tool_call *call);

/* ---- Running ---- */

struct cordon_run_options {
    size_t struct_size;
    const char *const *arguments; /* behind the program's own name */
    size_t argument_count;
    const char *const *environment; /* "NAME=VALUE"; each name must be granted by "env=NAME" */
    size_t environment_count;
    const char *const *limits; /* "wall=10s", "memory=256MiB"; others keep their defaults */
    size_t limit_count;
    int stdin_fd;            /* read as the program takes it; 0 and below: no input */
    int cancel_fd;           /* readable: end the cell; 0 and below: never */
    bool runs_rejected;      /* run in spite of a rejection; the record says so */
    const void *stdin_bytes; /* input from memory, where there is no stdin_fd */
    size_t stdin_length;
    struct cordon_cancel *cancel; /* ends the cell when it is fired; NULL: cancel_fd's turn */
    /* Called in the thread of cordon_run with output as it arrives, up to the limit; `stream` is 1 or 2.
     * False ends the cell: nobody reads any more. The answer collects the output in any case. NULL: only
     * collected. */
    bool (*on_output)(void *context, int stream, const void *bytes, size_t length);
    /* Called in the same thread: "approved" or "rejected" (behind the check), then "started" and "ended" (the
     * id of the run in `detail`). NULL: not called. */
    void (*on_event)(void *context, const char *event, const char *detail);
    void *context;
    const char *const *files; /* "HOST" or "HOST:NAME": copies in the scratch folder */
    size_t file_count;
    const char *artifacts_folder;           /* what the program leaves there is copied to; NULL: nothing is */
    const struct cordon_tool *const *tools; /* before the policy's of the same name; each must be granted */
    size_t tool_count;
};

/* Checks and, where the gate approves, runs the program in a cell of its own and waits for its end. `options`
 * may be NULL. The answer is as that of cordon_check. */
CORDON_API struct cordon_answer *cordon_run(const struct cordon_gate *gate, const char *path,
                                            const char *language, const void *bytes, size_t length,
                                            const struct cordon_run_options *options);

/* Ends runs from another thread: one object for one run, or for several, which then end as "canceled". NULL:
 * no memory, or no descriptors. The caller frees it. */
CORDON_API struct cordon_cancel *cordon_cancel_new(void);
/* Any thread, or a signal handler; once is as often. Runs that start later end too. */
CORDON_API void cordon_cancel_fire(struct cordon_cancel *cancel);
/* Behind the last run that has it. NULL is fine. */
CORDON_API void cordon_cancel_free(struct cordon_cancel *cancel);

/* ---- The pool of a gate ---- */

/* Boots cells for jobs of this language under these options (only limits count) until `cells` wait, and keeps
 * as many from now on. Waits at most `timeout_ms` for them. False with the reason: no pool, no such runtime,
 * or not in time. */
CORDON_API bool cordon_gate_warm(const struct cordon_gate *gate, const char *language,
                                 const struct cordon_run_options *options, uint32_t cells,
                                 uint32_t timeout_ms, char *error, size_t error_size);

/* Ends every cell that waits, and forgets how many cordon_gate_warm was to keep. */
CORDON_API void cordon_gate_drain(const struct cordon_gate *gate);

struct cordon_pool_stats {
    size_t struct_size;
    uint64_t warm_runs, cold_runs;
    uint64_t cells_booted, cells_discarded, cells_recycled;
    uint64_t waiting_memory_bytes;
    uint32_t cells_waiting, cells_booting;
};

/* Fills as many of the struct's fields as its size, which the caller sets, has; zeros without a pool. */
CORDON_API void cordon_gate_stats(const struct cordon_gate *gate, struct cordon_pool_stats *stats);

/* ---- Answers ---- What a call below returns lives as long as the answer. */

/* Whether the check approved. False too where cordon could not decide. */
CORDON_API bool cordon_answer_is_approved(const struct cordon_answer *answer);

/* Why cordon itself failed, or NULL where it did not. */
CORDON_API const char *cordon_answer_error(const struct cordon_answer *answer);

/* The whole record as JSON, as `cordon check` and `cordon run --format json` print it (docs/json.md). Made on
 * the first call; "" where memory is out. */
CORDON_API const char *cordon_answer_json(struct cordon_answer *answer);

struct cordon_finding {
    size_t struct_size;
    const char *rule_id, *severity, *message;
    const char *help;                      /* what to do about it; "" */
    const char *capability;                /* "net"; "" where it is none */
    const char *argument;                  /* "api.example.com:443"; NULL: not known */
    bool is_granted;                       /* the capability is covered by the grant */
    bool is_suppressed;                    /* the operator accepts it */
    uint32_t line, col, end_line, end_col; /* from 1; columns count characters */
    size_t start, end;                     /* bytes of the source */
};

/* The findings, in the order of the source. False: there is none of that number; otherwise fills as many of
 * the struct's fields as its size, which the caller sets, has. */
CORDON_API size_t cordon_answer_finding_count(const struct cordon_answer *answer);
CORDON_API bool cordon_answer_finding(struct cordon_answer *answer, size_t number,
                                      struct cordon_finding *finding);

/* What the program wrote, up to the limit: bytes of which any may be NUL, and none is added. `length` may be
 * NULL. Empty for a check. */
CORDON_API const char *cordon_answer_stdout(const struct cordon_answer *answer, size_t *length);
CORDON_API const char *cordon_answer_stderr(const struct cordon_answer *answer, size_t *length);

/* How the run ended ("exited", "signaled", "limit", "refused", "failed", "canceled"); "" for a check. Static.
 */
CORDON_API const char *cordon_answer_ended(const struct cordon_answer *answer);

/* The program's own exit status; -1 where it did not exit by itself. */
CORDON_API int cordon_answer_exit_code(const struct cordon_answer *answer);

/* The signal that ended it; 0. The limit that it was ended at ("wall", "memory", ...); "". Static. */
CORDON_API int cordon_answer_signal(const struct cordon_answer *answer);
CORDON_API const char *cordon_answer_limit(const struct cordon_answer *answer);

/* Milliseconds from the job to the end, and whether the cell waited for it in the pool. */
CORDON_API uint64_t cordon_answer_wall_ms(const struct cordon_answer *answer);
CORDON_API bool cordon_answer_was_warm(const struct cordon_answer *answer);

/* NULL is fine. */
CORDON_API void cordon_answer_free(struct cordon_answer *answer);

#ifdef __cplusplus
}
#endif

#endif
