/* answer_pass.h - a server's answer on its way to the client, with the secret taken out of it. */
#ifndef CORDON_GATEWAY_ANSWER_PASS_H
#define CORDON_GATEWAY_ANSWER_PASS_H

#include "gateway/answer.h"
#include "gateway/pump.h"
#include "gateway/scrub.h"

enum { ANSWER_READ_BYTES = 16 * 1024 };

/* What an answer takes; in memory that is wiped, since a secret may come back in it. */
struct answer_space {
    struct scrub scrub;
    struct answer answer;
    char in[LIMIT_ANSWER_HEAD_BYTES]; /* read and not used yet */
    size_t in_start, in_end;
    char out[LIMIT_ANSWER_HEAD_BYTES + 1024]; /* to be scrubbed and sent */
    size_t out_length;
};

_Static_assert(SCRUB_UNIT_BYTES *SECRET_VALUE_MAX + ANSWER_READ_BYTES <= LIMIT_ANSWER_HEAD_BYTES,
               "what is held back leaves room for what comes");

/* Passes the answer to a request. NULL: the whole of it. Otherwise why not; static. `has_begun`: the client
 * has the head of it already. */
const char *answer_pass(struct pump *pump, struct answer_space *space, struct view secret,
                        const struct request *request, bool *has_begun);

#endif
