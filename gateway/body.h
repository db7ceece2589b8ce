/* body.h - the body of a plain request, from the client to the server: exactly what its head announced, so
 * that nothing behind it reaches the server as a request of its own. */
#ifndef CORDON_GATEWAY_BODY_H
#define CORDON_GATEWAY_BODY_H

#include "gateway/pump.h"
#include "gateway/request.h"

/* What was read from one side and not used yet. */
struct reader {
    const struct link *link;
    char bytes[LIMIT_HEAD_BYTES];
    size_t start, end;
    struct view watch; /* what a body may not hold; empty: anything */
    char seen[64];     /* the end of what was passed, where the beginning of that could be */
    size_t seen_length;
    bool has_found; /* it was there */
};

/* Reads more, up to the deadline. False: none came, or there is no room. */
bool reader_fill(struct reader *reader, const struct pump *pump, uint64_t deadline_ms);

/* False: the client did not send what it announced, or the server takes no more, or there is what is watched
 * for. */
bool body_pass(struct pump *pump, struct reader *reader, const struct request *request);

#endif
