#include "cordon/http_server.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "base/embed.h"
#include "base/io.h"
#include "cordon/http_library.h"
#include "cordon/http_stream.h"
#include "cordon/report_json.h"

extern const struct embedded_file http_schema_files[];
extern const unsigned http_schema_count;

static const char type_json[] = "application/json";

/* Sends `response`, which it takes; NULL ends the connection. */
static enum MHD_Result response_send(struct http_server *server, struct MHD_Connection *connection,
                                     const struct http_request *request, unsigned status, const char *type,
                                     struct MHD_Response *response)
{
    if (!response) return MHD_NO;
    http.MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, type);
    http.MHD_add_response_header(response, "Cache-Control", "no-store");
    http.MHD_add_response_header(response, "X-Content-Type-Options", "nosniff");
    if (request && request->caller.traceparent)
        http.MHD_add_response_header(response, "traceparent", request->caller.traceparent);
    if (status == MHD_HTTP_TOO_MANY_REQUESTS || status == MHD_HTTP_SERVICE_UNAVAILABLE)
        http.MHD_add_response_header(response, MHD_HTTP_HEADER_RETRY_AFTER, "1");
    if (status == MHD_HTTP_UNAUTHORIZED)
        http.MHD_add_response_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer realm=\"cordon\"");
    metrics_status(&server->metrics, status);
    enum MHD_Result result = http.MHD_queue_response(connection, status, response);
    http.MHD_destroy_response(response);
    return result;
}

/* Takes the reference. */
static enum MHD_Result json_send(struct http_server *server, struct MHD_Connection *connection,
                                 const struct http_request *request, unsigned status, json_t *json)
{
    char *text = json_dumps(json, JSON_COMPACT);
    json_decref(json);
    if (!text) return MHD_NO;
    return response_send(server, connection, request, status, type_json,
                         http.MHD_create_response_from_buffer(strlen(text), text, MHD_RESPMEM_MUST_FREE));
}

static enum MHD_Result error_send(struct http_server *server, struct MHD_Connection *connection,
                                  struct http_request *request, unsigned status, const struct error *err)
{
    return json_send(server, connection, request, status,
                     json_pack("{s:o}", "error", report_json_error(err)));
}

static enum MHD_Result refuse(struct http_server *server, struct MHD_Connection *connection,
                              struct http_request *request, unsigned status, const char *message,
                              const char *remedy)
{
    struct error err = {0};
    error_set(&err, ERROR_INPUT, "%s", message);
    if (remedy) error_remedy(&err, "%s", remedy);
    return error_send(server, connection, request, status, &err);
}

static const char *header_of(struct MHD_Connection *connection, const char *name)
{
    return http.MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
}

static bool is_authorized(const struct http_server *server, struct MHD_Connection *connection)
{
    static const char scheme[] = "Bearer ";
    const char *given = header_of(connection, MHD_HTTP_HEADER_AUTHORIZATION);
    if (!server->has_token) return true;
    if (!given || strncasecmp(given, scheme, sizeof scheme - 1) != 0) return false;
    struct digest digest = digest_sha256(view_of_cstr(given + sizeof scheme - 1));
    unsigned difference = 0;
    for (int i = 0; i < DIGEST_HEX_BYTES; i++) difference |= (unsigned)(digest.hex[i] ^ server->token.hex[i]);
    return difference == 0;
}

