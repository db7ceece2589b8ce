/* library.h - what libcordon's handles hold. Inside the library. */
#ifndef CORDON_CORDON_LIBRARY_H
#define CORDON_CORDON_LIBRARY_H

#include <stdatomic.h>
#include <stddef.h>

#include "cordon/cordon.h"
#include "cordon/isolate.h"
#include "cordon/job.h"
#include "cordon/policy.h"
#include "cordon/record.h"
#include "cordon/tooling.h"

/* Immutable once open, but for what has a lock of its own. */
struct cordon_gate {
    atomic_uint references; /* the caller's, and one for each answer */
    struct arena arena;
    struct ruleset *ruleset;
    struct isolate *isolate; /* where sources are checked; NULL: in the caller's thread */
    struct policy policy;
    struct pool *pool;     /* NULL: none */
    struct audit_log *log; /* NULL: none */
    struct caller caller;
};

struct cordon_answer {
    struct cordon_gate *gate;
    struct arena arena;
    struct error error;
    char error_text[1400];
    bool was_checked, has_result, runs_rejected;
    struct report report;
    struct result result;
    char *json;
};

/* A new reference; the last one closes. */
struct cordon_gate *gate_retain(const struct cordon_gate *gate);
void gate_release(struct cordon_gate *gate);

/* A copy of the caller's struct of options as this library knows it: what the caller's is too short for is
 * zero. Not shorter than `least`, and what a later caller has behind ours must be zero. */
bool library_options_take(void *options, size_t size, size_t least, const void *given, struct error *err);
bool run_options_take(struct cordon_run_options *options, const struct cordon_run_options *given,
                      struct error *err);

/* The policy's limits with the run's on top. */
bool run_limits_read(const struct cordon_gate *gate, struct limits *limits,
                     const struct cordon_run_options *options, struct error *err);

/* The caller's tools of one run, each with a reference. */
struct functions {
    struct function **items;
    size_t count;
};

/* False: one is wrong; those that are not are released by functions_close all the same. */
bool functions_open(struct functions *functions, const struct cordon_run_options *options, struct error *err);
void functions_close(struct functions *functions);

/* The tools of a run: the caller's, then the policy's, as far as they are granted. The functions, and the
 * arena that owns the rest, outlive it. */
bool library_tooling_make(struct tooling *tooling, const struct cordon_gate *gate, struct arena *arena,
                          const struct functions *functions, struct error *err);

/* What the structs had when there was first a library. */
#define GATE_OPTIONS_LEAST offsetof(struct cordon_gate_options, pool_cells)
#define RUN_OPTIONS_LEAST  offsetof(struct cordon_run_options, stdin_bytes)

/* With the source copied into the answer. NULL: no memory. */
struct cordon_answer *answer_new(const struct cordon_gate *gate, struct job_source *source, const char *path,
                                 const char *language, const void *bytes, size_t length);

/* Through the analyzer; on record where there is a log and `is_alone` (a run has records of its own). */
void answer_check(struct cordon_answer *answer, const struct job_source *source, bool is_alone);

struct audit answer_audit(const struct cordon_answer *answer);

#endif
