/* body.h - the body of a plain request, from the client to the server: exactly what its head announced, so
 * that nothing behind it reaches the server as a request of its own. */
#ifndef CORDON_GATEWAY_BODY_H
#define CORDON_GATEWAY_BODY_H

#include "gateway/pump.h"
#include "gateway/request.h"

/* What was read from the client and not used yet. */
struct reader {
    char bytes[LIMIT_HEAD_BYTES];
    size_t start, end;
};

/* Reads more, up to the deadline. False: none came, or there is no room. */
bool reader_fill(struct reader *reader, const struct pump *pump, uint64_t deadline_ms);

/* False: the client did not send what it announced, or the server takes no more. */
bool body_pass(struct pump *pump, struct reader *reader, const struct request *request);

#endif
