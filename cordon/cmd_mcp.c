/* cmd_mcp.c - `cordon mcp`: the gate and the cell as tools of the Model Context Protocol over stdio, one JSON
 * message a line. The main thread reads and never waits for a program: each call has a thread of its own, so
 * that what cancels it is read while it runs. Ends with the input: what still runs is ended then. */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/io.h"
#include "cordon/commands.h"
#include "cordon/job.h"
#include "cordon/mcp_message.h"
#include "cordon/mcp_tools.h"

/* Calls at once; a cell may take hundreds of MiB. Progress at most this often. */
enum { CALLS_MAX = 16, PROGRESS_EVERY_MS = 250, CLIENT_BYTES = 200 };

#define MODERN_VERSION "2026-07-28"

/* With `initialize`, the newest first. */
static const char *const legacy_versions[] = {"2025-11-25", "2025-06-18"};

static const char instructions[] =
    "Cordon checks programs and runs approved ones in a sandbox. Before running code that you wrote, call "
    "run_code instead "
    "of a shell; a refusal says which lines to change. explain_policy says what is granted.";

struct session {
    const struct service *service;
    const char *actor;
    json_t *tools;
    pthread_mutex_t lock; /* guards all below, and standard output */
    pthread_cond_t idle;
    struct call *calls;
    unsigned active;
    bool is_initialized; /* by a client of the older era */
    bool is_broken;      /* nobody reads our output */
    char client[CLIENT_BYTES];
};

/* A tools/call under way. */
struct call {
    struct session *session;
    struct mcp_message message;
    struct call *next;
    int cancel_fd;
    bool is_canceled;
    char client[CLIENT_BYTES];
    unsigned progress;
    unsigned long long told_ms;
    uint64_t output_bytes;
};

/* Takes the reference. */
static void message_send(struct session *session, json_t *message)
{
    struct error err;
    char *text = json_dumps(message, JSON_COMPACT);
    json_decref(message);
    if (!text) return;
    size_t length = strlen(text);
    text[length] = '\n'; /* in the place of its NUL */
    pthread_mutex_lock(&session->lock);
    if (!session->is_broken && !io_write_all(STDOUT_FILENO, view_make(text, length + 1), &err))
        session->is_broken = true;
    pthread_mutex_unlock(&session->lock);
    free(text);
}

static json_t *id_json(const struct mcp_message *message)
{
    return message->id ? json_incref((json_t *)message->id) : json_null();
}

/* Takes `data`, which may be NULL. */
static void error_send(struct session *session, const struct mcp_message *message, enum mcp_error code,
                       const char *text, json_t *data)
{
    json_t *error = json_pack("{s:i, s:s}", "code", (int)code, "message", text);
    if (data) json_object_set_new(error, "data", data);
    message_send(session,
                 json_pack("{s:s, s:o, s:o}", "jsonrpc", "2.0", "id", id_json(message), "error", error));
}

static json_t *server_json(void)
{
    return json_pack("{s:s, s:s, s:s}", "name", "cordon", "title", "cordon", "version", CORDON_VERSION);
}

/* Takes `result`. */
static void result_send(struct session *session, const struct mcp_message *message, json_t *result)
{
    if (message->version) {
        json_object_set_new(result, "resultType", json_string("complete"));
        json_object_set_new(result, "_meta",
                            json_pack("{s:o}", "io.modelcontextprotocol/serverInfo", server_json()));
    }
    message_send(session,
                 json_pack("{s:s, s:o, s:o}", "jsonrpc", "2.0", "id", id_json(message), "result", result));
}

static void progress_send(struct call *call, const char *text)
{
    const struct mcp_message *message = &call->message;
    if (!message->progress_token) return;
    message_send(call->session,
                 json_pack("{s:s, s:s, s:{s:O, s:I, s:s}}", "jsonrpc", "2.0", "method",
                           "notifications/progress", "params", "progressToken", message->progress_token,
                           "progress", (json_int_t)++call->progress, "message", text));
}

