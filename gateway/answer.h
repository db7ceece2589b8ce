/* answer.h - the head of a server's answer, read strictly. Pure; views point into the head. Source: RFC 9112
 * and 9110. */
#ifndef CORDON_GATEWAY_ANSWER_H
#define CORDON_GATEWAY_ANSWER_H

#include "gateway/request.h"

enum answer_body { ANSWER_EMPTY, ANSWER_LENGTH, ANSWER_CHUNKED, ANSWER_UNTIL_END };

struct answer {
    unsigned status;
    bool is_interim; /* 1xx: another answer follows */
    struct view reason;
    enum answer_body body;
    uint64_t body_bytes; /* ANSWER_LENGTH; of an answer without a body what is announced */
    bool has_length;
    bool is_coded; /* compressed, or whatever else a Content-Encoding says */
    struct request_header headers[LIMIT_ANSWER_HEADERS];
    uint32_t header_count;
};

/* Reads a head up to and with its empty line. `method`: of the request. NULL: it is sound. Otherwise why not;
 * static. */
const char *answer_parse(struct answer *answer, struct view head, struct view method);

/* Writes the head that goes to the client: no header that is for one hop, "Connection: close", chunks where
 * the length is not known, unless the client is too old for them. Returns its length, or 0 where it does not
 * fit. */
size_t answer_write(const struct answer *answer, bool is_old_client, char *out, size_t size_bytes);

#endif
