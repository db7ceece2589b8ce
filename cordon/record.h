/* record.h - what goes into the audit log: one record for each check; two for each run, before and after the
 * cell. Bounded, and ASCII alone: no byte of a program reaches the log as it is.
 *
 *     check        a source was checked (or could not be)
 *     run.start    an approved program is about to start; on the disk before the cell is made
 *     run.end      how it ended; the same `id`
 *     gateway.decision, gateway.connection, tool.call, tool.end
 *                  what a run did outside its cell, as it happens (run_events.h); the same `id`
 *     run.refused  the gate did not let it run
 *     run.failed   cordon could not check it, or could not make the cell
 *
 * docs/audit.md has the fields. */
#ifndef CORDON_CORDON_RECORD_H
#define CORDON_CORDON_RECORD_H

#include <jansson.h>
#include <stdbool.h>

#include "analyzer/analyzer.h"
#include "cordon/audit_log.h"
#include "cordon/policy.h"
#include "runner/runner.h"

enum {
    RECORD_FINDINGS_MAX = 50,      /* in one record; `finding_count` has all */
    RECORD_USES_MAX = 100,         /* capabilities in each list */
    RECORD_TEXT_BYTES = 240,       /* of a message, an argument */
    RECORD_PATH_BYTES = 1024,      /* of a path */
    RECORD_ACTOR_BYTES = 256,      /* of --actor */
    RECORD_ID_BYTES = 32,          /* 128 random bits, hexadecimal */
    RECORD_TRACEPARENT_BYTES = 55, /* W3C Trace Context, version 00 */
};

/* Who asks. Texts are the caller's and outlive the record. */
struct caller {
    const char *via;         /* "cli", "library", "mcp", "http", "hook" */
    const char *actor;       /* --actor; NULL: not said */
    const char *traceparent; /* NULL: none */
    const char *client;      /* what an MCP or HTTP client calls itself; NULL: nothing */
    bool has_peer;           /* of a unix socket, as the kernel says */
    unsigned peer_uid;
    int peer_pid;
};

/* One request on its way through the gate: everything that its records share. */
struct audit {
    struct audit_log *log; /* NULL: the policy allows none, and none was wanted */
    const struct caller *caller;
    const struct policy *policy;
    const char *rules; /* SHA-256 of the rules; NULL where they could not be read */
    char id[RECORD_ID_BYTES + 1];
};

/* A new id for the next request. */
void audit_id_make(struct audit *audit);

/* Closes the log. */
void audit_clear(struct audit *audit);
#define AUTO_AUDIT CLEANUP(audit_clear)

/* Each writes one record. False: it is not in the log, so what was asked must not happen (or, behind a run,
 * has happened and is not on record: cordon failed). `report` is NULL where the check did not come to a
 * decision, and `failure` says why. */
bool record_check(const struct audit *audit, struct view path, struct view bytes, const struct report *report,
                  const struct error *failure, struct error *err);
bool record_start(const struct audit *audit, const struct report *report, const struct spec *spec,
                  struct error *err);
bool record_end(const struct audit *audit, const struct result *result, const struct error *failure,
                struct error *err);
/* An event of a run under way, with these fields; takes the reference. */
bool record_event(const struct audit *audit, const char *event, json_t *fields, struct error *err);
/* run.refused with a NULL failure, otherwise run.failed. */
bool record_refuse(const struct audit *audit, struct view path, struct view bytes,
                   const struct report *report, const struct error *failure, struct error *err);

/* Whether a text is a traceparent of version 00 that names a trace. */
bool record_is_traceparent(const char *text);

#endif
