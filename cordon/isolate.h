/* isolate.h - checks in processes of their own: who parses hostile code is not who asks.
 *
 * Theory of operation, three roles:
 * 1. the *host*, the caller's process, sends a source and reads an answer, which it believes nothing of but
 * that it is findings: places are checked against the source, texts are copied, the verdict is decided here.
 * 2. the *keeper*, forked when the isolate is opened, is a copy of the host with one thread, the compiled
 * rules and no descriptor but one socket. It parses nothing. For each source it forks a worker, a few in
 * advance, and ends one whose host has gone or does not want to wait.
 * 3. the *worker* checks one source and ends. It has one descriptor, resource limits, and a filter that ends
 * it at any system call but those for memory, time, and reading and writing that descriptor.
 *
 * A worker that crashes, is ended or is late is a refusal, by a finding of the guard `cordon.guard.worker`.
 * The keeper sends no SIGCHLD to the host, ends with it, and is started again where it died.
 *
 * A worker's memory is a copy of the host's, as it was when the isolate was opened (or a keeper that died was
 * started again), so open it before secrets are read. A worker that a source has taken over can leave
 * findings out: it can have its own source approved, and no other one. Any thread; an isolate is shared. */
#ifndef CORDON_CORDON_ISOLATE_H
#define CORDON_CORDON_ISOLATE_H

#include "analyzer/analyzer.h"

struct isolate;

enum { ISOLATE_DEADLINE_MS = 30000, ISOLATE_WORKERS_MAX = 64, ISOLATE_SPARES_MAX = 4 };

/* A host with several threads, or with many sources, calls ruleset_warm first: then nothing is half made in a
 * copy, and no worker makes it again. The rule set outlives it. `deadline_ms` of one check, by the clock; 0:
 * ISOLATE_DEADLINE_MS. NULL with an error. */
struct isolate *isolate_open(const struct ruleset *ruleset, uint32_t deadline_ms, struct error *err);
/* Behind the last check. NULL is fine. */
void isolate_close(struct isolate *isolate);

/* What checker_check does of one source, with these options (whose rule set is the isolate's): in a worker
 * where there is an isolate, otherwise here. False with an error: cordon could not decide. */
bool isolate_check(struct isolate *isolate, const struct checker_options *options, struct view path,
                   struct view bytes, const struct language *language, struct report *report,
                   struct error *err);

/* The keeper's process, for tests. */
int isolate_keeper(const struct isolate *isolate);

#endif
