/* audit_log.h - the audit log, written: records go to its end, chained (audit_chain.h), by any number of
 * processes and threads.
 *
 * Three files: the log; PATH.head, which says what its last record is and is the lock; PATH.sources/, the
 * sources by their SHA-256, where the policy wants them. A full log becomes PATH.000001, .000002 and so on,
 * and the chain goes on in a new one.
 *
 * The log is only ever appended to. What a killed process or a full disk left half written stays and is
 * closed by the next writer with a record that says so; what is missing at the end, against the head, too. */
#ifndef CORDON_CORDON_AUDIT_LOG_H
#define CORDON_CORDON_AUDIT_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/view.h"

/* When a record must have reached the disk before the work goes on. */
enum audit_sync {
    AUDIT_SYNC_RUN,    /* the record that a cell is about to start; the others with it */
    AUDIT_SYNC_ALWAYS, /* every record */
    AUDIT_SYNC_NEVER,  /* the kernel writes when it likes: a crash of the machine may cost the last seconds */
};

/* What the operator wants of the log. The zero value: the default place, no sources, no anchor. */
struct audit_settings {
    const char *path;      /* a file ending in .jsonl, or the folder of log.jsonl; NULL: the default place */
    const char *anchor;    /* a datagram socket in the form of syslog's that gets every head; NULL: none */
    uint64_t rotate_bytes; /* 0: AUDIT_ROTATE_BYTES */
    uint64_t events_max;   /* of a run's, as they happen; of refusals a tenth; 0: AUDIT_EVENTS */
    enum audit_sync sync;
    bool keeps_sources;
    bool is_optional; /* --no-log is allowed */
    bool is_off;      /* ... and was given */
};

#define AUDIT_ROTATE_BYTES (64ull << 20)

/* All that LIMIT_CONNECTIONS_TOTAL lets happen, some 8 MiB: a program that asks without an end must not fill
 * the disk. */
enum { AUDIT_EVENTS = 20000, AUDIT_EVENTS_MAX = 1000000 };

struct audit_log;

/* Opens the log, and makes its folder where there is none. NULL with the remedy: it cannot be written, so
 * nothing may run. */
struct audit_log *audit_log_open(const struct audit_settings *settings, struct error *err);
void audit_log_close(struct audit_log *log);

/* Appends one record: `body` is a JSON object in ASCII without the leading fields, at most CHAIN_LINE_BYTES
 * less 1 KiB. True: it is in the log, and on the disk where `is_intent` (a cell is about to start) or the
 * settings want that. Any thread. */
bool audit_log_append(struct audit_log *log, struct view body, bool is_intent, struct error *err);

/* Keeps a source under its digest, if the settings want it. `*is_kept` says whether it is there. */
bool audit_log_keep(struct audit_log *log, const char *sha256, struct view bytes, bool *is_kept,
                    struct error *err);

/* The file that the settings mean, in the arena: $LOGS_DIRECTORY of a service, $XDG_STATE_HOME/cordon,
 * /var/log/cordon for root, ~/.local/state/cordon. */
bool audit_place(struct arena *arena, const struct audit_settings *settings, const char **path,
                 struct error *err);

#endif
