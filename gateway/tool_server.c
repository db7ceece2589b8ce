/* tool_server.c - one thread reads what the program asks; one thread a call does it and answers. */
#include "gateway/tool_server.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/digest.h"
#include "base/io.h"
#include "base/json.h"
#include "gateway/schema.h"
#include "gateway/tool_channel.h"
#include "gateway/tool_event.h"
#include "gateway/tool_message.h"

enum {
    GRACE_MS = 250, /* for a tool to notice its own time; then the program is answered without it */
    CALL_STACK_BYTES = 8 << 20, /* as a main thread has: what a tool runs is its own */
};

/* A tool that is offered: a copy, whose texts are the caller's but for the name. */
struct offer {
    struct tool tool;
    char name[TOOL_NAME_BYTES + 1];
    json_t *parameters, *result; /* schemas; result may be NULL */
    uint64_t calls;              /* the server's lock */
};

struct call {
    struct tool_server *server;
    struct offer *offer;
    uint32_t number; /* the program's */
    uint32_t asked;  /* the run's */
    char *text;      /* the arguments */
    size_t length;
    uint64_t started_ms, deadline_ms;
    bool is_answered; /* the server's lock: by its thread, or by the watch when its time was over */
};

struct tool_server {
    struct tool_channel channel;
    struct offer *offers;
    uint32_t offer_count;
    pthread_t reader;
    struct journal *journal; /* NULL: nobody keeps one */
    pthread_mutex_t lock;    /* of all below */
    pthread_cond_t changed;
    bool is_stopped;
    uint32_t references; /* the caller's, and one of each call */
    uint32_t asked;
    struct call *calls[TOOL_CALLS_AT_ONCE]; /* under way */
    uint32_t event_count, dropped;
    struct tool_event events[TOOL_EVENTS_MAX];
};

static void event_add(struct tool_server *server, const struct tool_event *event)
{
    pthread_mutex_lock(&server->lock);
    if (server->event_count < TOOL_EVENTS_MAX)
        json_incref((server->events[server->event_count++] = *event).connection);
    else
        server->dropped++;
    pthread_mutex_unlock(&server->lock);
}

static bool say(struct tool_server *server, uint32_t number, enum tool_state state, struct view body)
{
    unsigned char head[TOOL_HEAD_BYTES];
    tool_head_write(head, number, state, (uint32_t)body.length);
    return tool_channel_write(&server->channel, view_make((const char *)head, sizeof head), body);
}

/* What was asked for and is not done; on record. */
static bool refuse(struct tool_server *server, uint32_t number, struct tool_event *event, const char *reason)
{
    event->outcome = TOOL_REFUSED;
    snprintf(event->reason, sizeof event->reason, "%s", reason);
    tool_event_decide(server->journal, event, event->reason);
    event_add(server, event);
    return say(server, number, TOOL_STATE_FAILED, view_of_cstr(reason));
}

static void call_free(struct call *call)
{
    free(call->text);
    free(call);
}

/* Whether this thread is the one that answers. */
static bool call_claim(struct call *call)
{
    pthread_mutex_lock(&call->server->lock);
    bool is_mine = !call->is_answered;
    call->is_answered = true;
    pthread_mutex_unlock(&call->server->lock);
    return is_mine;
}

static struct tool_event call_event(const struct call *call)
{
    struct tool_event event = {.number = call->asked,
                               .arguments_bytes = call->length,
                               .arguments_digest = digest_sha256(view_make(call->text, call->length)),
                               .ms = io_now_ms() - call->started_ms};
    snprintf(event.tool, sizeof event.tool, "%s", call->offer->name);
    return event;
}

static void call_fail(struct call *call, enum tool_outcome outcome, const char *message, json_t *connection)
{
    struct tool_event event = call_event(call);
    event.connection = connection;
    event.outcome = outcome;
    snprintf(event.reason, sizeof event.reason, "%s", message);
    if (outcome == TOOL_REFUSED)
        tool_event_decide(call->server->journal, &event, event.reason);
    else
        tool_event_end(call->server->journal, &event);
    event_add(call->server, &event);
    say(call->server, call->number, TOOL_STATE_FAILED, view_of_cstr(message));
}

