/* http_stream.h - a run as server-sent events: what it prints as it prints it, then the result. */
#ifndef CORDON_CORDON_HTTP_STREAM_H
#define CORDON_CORDON_HTTP_STREAM_H

#include <microhttpd.h>

#include "cordon/http_server.h"

/* Starts the run in a thread of its own and makes the response that follows it: the request, with its job
 * that has a slot, belongs to the stream from then on (also where the response is NULL). False: not started;
 * it is still the caller's. */
bool http_stream_start(struct http_server *server, struct http_request *request,
                       struct MHD_Response **response);

#endif