static bool output_note(void *context, enum cell_stream stream, struct view bytes)
{
    struct call *call = context;
    char text[80];
    (void)stream;
    call->output_bytes += bytes.length;
    if (io_now_ms() - call->told_ms < PROGRESS_EVERY_MS) return true;
    call->told_ms = io_now_ms();
    snprintf(text, sizeof text, "running; %llu bytes of output", (unsigned long long)call->output_bytes);
    progress_send(call, text);
    return true;
}

/* "NAME VERSION" of a clientInfo. */
static void client_read(const json_t *info, char client[CLIENT_BYTES])
{
    const char *name = json_string_value(json_object_get(info, "name"));
    const char *version = json_string_value(json_object_get(info, "version"));
    if (name) snprintf(client, CLIENT_BYTES, "%.100s %.60s", name, version ? version : "");
}

static json_t *program_call(struct call *call, bool for_run)
{
    const struct service *service = call->session->service;
    const char *trace = json_string_value(json_object_get(call->message.meta, "traceparent"));
    struct caller caller = {
        .via = "mcp",
        .actor = call->session->actor,
        .client = call->client,
        .traceparent = record_is_traceparent(trace) ? trace : NULL,
    };
    struct service_request request;
    struct service_answer answer;
    struct error err = {0};
    const json_t *given = json_object_get(call->message.params, "arguments");
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 4u * MCP_LINE_BYTES);
    if (!service_request_parse(service, &request, &arena, given, for_run, &err))
        return mcp_error_result(&err);
    if (for_run) {
        struct cell_io io = {
            .stdin_fd = -1, .on_output = output_note, .context = call, .cancel_fd = call->cancel_fd};
        progress_send(call, "checking, then running");
        call->told_ms = io_now_ms();
        service_run(service, &caller, &request, &io, &answer);
    } else {
        progress_send(call, "checking");
        service_check(service, &caller, &request, &answer);
    }
    json_t *result = mcp_answer_result(service, &answer);
    service_answer_clear(&answer);
    return result;
}

static json_t *policy_call(struct call *call)
{
    const json_t *given = json_object_get(call->message.params, "arguments");
    struct error err = {0};
    if (!given || (json_is_object(given) && json_object_size(given) == 0))
        return mcp_policy_result(call->session->service);
    error_set(&err, ERROR_INPUT, "explain_policy takes no arguments");
    return mcp_error_result(&err);
}

static void *call_work(void *argument)
{
    struct call *call = argument;
    struct session *session = call->session;
    const char *name = json_string_value(json_object_get(call->message.params, "name"));
    json_t *result = NULL;
    if (name && strcmp(name, "check_code") == 0)
        result = program_call(call, false);
    else if (name && strcmp(name, "run_code") == 0)
        result = program_call(call, true);
    else if (name && strcmp(name, "explain_policy") == 0)
        result = policy_call(call);
    pthread_mutex_lock(&session->lock);
    bool is_canceled = call->is_canceled;
    struct call **at = &session->calls;
    while (*at != call) at = &(*at)->next;
    *at = call->next;
    pthread_mutex_unlock(&session->lock);
    /* Who canceled a call does not wait for its answer. */
    if (!is_canceled && result)
        result_send(session, &call->message, json_incref(result));
    else if (!is_canceled)
        error_send(session, &call->message, MCP_ERROR_PARAMS, "unknown tool; tools/list names them", NULL);
    json_decref(result);
    mcp_message_clear(&call->message);
    close(call->cancel_fd);
    free(call);
    pthread_mutex_lock(&session->lock);
    session->active--;
    pthread_cond_signal(&session->idle);
    pthread_mutex_unlock(&session->lock);
    return NULL;
}

/* With the lock held. */
static struct call *call_find(struct session *session, const json_t *id)
{
    struct call *call = session->calls;
    while (call && !json_equal(call->message.id, id)) call = call->next;
    return call;
}

static void call_cancel(struct call *call)
{
    uint64_t one = 1;
    call->is_canceled = true;
    if (write(call->cancel_fd, &one, sizeof one) < 0) return; /* it is readable already */
}