/* Judges the arguments, runs the tool, judges the result. The outcome, with the message or the result's text.
 */
static enum tool_outcome call_do(struct call *call, struct tool_call *todo, char **result)
{
    const struct tool *tool = &call->offer->tool;
    char why[SCHEMA_MESSAGE_BYTES];
    todo->arguments = tool_json_read(todo->text, tool->limits.values[TOOL_LIMIT_DEPTH], todo->message);
    if (!todo->arguments) return TOOL_REFUSED;
    if (!schema_fits(call->offer->parameters, todo->arguments, why)) {
        tool_fail(todo, "%s: the arguments: %.400s", tool->name, why);
        return TOOL_REFUSED;
    }
    struct tool_event event = call_event(call);
    if (!tool_event_decide(call->server->journal, &event, NULL)) {
        tool_fail(todo, "the audit log cannot be written");
        return TOOL_REFUSED;
    }
    if (!tool->run(tool->context, todo)) {
        bool is_stopped = tool_channel_wait(&call->server->channel, 0) == TOOL_WAIT_END;
        return is_stopped ? TOOL_CANCELED : TOOL_FAILED;
    }
    if (call->offer->result && !schema_fits(call->offer->result, todo->result, why)) {
        tool_fail(todo, "%s: the result: %.400s", tool->name, why);
        return TOOL_FAILED;
    }
    *result = json_dumps(todo->result, JSON_COMPACT | JSON_ENCODE_ANY);
    if (*result && strlen(*result) <= tool->limits.values[TOOL_LIMIT_RESULT]) return TOOL_OK;
    tool_fail(todo, "%s: the result has more than %llu bytes", tool->name,
              (unsigned long long)tool->limits.values[TOOL_LIMIT_RESULT]);
    return TOOL_FAILED;
}

static void server_free(struct tool_server *server)
{
    for (uint32_t i = 0; server->offers && i <= server->offer_count; i++) {
        struct offer *offer = &server->offers[i];
        json_decref(offer->parameters);
        json_decref(offer->result);
        if (offer->tool.release) offer->tool.release(offer->tool.context);
    }
    journal_free(server->journal);
    free(server->offers);
    for (uint32_t i = 0; i < server->event_count; i++) json_decref(server->events[i].connection);
    cleanup_fd(&server->channel.fd);
    cleanup_fd(&server->channel.stop_fd);
    pthread_mutex_destroy(&server->channel.lock);
    pthread_mutex_destroy(&server->lock);
    pthread_cond_destroy(&server->changed);
    free(server);
}

/* The last one out frees: a function that was left behind may be that. */
static void server_release(struct tool_server *server)
{
    pthread_mutex_lock(&server->lock);
    bool is_last = --server->references == 0;
    pthread_mutex_unlock(&server->lock);
    if (is_last) server_free(server);
}

static void *call_main(void *argument)
{
    struct call *call = argument;
    struct tool_server *server = call->server;
    AUTO_FREE char *result = NULL;
    struct tool_call todo = {.tool = &call->offer->tool,
                             .text = view_make(call->text, call->length),
                             .deadline_ms = call->deadline_ms,
                             .stop_fd = server->channel.stop_fd};
    enum tool_outcome outcome = call_do(call, &todo, &result);
    bool is_mine = call_claim(call);
    if (is_mine && outcome != TOOL_OK) {
        call_fail(call, outcome, todo.message, todo.connection);
    } else if (is_mine) {
        struct tool_event event = call_event(call);
        event.result_bytes = strlen(result);
        event.result_digest = digest_sha256(view_of_cstr(result));
        event.connection = todo.connection;
        bool is_noted = tool_event_end(server->journal, &event);
        event_add(server, &event);
        say(server, call->number, is_noted ? TOOL_STATE_RESULT : TOOL_STATE_FAILED,
            is_noted ? view_of_cstr(result) : VIEW("the audit log cannot be written"));
    }
    json_decref(todo.arguments);
    json_decref(todo.result);
    json_decref(todo.connection);
    pthread_mutex_lock(&server->lock);
    for (int i = 0; i < TOOL_CALLS_AT_ONCE; i++)
        if (server->calls[i] == call) server->calls[i] = NULL;
    call_free(call);
    pthread_cond_broadcast(&server->changed);
    pthread_mutex_unlock(&server->lock);
    server_release(server);
    return NULL;
}

