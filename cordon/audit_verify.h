/* audit_verify.h - whether an audit log is whole: chain, numbers, head, anchors, kept sources.
 *
 * What it proves: against the head (and better, against anchors that were kept elsewhere) no record was
 * changed, removed, moved or cut off. Who can write the log and its head can make both again from the first
 * record on; only an anchor out of their reach shows that. */
#ifndef CORDON_CORDON_AUDIT_VERIFY_H
#define CORDON_CORDON_AUDIT_VERIFY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/array.h"
#include "base/error.h"
#include "cordon/audit_chain.h"

enum { AUDIT_FAULTS_MAX = 100 };

struct audit_fault {
    const char *file; /* of the log */
    uint64_t line;
    const char *message;
    bool is_note; /* explained and harmless: a write that was cut short and closed */
};

struct audit_anchor {
    uint64_t seq;
    const char *sha256;
    bool was_seen;
};

struct audit_verdict {
    bool is_intact; /* zero means no */
    uint64_t records, files, kept_sources;
    uint64_t fault_count; /* all; at most AUDIT_FAULTS_MAX are listed */
    ARRAY_OF(struct audit_fault) faults;
    struct chain_head end; /* of the last record */
};

/* Reads the whole log. False: it cannot be read. The arena owns the verdict's texts. `is_partial`: the log
 * may begin behind its first record. */
bool audit_verify(struct audit_verdict *verdict, struct arena *arena, const char *path,
                  struct audit_anchor *anchors, uint32_t anchor_count, bool is_partial, struct error *err);

/* "SEQ:SHA256". */
bool audit_anchor_parse(const char *text, struct audit_anchor *anchor, struct error *err);

/* The head file of a log. False: there is none that could be read. */
bool audit_head_read(const char *path, struct chain_head *head);

#endif