/* Starts a call; the message is its own from then on. NULL: done. Otherwise what is wrong. */
static const char *call_start(struct session *session, struct mcp_message *message)
{
    struct call *call = calloc(1, sizeof *call);
    pthread_t thread;
    pthread_attr_t detached;
    if (!call) return "no memory";
    call->session = session;
    call->message = *message;
    call->cancel_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    memcpy(call->client, session->client, sizeof call->client);
    client_read(json_object_get(message->meta, "io.modelcontextprotocol/clientInfo"), call->client);
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    pthread_mutex_lock(&session->lock);
    const char *fault = call_find(session, message->id) ? "a request of this id is under way"
                        : session->active >= CALLS_MAX  ? "too many calls at once; wait for one to end"
                        : call->cancel_fd < 0           ? "no descriptor for the call"
                                                        : NULL;
    if (!fault && pthread_create(&thread, &detached, call_work, call) != 0) fault = "no thread for the call";
    if (!fault) {
        call->next = session->calls;
        session->calls = call;
        session->active++;
        *message = (struct mcp_message){0};
    }
    pthread_mutex_unlock(&session->lock);
    pthread_attr_destroy(&detached);
    if (!fault) return NULL;
    if (call->cancel_fd >= 0) close(call->cancel_fd);
    free(call);
    return fault;
}

static void initialize(struct session *session, const struct mcp_message *message)
{
    const char *wanted = json_string_value(json_object_get(message->params, "protocolVersion"));
    const char *version = legacy_versions[0];
    if (!wanted) {
        error_send(session, message, MCP_ERROR_PARAMS, "protocolVersion is missing", NULL);
        return;
    }
    for (size_t i = 0; i < sizeof legacy_versions / sizeof *legacy_versions; i++)
        if (strcmp(wanted, legacy_versions[i]) == 0) version = legacy_versions[i];
    client_read(json_object_get(message->params, "clientInfo"), session->client);
    session->is_initialized = true;
    result_send(session, message,
                json_pack("{s:s, s:{s:{}}, s:o, s:s}", "protocolVersion", version, "capabilities", "tools",
                          "serverInfo", server_json(), "instructions", instructions));
}

/* Results that a client of 2026-07-28 may keep: they change with the program alone. */
static void cacheable_set(json_t *result, const struct mcp_message *message)
{
    if (!message->version) return;
    json_object_set_new(result, "ttlMs", json_integer(3600000));
    json_object_set_new(result, "cacheScope", json_string("private"));
}

static void tools_list(struct session *session, const struct mcp_message *message)
{
    json_t *result = json_pack("{s:O}", "tools", session->tools);
    cacheable_set(result, message);
    result_send(session, message, result);
}

static void discover(struct session *session, const struct mcp_message *message)
{
    json_t *result = json_pack("{s:[s], s:{s:{}}, s:s}", "supportedVersions", MODERN_VERSION, "capabilities",
                               "tools", "instructions", instructions);
    cacheable_set(result, message);
    result_send(session, message, result);
}

static void request_take(struct session *session, struct mcp_message *message)
{
    const char *method = message->method;
    bool is_modern = message->version != NULL;
    if (is_modern && strcmp(message->version, MODERN_VERSION) != 0)
        error_send(session, message, MCP_ERROR_VERSION, "unsupported protocol version",
                   json_pack("{s:[s], s:s}", "supported", MODERN_VERSION, "requested", message->version));
    else if (is_modern && strcmp(method, "server/discover") == 0)
        discover(session, message);
    else if (!is_modern && strcmp(method, "initialize") == 0)
        initialize(session, message);
    else if (!is_modern && strcmp(method, "ping") == 0)
        result_send(session, message, json_object());
    else if (strcmp(method, "tools/list") != 0 && strcmp(method, "tools/call") != 0)
        error_send(session, message, MCP_ERROR_METHOD, "method not found", NULL);
    else if (!is_modern && !session->is_initialized)
        error_send(session, message, MCP_ERROR_REQUEST, "initialize first, or say the version in _meta",
                   NULL);
    else if (strcmp(method, "tools/list") == 0)
        tools_list(session, message);
    else {
        const char *fault = call_start(session, message);
        if (fault) error_send(session, message, MCP_ERROR_REQUEST, fault, NULL);
    }
}

