/* cordon.h - check code that nobody should trust, and run it in a cell. The only header that is installed.
 *
 * A cordon_gate holds compiled rules and a grant; it is immutable once opened and may be shared by threads.
 * Each call below that takes one may be made from any thread at any time. Nothing here prints, exits,
 * installs signal handlers or touches the caller's children.
 *
 * Structs of options begin with their size: set it to sizeof the struct, so that a later library knows which
 * fields the caller has. Start from all zeros; zero grants nothing. */
#ifndef CORDON_H
#define CORDON_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef CORDON_API
#define CORDON_API __attribute__((visibility("default")))
#endif

/* "MAJOR.MINOR.PATCH" of the library that is loaded. Static. */
CORDON_API const char *cordon_version(void);

struct cordon_gate;
struct cordon_answer;

struct cordon_gate_options {
    size_t struct_size;
    const char *const *rule_paths; /* rule files or folders; none: the policy's */
    size_t rule_path_count;
    const char *const *grants; /* "net=api.example.com:443", "fs.read=/data", "native" */
    size_t grant_count;
    const char *reject_at; /* "info", "warning", "error", "critical"; NULL: the policy's */
    const char *policy;    /* a profile ("agent", "strict", "data", "audit") or a file; NULL: "agent" */
};

/* Opens a gate. NULL where the rules or the options are wrong; `error` (which may be NULL) then gets one
 * sentence with the place and the remedy, cut to `error_size` bytes with its NUL. The caller closes the gate
 * after its last use. */
CORDON_API struct cordon_gate *cordon_gate_open(const struct cordon_gate_options *options, char *error,
                                                size_t error_size);
CORDON_API void cordon_gate_close(struct cordon_gate *gate);

/* Checks `length` bytes of a program in a language ("python", "javascript"). `path` is for the report alone.
 * Never NULL but where memory is out; an answer that could not be decided is not approved. The caller frees
 * it. */
CORDON_API struct cordon_answer *cordon_check(const struct cordon_gate *gate, const char *path,
                                              const char *language, const void *bytes, size_t length);

struct cordon_run_options {
    size_t struct_size;
    const char *const *arguments; /* behind the program's own name */
    size_t argument_count;
    const char *const *environment; /* "NAME=VALUE"; each name must be granted by "env=NAME" */
    size_t environment_count;
    const char *const *limits; /* "wall=10s", "memory=256MiB"; others keep their defaults */
    size_t limit_count;
    int stdin_fd;       /* read as the program takes it; 0 and below: no input */
    int cancel_fd;      /* readable: end the cell; 0 and below: never */
    bool runs_rejected; /* run in spite of a rejection; the record says so */
};

/* Checks and, where the gate approves, runs the program in a cell of its own and waits for its end. */
CORDON_API struct cordon_answer *cordon_run(const struct cordon_gate *gate, const char *path,
                                            const char *language, const void *bytes, size_t length,
                                            const struct cordon_run_options *options);

/* Whether the check approved. False too where cordon could not decide. */
CORDON_API bool cordon_answer_is_approved(const struct cordon_answer *answer);

/* Why cordon itself failed, or NULL where it did not. Lives as long as the answer. */
CORDON_API const char *cordon_answer_error(const struct cordon_answer *answer);

/* The whole record as JSON, as `cordon check` and `cordon run --format json` print it (docs/json.md). Lives
 * as long as the answer. */
CORDON_API const char *cordon_answer_json(const struct cordon_answer *answer);

/* What the program wrote, up to the limit, and its length; empty for a check. Lives as long as the answer. */
CORDON_API const char *cordon_answer_stdout(const struct cordon_answer *answer, size_t *length);
CORDON_API const char *cordon_answer_stderr(const struct cordon_answer *answer, size_t *length);

/* How the run ended ("exited", "signaled", "limit", "refused", "failed", "canceled"); "" for a check. Static.
 */
CORDON_API const char *cordon_answer_ended(const struct cordon_answer *answer);

/* The program's own exit status; -1 where it did not exit by itself. */
CORDON_API int cordon_answer_exit_code(const struct cordon_answer *answer);

CORDON_API void cordon_answer_free(struct cordon_answer *answer);

#ifdef __cplusplus
}
#endif

#endif