/* Answers calls whose time is over and whose tool has not noticed. Returns how long to wait for the next. */
static int deadlines_keep(struct tool_server *server)
{
    uint64_t next_ms = UINT64_MAX, now_ms = io_now_ms();
    for (int i = 0; i < TOOL_CALLS_AT_ONCE; i++) {
        /* Its thread frees a call under the lock; what it needs is copied before. */
        struct call late = {0};
        struct tool_event event;
        pthread_mutex_lock(&server->lock);
        struct call *call = server->calls[i];
        bool is_open = call && !call->is_answered;
        bool is_late = is_open && now_ms >= call->deadline_ms + GRACE_MS;
        if (is_open && !is_late && call->deadline_ms + GRACE_MS < next_ms)
            next_ms = call->deadline_ms + GRACE_MS;
        if (is_late) {
            call->is_answered = true;
            late = *call;
            event = call_event(call);
        }
        pthread_mutex_unlock(&server->lock);
        if (!is_late) continue;
        event.outcome = TOOL_FAILED;
        snprintf(event.reason, sizeof event.reason, "the tool did not answer in time");
        tool_event_end(server->journal, &event);
        event_add(server, &event);
        say(server, late.number, TOOL_STATE_FAILED, view_of_cstr(event.reason));
    }
    return next_ms == UINT64_MAX ? -1 : (int)(next_ms - now_ms) + 1;
}

/* A place among the calls under way, waited for. False: the server stops. */
static bool call_place(struct tool_server *server, struct call *call)
{
    for (;;) {
        deadlines_keep(server);
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += 1; /* deadlines are looked at again */
        pthread_mutex_lock(&server->lock);
        int place = 0;
        while (place < TOOL_CALLS_AT_ONCE && server->calls[place]) place++;
        bool is_stopped = server->is_stopped, is_placed = !is_stopped && place < TOOL_CALLS_AT_ONCE;
        if (is_placed) server->calls[place] = call, server->references++;
        if (!is_placed && !is_stopped) pthread_cond_timedwait(&server->changed, &server->lock, &until);
        pthread_mutex_unlock(&server->lock);
        if (is_placed || is_stopped) return is_placed;
    }
}

static bool call_start(struct tool_server *server, struct call *call)
{
    call->started_ms = io_now_ms();
    call->deadline_ms = call->started_ms + call->offer->tool.limits.values[TOOL_LIMIT_TIMEOUT];
    if (!call_place(server, call)) {
        call_free(call);
        return false;
    }
    pthread_attr_t attributes;
    pthread_t thread;
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, CALL_STACK_BYTES);
    bool is_started = pthread_create(&thread, &attributes, call_main, call) == 0;
    pthread_attr_destroy(&attributes);
    if (is_started) return true;
    pthread_mutex_lock(&server->lock);
    for (int i = 0; i < TOOL_CALLS_AT_ONCE; i++)
        if (server->calls[i] == call) server->calls[i] = NULL;
    server->references--; /* the caller's stays */
    pthread_mutex_unlock(&server->lock);
    call_fail(call, TOOL_REFUSED, "the host has no thread for the call", NULL);
    call_free(call);
    return true;
}