static void notification_take(struct session *session, const struct mcp_message *message)
{
    if (strcmp(message->method, "notifications/cancelled") != 0) return;
    pthread_mutex_lock(&session->lock);
    struct call *call = call_find(session, json_object_get(message->params, "requestId"));
    if (call) call_cancel(call);
    pthread_mutex_unlock(&session->lock);
}

static void line_take(struct session *session, struct view line)
{
    struct mcp_message message;
    if (!view_trim(line).length) return;
    mcp_message_parse(line, &message);
    switch (message.kind) {
    case MCP_INVALID:
        error_send(session, &message, message.error_code, message.error_text, NULL);
        break;
    case MCP_REQUEST:
        request_take(session, &message);
        break;
    case MCP_NOTIFICATION:
        notification_take(session, &message);
        break;
    case MCP_RESPONSE:
        break;
    }
    mcp_message_clear(&message);
}

/* The input in lines. One that is too long is answered and skipped to its end. */
struct input {
    char *bytes;
    size_t length, capacity;
    bool skips;
};

static void line_refuse(struct session *session)
{
    struct mcp_message nothing = {0};
    error_send(session, &nothing, MCP_ERROR_REQUEST, "the message is too long", NULL);
}

static void lines_take(struct session *session, struct input *input, size_t searched)
{
    size_t start = 0;
    for (size_t at = searched; at < input->length; at++) {
        if (input->bytes[at] != '\n') continue;
        if (!input->skips && at - start > MCP_LINE_BYTES) /* its end came with what was too much */
            line_refuse(session);
        else if (!input->skips)
            line_take(session, view_make(input->bytes + start, at - start));
        input->skips = false;
        start = at + 1;
    }
    input->length -= start;
    memmove(input->bytes, input->bytes + start, input->length);
    if (input->length <= MCP_LINE_BYTES) return;
    if (!input->skips) line_refuse(session);
    input->skips = true;
    input->length = 0;
}

/* False at the end of the input. */
static bool input_read(struct session *session, struct input *input)
{
    if (input->capacity - input->length < 65536) {
        size_t capacity = input->capacity ? 2 * input->capacity : 131072;
        char *bytes = realloc(input->bytes, capacity);
        if (!bytes) return false;
        input->bytes = bytes;
        input->capacity = capacity;
    }
    ssize_t got = read(STDIN_FILENO, input->bytes + input->length, input->capacity - input->length);
    if (got < 0) return errno == EINTR || errno == EAGAIN;
    size_t searched = input->length;
    input->length += (size_t)got;
    lines_take(session, input, searched);
    return got > 0;
}

static void session_run(struct session *session, int signals)
{
    struct input input = {0};
    struct pollfd fds[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = signals, .events = POLLIN}};
    for (bool goes_on = true; goes_on && !session->is_broken;) {
        if (poll(fds, 2, -1) < 0 && errno != EINTR) break;
        if (fds[1].revents) break;
        if (fds[0].revents) goes_on = input_read(session, &input);
    }
    free(input.bytes);
    pthread_mutex_lock(&session->lock);
    for (struct call *call = session->calls; call; call = call->next) {
        uint64_t one = 1; /* it ends early and is answered, should somebody still read */
        if (write(call->cancel_fd, &one, sizeof one) < 0) continue;
    }
    while (session->active) pthread_cond_wait(&session->idle, &session->lock);
    pthread_mutex_unlock(&session->lock);
}

enum status command_mcp(const struct options *options, struct arena *arena)
{
    struct error err = {0};
    struct service service;
    (void)arena;
    if (options->operands.count) {
        error_set(&err, ERROR_USAGE, "cordon mcp takes no operand");
        error_remedy(&err, "it speaks on standard input and output");
        return job_complain(&err);
    }
    if (!service_open(&service, options, options->serve.pool, &err)) return job_complain(&err);
    json_object_seed(0); /* before threads share jansson */
    struct session session = {
        .service = &service,
        .actor = options->actor,
        .tools = mcp_tools_list(),
        .lock = PTHREAD_MUTEX_INITIALIZER,
        .idle = PTHREAD_COND_INITIALIZER,
    };
    AUTO_FD int signals = job_signals_watch(); /* a kill ends the session as the end of the input does */
    session_run(&session, signals);
    json_decref(session.tools);
    service_close(&service);
    return STATUS_OK;
}