static int socket_of(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        http.MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

static void caller_fill(struct http_server *server, struct MHD_Connection *connection,
                        struct http_request *request)
{
    struct ucred peer;
    socklen_t length = sizeof peer;
    const char *actor = header_of(connection, "Cordon-Actor"), *trace = header_of(connection, "traceparent");
    const char *client = header_of(connection, MHD_HTTP_HEADER_USER_AGENT);
    snprintf(request->actor, sizeof request->actor, "%s", actor ? actor : server->actor ? server->actor : "");
    snprintf(request->client, sizeof request->client, "%s", client ? client : "");
    request->caller = (struct caller){.via = "http", .actor = request->actor, .client = request->client};
    if (record_is_traceparent(trace)) {
        memcpy(request->traceparent, trace, sizeof request->traceparent);
        request->caller.traceparent = request->traceparent;
    }
    /* On TCP there is none, and the kernel says so by pid 0. */
    if (getsockopt(socket_of(connection), SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0 || peer.pid <= 0)
        return;
    request->caller.has_peer = true;
    request->caller.peer_uid = peer.uid;
    request->caller.peer_pid = peer.pid;
}

void http_request_free(struct http_server *server, struct http_request *request)
{
    if (!request) return;
    atomic_fetch_sub(&server->body_bytes, request->capacity);
    atomic_fetch_sub(&server->requests, 1);
    free(request->body);
    arena_clear(&request->arena);
    free(request);
}

/* NULL where all bodies together have no room for more. */
static char *body_reserve(struct http_server *server, struct http_request *request, size_t wanted)
{
    if (wanted <= request->capacity) return request->body;
    size_t capacity = request->capacity ? 2 * request->capacity : 16384;
    if (capacity < wanted) capacity = wanted;
    size_t more = capacity - request->capacity;
    if (atomic_fetch_add(&server->body_bytes, more) + more > HTTP_BODIES_BYTES) {
        atomic_fetch_sub(&server->body_bytes, more);
        return NULL;
    }
    char *body = realloc(request->body, capacity);
    if (!body) {
        atomic_fetch_sub(&server->body_bytes, more);
        return NULL;
    }
    request->body = body;
    request->capacity = capacity;
    return body;
}

static enum MHD_Result upload_take(struct http_server *server, struct http_request *request,
                                   const char *bytes, size_t *length)
{
    size_t wanted = request->length + *length;
    if (wanted > HTTP_BODY_BYTES || io_now_ms() - request->started_ms > HTTP_UPLOAD_MS) return MHD_NO;
    char *body = request->refusal ? NULL : body_reserve(server, request, wanted);
    if (!body && !request->refusal) return MHD_NO;
    if (body) memcpy(body + request->length, bytes, *length);
    request->length = wanted;
    *length = 0;
    return MHD_YES;
}

static unsigned status_of(const struct service_answer *answer)
{
    switch (answer->error.code) {
    case ERROR_NONE:
        return MHD_HTTP_OK;
    case ERROR_USAGE:
    case ERROR_INPUT:
    case ERROR_LIMIT:
    case ERROR_UNSUPPORTED:
        return MHD_HTTP_UNPROCESSABLE_CONTENT;
    case ERROR_RULE:
    case ERROR_POLICY:
    case ERROR_SYSTEM:
    case ERROR_CELL:
    case ERROR_BUSY:
        break;
    }
    return MHD_HTTP_SERVICE_UNAVAILABLE;
}

/* With a slot; gives it back. */
static enum MHD_Result job_do(struct http_server *server, struct MHD_Connection *connection,
                              struct http_request *request, bool is_run)
{
    struct service_answer answer;
    struct cell_io io = {.stdin_fd = -1, .cancel_fd = request->job.cancel_fd};
    if (is_run)
        service_run(server->service, &request->caller, &request->asked, &io, &answer);
    else
        service_check(server->service, &request->caller, &request->asked, &answer);
    http_jobs_leave(&server->jobs, &request->job);
    metrics_answer(&server->metrics, &answer);
    unsigned status = status_of(&answer);
    json_t *whole = service_answer_json(server->service, &answer);
    service_answer_clear(&answer);
    return json_send(server, connection, request, status, whole);
}

static enum MHD_Result stream_do(struct http_server *server, struct MHD_Connection *connection,
                                 struct http_request **request)
{
    struct MHD_Response *response;
    char trace[RECORD_TRACEPARENT_BYTES + 1];
    memcpy(trace, (*request)->traceparent, sizeof trace);
    if (!http_stream_start(server, *request, &response)) {
        http_jobs_leave(&server->jobs, &(*request)->job);
        return refuse(server, connection, *request, MHD_HTTP_SERVICE_UNAVAILABLE, "no thread for the run",
                      NULL);
    }
    *request = NULL; /* the stream's */
    if (response && trace[0]) http.MHD_add_response_header(response, "traceparent", trace);
    return response_send(server, connection, NULL, MHD_HTTP_OK, "text/event-stream", response);
}

static enum MHD_Result body_answer(struct http_server *server, struct MHD_Connection *connection,
                                   struct http_request **request, bool is_run)
{
    struct error err = {0};
    struct http_request *asked = *request;
    const char *accept = header_of(connection, MHD_HTTP_HEADER_ACCEPT);
    json_t *json = json_loadb(asked->length ? asked->body : "", asked->length,
                              JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    if (!json)
        return refuse(server, connection, asked, MHD_HTTP_BAD_REQUEST, "the body is no JSON object", NULL);
    bool is_fine = service_request_parse(server->service, &asked->asked, &asked->arena, json, is_run, &err);
    json_decref(json);
    if (!is_fine) return error_send(server, connection, asked, MHD_HTTP_BAD_REQUEST, &err);
    switch (http_jobs_enter(&server->jobs, &asked->job, socket_of(connection))) {
    case ENTRY_GIVEN:
        break;
    case ENTRY_BUSY:
        metrics_count(&server->metrics, METRIC_BUSY);
        return refuse(server, connection, asked, MHD_HTTP_TOO_MANY_REQUESTS, "the queue is full",
                      "try again after Retry-After seconds");
    case ENTRY_LEFT:
        return MHD_NO;
    case ENTRY_STOPPING:
        return refuse(server, connection, asked, MHD_HTTP_SERVICE_UNAVAILABLE, "the server is stopping",
                      NULL);
    }
    bool wants_stream = is_run && accept && strstr(accept, "text/event-stream");
    return wants_stream ? stream_do(server, connection, request) : job_do(server, connection, asked, is_run);
}

static enum MHD_Result text_send(struct http_server *server, struct MHD_Connection *connection,
                                 const char *type, struct view text)
{
    return response_send(
        server, connection, NULL, MHD_HTTP_OK, type,
        http.MHD_create_response_from_buffer(text.length, (void *)text.bytes, MHD_RESPMEM_MUST_COPY));
}

static enum MHD_Result metrics_send(struct http_server *server, struct MHD_Connection *connection)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (!out) return MHD_NO;
    metrics_write(&server->metrics, &server->jobs, server->service->pool, out);
    fclose(out);
    return response_send(server, connection, NULL, MHD_HTTP_OK, "text/plain; version=0.0.4; charset=utf-8",
                         http.MHD_create_response_from_buffer(length, text, MHD_RESPMEM_MUST_FREE));
}

/* What has no body. */
static enum MHD_Result get_answer(struct http_server *server, struct MHD_Connection *connection,
                                  const char *path)
{
    if (strcmp(path, "/healthz") == 0) return text_send(server, connection, "text/plain", VIEW("ok\n"));
    if (!is_authorized(server, connection))
        return refuse(server, connection, NULL, MHD_HTTP_UNAUTHORIZED, "no token, or a wrong one",
                      "Authorization: Bearer TOKEN");
    if (strcmp(path, "/metrics") == 0) return metrics_send(server, connection);
    for (unsigned i = 0; i < http_schema_count && strncmp(path, "/v1/", 4) == 0; i++)
        if (strcmp(path + 4, http_schema_files[i].name) == 0)
            return text_send(server, connection, type_json, embedded_bytes(&http_schema_files[i]));
    return refuse(server, connection, NULL, MHD_HTTP_NOT_FOUND, "there is nothing of this name",
                  "GET /v1/openapi.json lists what there is");
}

/* What can be said before the body. NULL: it may come. */
static const char *head_refuse(const struct http_server *server, struct MHD_Connection *connection,
                               unsigned *status)
{
    const char *length = header_of(connection, MHD_HTTP_HEADER_CONTENT_LENGTH);
    const char *type = header_of(connection, MHD_HTTP_HEADER_CONTENT_TYPE);
    const char *encoding = header_of(connection, MHD_HTTP_HEADER_CONTENT_ENCODING);
    if (!is_authorized(server, connection))
        return *status = MHD_HTTP_UNAUTHORIZED, "no token, or a wrong one";
    if (*status == MHD_HTTP_NOT_FOUND) return "there is nothing of this name to write to";
    if (*status) return "only POST is answered here";
    if (!type || strncasecmp(type, type_json, sizeof type_json - 1) != 0 || (encoding && *encoding))
        return *status = MHD_HTTP_UNSUPPORTED_MEDIA_TYPE, "the body must be application/json as it is";
    if (length && strtoull(length, NULL, 10) > HTTP_BODY_BYTES)
        return *status = MHD_HTTP_CONTENT_TOO_LARGE, "the body is too large";
    return NULL;
}

/* `status` is 0, or why nothing of this name and method is answered. */
static enum MHD_Result body_begin(struct http_server *server, struct MHD_Connection *connection,
                                  unsigned status, void **state)
{
    struct http_request *request = calloc(1, sizeof *request);
    if (!request) return MHD_NO;
    *state = request;
    atomic_fetch_add(&server->requests, 1);
    arena_init(&request->arena, 4u * HTTP_BODY_BYTES);
    request->started_ms = io_now_ms();
    caller_fill(server, connection, request);
    request->refusal_status = status;
    request->refusal = head_refuse(server, connection, &request->refusal_status);
    /* A client that is told before it has sent its body may only see that the connection broke. */
    if (request->refusal_status != MHD_HTTP_CONTENT_TOO_LARGE) return MHD_YES;
    return refuse(server, connection, request, request->refusal_status, request->refusal, NULL);
}

static enum MHD_Result request_handle(void *context, struct MHD_Connection *connection, const char *path,
                                      const char *method, const char *version, const char *bytes,
                                      size_t *length, void **state)
{
    struct http_server *server = context;
    bool is_check = strcmp(path, "/v1/check") == 0, is_run = strcmp(path, "/v1/run") == 0;
    (void)version;
    if (!is_check && !is_run && strcmp(method, "GET") == 0) return get_answer(server, connection, path);
    struct http_request *request = *state;
    if (!request) {
        unsigned status = !is_check && !is_run          ? MHD_HTTP_NOT_FOUND
                          : strcmp(method, "POST") != 0 ? MHD_HTTP_METHOD_NOT_ALLOWED
                                                        : 0;
        return body_begin(server, connection, status, state);
    }
    if (*length) return upload_take(server, request, bytes, length);
    if (request->refusal)
        return refuse(server, connection, request, request->refusal_status, request->refusal, NULL);
    return body_answer(server, connection, (struct http_request **)state, is_run);
}

static void request_done(void *context, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode how)
{
    struct http_server *server = context;
    (void)connection;
    (void)how;
    http_request_free(server, *state);
    *state = NULL;
}

bool http_server_start(struct http_server *server, unsigned slots, unsigned queue, struct error *err)
{
    if (!http_library_load(err) || !http_jobs_open(&server->jobs, slots, queue, err)) return false;
    unsigned connections = slots + queue + HTTP_SPARE_CONNECTIONS;
    server->daemon = http.MHD_start_daemon(
        MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_THREAD_PER_CONNECTION | MHD_USE_POLL | MHD_USE_ITC, 0, NULL,
        NULL, request_handle, server, MHD_OPTION_LISTEN_SOCKET, server->listen_fd,
        MHD_OPTION_CONNECTION_LIMIT, connections, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        (size_t)HTTP_HEADER_BYTES, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)HTTP_IDLE_S,
        MHD_OPTION_NOTIFY_COMPLETED, request_done, server, MHD_OPTION_END);
    if (server->daemon) return true;
    http_jobs_close(&server->jobs);
    return error_set(err, ERROR_SYSTEM, "the HTTP server cannot start");
}

void http_server_stop(struct http_server *server, unsigned wait_ms, bool (*is_urgent)(void *), void *context)
{
    enum { STEP_MS = 200, ANSWERS_MS = 5000 };
    MHD_socket listening = http.MHD_quiesce_daemon(server->daemon);
    bool is_idle = false;
    for (unsigned waited = 0; !is_idle && waited < wait_ms && !is_urgent(context); waited += STEP_MS)
        is_idle = http_jobs_stop(&server->jobs, false, STEP_MS);
    while (!is_idle) is_idle = http_jobs_stop(&server->jobs, true, STEP_MS);
    /* The answers of the last jobs are on their way. */
    for (unsigned waited = 0; atomic_load(&server->requests) && waited < ANSWERS_MS; waited += 10)
        nanosleep(&(struct timespec){0, 10000000}, NULL);
    http.MHD_stop_daemon(server->daemon);
    if (listening != MHD_INVALID_SOCKET) close(listening);
    http_jobs_close(&server->jobs);
}
