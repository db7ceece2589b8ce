/* audit_chain.h - the form of the audit log: one JSON object a line, each with its number and the SHA-256 of
 * the line before it; and the head, which says what the last line is. Pure; owns nothing; any thread.
 *
 *     {"v":1,"seq":7,"prev":"<64 hexadecimal digits>","time":...}
 *
 * The three leading fields stand in this order and without spaces, so that a writer finds the end of a log
 * without a JSON parser. Everything behind them is the body. */
#ifndef CORDON_CORDON_AUDIT_CHAIN_H
#define CORDON_CORDON_AUDIT_CHAIN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/digest.h"
#include "base/view.h"

enum {
    CHAIN_LINE_BYTES = 512 * 1024, /* the longest line; a record is shortened to less */
    CHAIN_HEAD_BYTES = 137,        /* the head file: fixed, so that it is rewritten in place by one write */
    CHAIN_LOG_ID_BYTES = 32,
};

/* The `prev` of the first record. */
#define CHAIN_GENESIS "0000000000000000000000000000000000000000000000000000000000000000"

struct chain_link {
    uint64_t seq;
    char prev[DIGEST_HEX_BYTES + 1];
};

/* What the last whole record is. */
struct chain_head {
    char log[CHAIN_LOG_ID_BYTES + 1]; /* the log's own name, from its first record */
    uint64_t seq;
    struct digest digest; /* of the line without its LF */
};

/* The leading fields of a line (without LF). False: it is no record. */
bool chain_link_parse(struct view line, struct chain_link *link);

/* Writes the leading fields, with the comma behind them; returns their length. */
unsigned chain_link_format(char out[160], const struct chain_link *link);

/* The head file's text. Parsing takes exactly what formatting makes. */
void chain_head_format(char out[CHAIN_HEAD_BYTES + 1], const struct chain_head *head);
bool chain_head_parse(struct view text, struct chain_head *head);

#endif
