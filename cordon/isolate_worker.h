/* isolate_worker.h - the keeper and the worker of isolate.h: what runs in processes of its own. */
#ifndef CORDON_CORDON_ISOLATE_WORKER_H
#define CORDON_CORDON_ISOLATE_WORKER_H

#include "analyzer/analyzer.h"

/* Builds with sanitizers: what these need of the machine is not what a worker needs. */
#ifndef __has_feature
#define __has_feature(x) 0
#endif
#define HAS_THREAD_SANITIZER  (__has_feature(thread_sanitizer) || WORKER_SANITIZE_THREAD)
#define HAS_ADDRESS_SANITIZER (__has_feature(address_sanitizer) || WORKER_SANITIZE_ADDRESS)
#ifdef __SANITIZE_THREAD__
#define WORKER_SANITIZE_THREAD 1
#else
#define WORKER_SANITIZE_THREAD 0
#endif
#ifdef __SANITIZE_ADDRESS__
#define WORKER_SANITIZE_ADDRESS 1
#else
#define WORKER_SANITIZE_ADDRESS 0
#endif

/* The keeper's whole life, in a process that was forked for it; it does not return. Each message on `control`
 * brings the descriptor of one check. */
void keeper_run(const struct ruleset *ruleset, int control);

/* What stands behind the worker's words on the descriptor of a check when it has ended: by the keeper. */
struct worker_end {
    uint32_t mark;  /* WORKER_END_MARK, which is no length of an answer */
    int32_t status; /* as waitpid says it */
};

enum { WORKER_END_MARK = -1 };

/* From here on this process can take memory, ask the time, and read and write what it has open: no file, no
 * socket, no process, no signal. Anything else ends it by SIGSYS. Without a way back. */
bool worker_confine(struct error *err);

#endif