/* What is there: the tools with what they say of themselves. */
static bool list_say(struct tool_server *server)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < server->offer_count; i++) {
        const struct offer *offer = &server->offers[i];
        json_array_append_new(list, json_pack("{s:s, s:s, s:O, s:O?}", "name", offer->name, "description",
                                              offer->tool.description, "parameters", offer->parameters,
                                              "result", offer->result));
    }
    AUTO_FREE char *text = json_dumps(list, JSON_COMPACT);
    json_decref(list);
    return text && say(server, 0, TOOL_STATE_RESULT, view_of_cstr(text));
}

static struct offer *offer_find(const struct tool_server *server, struct view name)
{
    for (uint32_t i = 0; i < server->offer_count; i++)
        if (view_equals_cstr(name, server->offers[i].name)) return &server->offers[i];
    return NULL;
}

/* One call behind its head. False: the channel is of no use any more. */
static bool call_take(struct tool_server *server, const struct tool_head *head)
{
    struct tool_event event = {.number = ++server->asked};
    size_t length = head->body_bytes - head->name_bytes;
    if (!tool_channel_read(&server->channel, event.tool, head->name_bytes)) return false;
    struct offer *offer = offer_find(server, view_make(event.tool, head->name_bytes));
    event.arguments_bytes = length;
    if (!offer || length > offer->tool.limits.values[TOOL_LIMIT_ARGUMENTS])
        return tool_channel_read(&server->channel, NULL, length) &&
               refuse(server, head->number, &event,
                      offer ? "the arguments are longer than the tool's limit" : "no such tool was granted");
    struct call *call = calloc(1, sizeof *call);
    if (call)
        *call = (struct call){.server = server,
                              .offer = offer,
                              .number = head->number,
                              .asked = event.number,
                              .text = malloc(length + 1),
                              .length = length};
    if (!call || !call->text || !tool_channel_read(&server->channel, call->text, length)) {
        if (call) call_free(call);
        return false;
    }
    call->text[length] = '\0';
    pthread_mutex_lock(&server->lock);
    bool is_over = offer->calls >= offer->tool.limits.values[TOOL_LIMIT_CALLS];
    if (!is_over) offer->calls++;
    pthread_mutex_unlock(&server->lock);
    if (!is_over) return call_start(server, call);
    call_free(call);
    return refuse(server, head->number, &event, "the tool was called as often as its limit allows");
}

static void *reader_main(void *argument)
{
    struct tool_server *server = argument;
    uint64_t most = tool_limit_most(TOOL_LIMIT_ARGUMENTS) + TOOL_NAME_BYTES;
    for (;;) {
        unsigned char bytes[TOOL_HEAD_BYTES];
        struct tool_head head;
        enum tool_wait wait = tool_channel_wait(&server->channel, deadlines_keep(server));
        if (wait == TOOL_WAIT_TIME) continue;
        if (wait == TOOL_WAIT_END || !tool_channel_read(&server->channel, bytes, sizeof bytes)) break;
        const char *wrong = tool_head_read(&head, bytes, most);
        struct tool_event event = {0};
        if (wrong) event.number = ++server->asked;
        if (wrong) refuse(server, head.number, &event, wrong);
        if (wrong || !(head.number ? call_take(server, &head) : list_say(server))) break;
    }
    /* Nothing more is read, and whoever writes hears it; what is under way is still answered, in time. */
    shutdown(server->channel.fd, SHUT_RD);
    for (;;) {
        int timeout_ms = deadlines_keep(server);
        pthread_mutex_lock(&server->lock);
        bool is_over = server->is_stopped || timeout_ms < 0;
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += 1;
        if (!is_over) pthread_cond_timedwait(&server->changed, &server->lock, &until);
        pthread_mutex_unlock(&server->lock);
        if (is_over) break;
    }
    shutdown(server->channel.fd, SHUT_RDWR);
    return NULL;
}

