/* request.h - the head of a request to the proxy, read strictly: what two readers could read in two ways is
 * refused. Pure; views point into the head. Source: RFC 9112 and 9110. */
#ifndef CORDON_GATEWAY_REQUEST_H
#define CORDON_GATEWAY_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/view.h"
#include "gateway/limits.h"

enum body_kind { BODY_NONE, BODY_LENGTH, BODY_CHUNKED };

struct request_header {
    struct view name, value;
};

struct request {
    struct view method;
    bool is_connect;
    bool is_old;    /* HTTP/1.0 */
    bool is_secure; /* read within TLS that the gateway ends */
    char host[256]; /* lower case, without brackets and a last dot */
    uint16_t port;
    struct view path; /* of a plain request, with its query; "" is "/" */
    enum body_kind body;
    uint64_t body_bytes;   /* BODY_LENGTH */
    bool expects_continue; /* the client sends its body when it is told to */
    struct request_header headers[LIMIT_HEADERS];
    uint32_t header_count;
};

/* Reads a head up to and with its empty line. NULL: it is sound. Otherwise why it is refused, in words for
 * the one who sent it. Static. */
const char *request_parse(struct request *request, struct view head);

/* The same of a request within a tunnel to this host: in origin form, "/path". */
const char *request_parse_within(struct request *request, struct view head, const char *host, uint16_t port);

/* Writes the head that goes to the server: origin form, one Host, no header that is for one hop, and
 * "Connection: close". Returns its length, or 0 where it does not fit. */
size_t request_write(const struct request *request, char *out, size_t size_bytes);

/* Whether a header of it would make some servers take another method or another path than the request line's.
 */
bool request_overrides(const struct request *request);

/* Whether it is a token: what methods and the names of headers are. */
bool request_is_token(struct view text);

/* Whether a header is for one hop, or is written anew for the next. */
bool request_is_hop(struct view name);

/* Reads "HOST:PORT" or "[ADDRESS]:PORT" into lower case; a missing port is `port`, and 0 makes one necessary.
 * False: it is none. */
bool request_authority(struct view text, uint16_t default_port, char host[256], uint16_t *port);

#endif
