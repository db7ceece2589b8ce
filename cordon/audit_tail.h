/* audit_tail.h - what a writer finds at the end of a log, and what it has to say about it. */
#ifndef CORDON_CORDON_AUDIT_TAIL_H
#define CORDON_CORDON_AUDIT_TAIL_H

#include "base/error.h"
#include "cordon/audit_chain.h"

enum tail_state {
    TAIL_EMPTY,   /* neither log nor head: a new log */
    TAIL_WHOLE,   /* the last record is what the head says, or the one behind it */
    TAIL_TORN,    /* the last line is not whole: a writer was killed, or the disk was full */
    TAIL_LOST,    /* the head knows of records that are not there */
    TAIL_CHANGED, /* the last line is not what the head says */
    TAIL_NO_HEAD, /* records, and no head */
};

struct audit_tail {
    enum tail_state state;
    bool is_torn;           /* the file does not end with a LF */
    struct chain_head head; /* of the last line, as it is */
    uint64_t last_seq;      /* of the last whole record that is there */
    uint64_t next_seq;      /* of the record to come */
};

/* False: the file is no log of cordon. */
bool audit_tail_read(struct audit_tail *tail, int log_fd, int head_fd, struct error *err);

/* The record that a writer puts before its own in every state but TAIL_WHOLE: `open` or `recover`. */
void audit_tail_body(const struct audit_tail *tail, char *out, size_t size_bytes);

#endif