static bool offers_make(struct tool_server *server, const struct tool *const *tools, uint32_t count)
{
    server->offers = calloc(count + 1, sizeof *server->offers);
    for (; server->offers && server->offer_count < count; server->offer_count++) {
        const struct tool *tool = tools[server->offer_count];
        struct offer *offer = &server->offers[server->offer_count];
        offer->tool = *tool;
        snprintf(offer->name, sizeof offer->name, "%s", tool->name);
        offer->tool.name = offer->name;
        if (tool->share) tool->share(tool->context);
        offer->parameters = json_loads(tool->parameters, 0, NULL);
        if (tool->result) offer->result = json_loads(tool->result, JSON_DECODE_ANY, NULL);
        if (!offer->parameters || (tool->result && !offer->result)) return false;
    }
    return server->offers != NULL;
}

struct tool_server *tool_server_start(const struct tool *const *tools, uint32_t tool_count,
                                      struct journal *journal, int channel_fd, struct error *err)
{
    struct tool_server *server = calloc(1, sizeof *server);
    if (!server) {
        close(channel_fd);
        error_set(err, ERROR_LIMIT, "no memory for the host's tools");
        return NULL;
    }
    server->channel = (struct tool_channel){
        .fd = channel_fd, .stop_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), .idle_ms = TOOL_MESSAGE_MS};
    server->references = 1;
    server->journal = journal_share(journal);
    pthread_mutex_init(&server->channel.lock, NULL);
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->changed, NULL);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* threads of this one have the same mask */
    bool is_started = server->channel.stop_fd >= 0 && offers_make(server, tools, tool_count) &&
                      pthread_create(&server->reader, NULL, reader_main, server) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (is_started) return server;
    server_free(server);
    error_set(err, ERROR_SYSTEM, "cannot start the host's tools");
    return NULL;
}

/* Whether a call is under way that is waited for: of a function only until its time is over. The lock is
 * held.
 */
static bool is_busy(const struct tool_server *server, bool is_time_over)
{
    for (int i = 0; i < TOOL_CALLS_AT_ONCE; i++)
        if (server->calls[i] && !(is_time_over && server->calls[i]->offer->tool.release)) return true;
    return false;
}

/* A call that nobody waits for any more; its thread finds that it was answered. */
static void calls_leave(struct tool_server *server)
{
    for (int i = 0; i < TOOL_CALLS_AT_ONCE; i++) {
        pthread_mutex_lock(&server->lock);
        struct call *call = server->calls[i];
        bool is_left = call && !call->is_answered;
        struct tool_event event = {0};
        if (is_left) {
            call->is_answered = true;
            event = call_event(call);
        }
        pthread_mutex_unlock(&server->lock);
        if (!is_left) continue;
        event.outcome = TOOL_CANCELED;
        snprintf(event.reason, sizeof event.reason, "the function had not returned when the run was over");
        tool_event_end(server->journal, &event);
        event_add(server, &event);
    }
}

static void calls_wait(struct tool_server *server)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += TOOL_STOP_MS / 1000;
    pthread_mutex_lock(&server->lock);
    bool is_over = false;
    while (is_busy(server, is_over))
        if (is_over)
            pthread_cond_wait(&server->changed, &server->lock);
        else
            is_over = pthread_cond_timedwait(&server->changed, &server->lock, &until) == ETIMEDOUT;
    pthread_mutex_unlock(&server->lock);
    calls_leave(server);
}

json_t *tool_server_stop(struct tool_server *server)
{
    if (!server) return NULL;
    eventfd_write(server->channel.stop_fd, 1); /* and never read: every thread sees it */
    pthread_mutex_lock(&server->lock);
    server->is_stopped = true;
    pthread_cond_broadcast(&server->changed);
    pthread_mutex_unlock(&server->lock);
    pthread_join(server->reader, NULL);
    calls_wait(server);
    pthread_mutex_lock(&server->lock);
    json_t *calls = json_array();
    for (uint32_t i = 0; i < server->event_count; i++)
        json_array_append_new(calls, tool_event_json(&server->events[i]));
    json_t *whole = json_pack("{s:o, s:i}", "calls", calls, "dropped", (int)server->dropped);
    pthread_mutex_unlock(&server->lock);
    server_release(server);
    return whole;
}
