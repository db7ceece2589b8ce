/* The head of a request to the proxy, whatever its bytes are. What is taken must, as it is passed on, be
 * taken again and say the same. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/request.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* With Host, a length and Connection of its own it may be one that is not taken again. */
static bool is_at_limit(const struct request *request)
{
    return request->header_count + 3 > LIMIT_HEADERS;
}

/* Within TLS that the gateway ends: what is taken is passed on as it was, for the tunnel's host. */
static void within_try(struct view bytes)
{
    static struct request first, second;
    static char out[2 * LIMIT_HEAD_BYTES];
    if (request_parse_within(&first, bytes, "a.example", 8443) || is_at_limit(&first)) return;
    size_t length = request_write(&first, out, sizeof out);
    if (length == 0) return;
    bool is_same = !request_parse_within(&second, view_make(out, length), "a.example", 8443) &&
                   !first.is_connect && view_equals(first.path, second.path) && first.body == second.body &&
                   first.body_bytes == second.body_bytes;
    if (!is_same) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    within_try(view_make((const char *)data, size));
    static struct request first, second;
    static char out[2 * LIMIT_HEAD_BYTES], again[3 * LIMIT_HEAD_BYTES];
    if (request_parse(&first, view_make((const char *)data, size)) || first.is_connect) return 0;
    if (is_at_limit(&first)) return 0;
    size_t length = request_write(&first, out, sizeof out);
    if (length == 0) return 0;
    struct view method, rest;
    view_split(view_make(out, length), ' ', &method, &rest);
    bool is_address = strchr(first.host, ':') != NULL;
    int put = snprintf(again, sizeof again, "%.*s http://%s%s%s:%u%.*s", VIEW_ARGS(method),
                       is_address ? "[" : "", first.host, is_address ? "]" : "", first.port, VIEW_ARGS(rest));
    const char *refusal = request_parse(&second, view_make(again, (size_t)put));
    if (refusal || strcmp(first.host, second.host) != 0 || first.port != second.port ||
        first.body != second.body || first.body_bytes != second.body_bytes ||
        second.header_count > first.header_count + 3)
        abort();
    return 0;
}
