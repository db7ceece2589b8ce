#include "gateway/tool_http.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "gateway/answer_pass.h"
#include "gateway/connection.h"
#include "gateway/keyring_inner.h"
#include "gateway/percent.h"

enum { EXCERPT_BYTES = 200 }; /* of what a server says when it refuses */

/* A request's head under way; it holds arguments and no secret. */
struct writing {
    struct tool_call *call;
    json_t *given; /* all arguments; those that are used leave the call's, so that the rest is the body */
    char bytes[LIMIT_HEAD_BYTES];
    size_t length;
    bool is_full;
};

bool tool_http_place_next(struct view path, size_t *at, struct view *before, struct view *name)
{
    struct view rest = view_slice(path, *at, path.length);
    size_t open = view_find_byte(rest, '{');
    size_t close = open == SIZE_MAX ? SIZE_MAX : view_find_byte(view_slice(rest, open, rest.length), '}');
    bool is_found = close != SIZE_MAX;
    *before = is_found ? view_slice(rest, 0, open) : rest;
    *name = is_found ? view_slice(rest, open + 1, open + close) : (struct view){0};
    *at += is_found ? open + close + 1 : rest.length;
    return is_found;
}

static void put(struct writing *out, struct view text)
{
    out->is_full |= text.length > sizeof out->bytes - out->length;
    if (out->is_full || !text.length) return;
    memcpy(out->bytes + out->length, text.bytes, text.length);
    out->length += text.length;
}

static void put_text(struct writing *out, const char *text)
{
    put(out, view_of_cstr(text));
}

static void put_encoded(struct writing *out, struct view text)
{
    char room[3];
    for (size_t i = 0; i < text.length; i++) put(out, percent_byte(text.bytes[i], room));
}

/* An argument as text; numbers and truths in `room`. False: it is a list or an object. */
static bool text_of(const json_t *value, char room[64], struct view *text)
{
    int length = 0;
    if (json_is_string(value)) {
        *text = view_make(json_string_value(value), json_string_length(value));
        return true;
    }
    if (json_is_integer(value))
        length = snprintf(room, 64, "%lld", (long long)json_integer_value(value));
    else if (json_is_real(value))
        length = snprintf(room, 64, "%.17g", json_real_value(value));
    else if (json_is_boolean(value))
        length = snprintf(room, 64, "%s", json_is_true(value) ? "true" : "false");
    else
        return false;
    *text = view_make(room, (size_t)length);
    return true;
}

/* What could lead a server out of its segment, read once or twice. */
static bool leads_elsewhere(struct view text)
{
    size_t dots = 0;
    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.bytes[i];
        if (byte < ' ' || byte == 0x7f || strchr("/\\%;", byte)) return true;
        dots += byte == '.';
    }
    return dots == text.length;
}

static bool argument_put(struct writing *out, struct view name, bool is_in_path)
{
    char room[64];
    struct view text;
    json_t *value = json_object_getn(out->given, name.bytes, name.length);
    if (!value) return tool_fail(out->call, "%s: '%.*s' is missing", out->call->tool->name, VIEW_ARGS(name));
    if (!text_of(value, room, &text))
        return tool_fail(out->call, "%s: '%.*s' is no text, number or truth", out->call->tool->name,
                         VIEW_ARGS(name));
    if (is_in_path && leads_elsewhere(text))
        return tool_fail(out->call, "%s: '%.*s' is no part of one segment of a path", out->call->tool->name,
                         VIEW_ARGS(name));
    put_encoded(out, text);
    json_object_deln(out->call->arguments, name.bytes, name.length);
    return true;
}

static bool target_put(struct writing *out, const struct tool_http *http)
{
    struct view path = view_of_cstr(http->path), before, name;
    bool has_query = false;
    for (size_t at = 0;;) {
        bool is_place = tool_http_place_next(path, &at, &before, &name);
        has_query |= view_find_byte(before, '?') != SIZE_MAX;
        put(out, before);
        if (!is_place) break;
        if (!argument_put(out, name, !has_query)) return false;
    }
    for (size_t i = 0; http->query && http->query[i]; i++) {
        name = view_of_cstr(http->query[i]);
        json_t *value = json_object_getn(out->given, name.bytes, name.length);
        if (json_is_null(value)) json_object_deln(out->call->arguments, name.bytes, name.length);
        if (!value || json_is_null(value)) continue;
        put_text(out, has_query ? "&" : "?");
        put_encoded(out, name);
        put_text(out, "=");
        has_query = true;
        if (!argument_put(out, name, false)) return false;
    }
    return true;
}

static bool head_put(struct writing *out, const struct tool_http *http, const char *body)
{
    bool is_address = strchr(http->server.host, ':') != NULL;
    char text[400];
    snprintf(text, sizeof text, " HTTP/1.1\r\nHost: %s%.255s%s:%u\r\nUser-Agent: cordon\r\nAccept: %s\r\n",
             is_address ? "[" : "", http->server.host, is_address ? "]" : "", http->server.port,
             http->answers_text ? "*/*" : "application/json");
    put_text(out, text);
    for (size_t i = 0; http->fields && http->fields[i]; i++) {
        put_text(out, http->fields[i]);
        put_text(out, "\r\n");
    }
    if (body) {
        snprintf(text, sizeof text, "Content-Type: application/json\r\nContent-Length: %zu\r\n",
                 strlen(body));
        put_text(out, text);
    }
    put_text(out, "\r\n");
    return !out->is_full || tool_fail(out->call, "%s: the request is too long", out->call->tool->name);
}

/* The rule by which the request is sent: the server's own, or its secret's, which the keyring has. */
static const struct secret_rule *rule_of(const struct tool_http_use *use, struct view *value)
{
    const struct tool_http *http = use->tool;
    const struct keyring *keyring = use->keyring;
    for (uint32_t i = 0; http->secret && i < keyring->count; i++) {
        const struct secret_rule *rule = &keyring->rules[i];
        bool is_it = strcmp(rule->name, http->secret) == 0 && strcmp(rule->host, http->server.host) == 0 &&
                     rule->port == http->server.port && rule->is_tls == http->server.is_tls;
        if (!is_it) continue;
        *value = vault_value(keyring->vault, i);
        return rule;
    }
    return http->secret ? NULL : &http->server;
}

/* JSON, a text, or null where a server has nothing to say. */
static bool body_take(struct tool_call *call, const struct tool_http *http, struct view body)
{
    uint64_t most = call->tool->limits.values[TOOL_LIMIT_RESULT];
    if (body.length > most)
        return tool_fail(call, "the result has more than %llu bytes", (unsigned long long)most);
    if (!http->answers_text && view_trim(body).length) return tool_succeed(call, view_trim(body));
    call->result = http->answers_text ? json_stringn(body.bytes ? body.bytes : "", body.length) : json_null();
    return call->result || tool_fail(call, "%s: the answer is no text in UTF-8", call->tool->name);
}

/* The answer as it stands in memory, with a head that the gateway wrote. */
static bool answer_take(struct tool_call *call, const struct tool_http *http, const struct connection *from)
{
    const struct memory_link *memory = from->pump.client.memory;
    const char *name = call->tool->name;
    struct view all = view_make(memory->taken, memory->length);
    size_t end = view_find(all, VIEW("\r\n\r\n"));
    bool has_head = from->event.is_allowed && end != SIZE_MAX && view_starts_with(all, VIEW("HTTP/1."));
    if (io_now_ms() >= call->deadline_ms)
        return tool_fail(call, "%s took longer than %llu ms", name,
                         (unsigned long long)call->tool->limits.values[TOOL_LIMIT_TIMEOUT]);
    if (!has_head || (from->event.reason && !memory->is_over))
        return tool_fail(call, "%s: %s", name, from->event.reason ? from->event.reason : "no answer");
    long status = strtol(memory->taken + 9, NULL, 10);
    struct view body = view_slice(all, end + 4, all.length);
    if (status >= 300 && status < 400)
        return tool_fail(call, "%s: the server answered %ld, and nothing is followed elsewhere", name,
                         status);
    struct view said = view_trim(view_slice(body, 0, EXCERPT_BYTES));
    if (status < 200 || status > 299)
        return tool_fail(call, "%s: the server answered %ld%s%.*s", name, status, said.length ? ": " : "",
                         VIEW_ARGS(said));
    if (memory->is_over)
        return tool_fail(call, "the result has more than %llu bytes",
                         (unsigned long long)call->tool->limits.values[TOOL_LIMIT_RESULT]);
    return body_take(call, http, body);
}

static void connection_note(struct tool_call *call, struct connection *connection, uint64_t started_ms)
{
    struct event *event = &connection->event;
    event->sent_bytes = connection->pump.sent_bytes;
    event->received_bytes = connection->pump.received_bytes;
    event->ms = io_now_ms() - started_ms;
    event->count = 1;
    call->connection = connection_event_json(event);
}

static bool request_send(const struct tool_http_use *use, struct tool_call *call, struct view head,
                         struct view body)
{
    const struct tool_http *http = use->tool;
    uint64_t started_ms = io_now_ms();
    struct view value = {0};
    const struct secret_rule *rule = rule_of(use, &value);
    size_t size = call->tool->limits.values[TOOL_LIMIT_RESULT] + LIMIT_ANSWER_HEAD_BYTES + 1024;
    struct memory_link memory = {.given = body, .size = size};
    AUTO_FREE char *taken = memory.taken = malloc(size);
    AUTO_FREE struct connection *connection = calloc(1, sizeof *connection);
    if (!rule) return tool_fail(call, "%s: its secret is for another host", call->tool->name);
    if (!taken || !connection) return tool_fail(call, "no memory for a request");
    connection->keyring = use->keyring;
    connection->pump = (struct pump){.client = {.fd = -1, .memory = &memory},
                                     .server = {.fd = -1},
                                     .stop_fd = call->stop_fd,
                                     .deadline_ms = call->deadline_ms};
    connection->reader.link = &connection->pump.client;
    struct event *event = &connection->event;
    const char *fault =
        request_parse_within(&connection->request, head, http->server.host, http->server.port);
    if (fault) return tool_fail(call, "%s: %s", call->tool->name, fault);
    connection->request.is_old = true; /* an answer without chunks: its end is the end of what was taken */
    snprintf(event->host, sizeof event->host, "%s", http->server.host);
    snprintf(event->method, sizeof event->method, "%s", http->method);
    event->port = http->server.port;
    if (http->secret) snprintf(event->secret, sizeof event->secret, "%s", http->secret);
    connection_serve_rule(connection, rule, value);
    pump_close(&connection->pump);
    connection_note(call, connection, started_ms);
    return answer_take(call, http, connection);
}

bool tool_http_run(void *context, struct tool_call *call)
{
    const struct tool_http_use *use = context;
    const struct tool_http *http = use->tool;
    if (!use->keyring) return tool_fail(call, "%s: no keyring", call->tool->name);
    AUTO_FREE struct writing *out = calloc(1, sizeof *out);
    if (!out) return tool_fail(call, "no memory for a request");
    out->call = call;
    out->given = json_copy(call->arguments);
    put_text(out, http->method);
    put_text(out, " ");
    bool is_put = out->given && target_put(out, http);
    json_decref(out->given);
    if (!is_put) return false;
    bool has_body = strcmp(http->method, "GET") != 0 && strcmp(http->method, "DELETE") != 0;
    if (!has_body && json_object_size(call->arguments))
        return tool_fail(call, "%s: '%.60s' has no place in the request", call->tool->name,
                         json_object_iter_key(json_object_iter(call->arguments)));
    AUTO_FREE char *body = has_body ? json_dumps(call->arguments, JSON_COMPACT) : NULL;
    if (has_body && !body) return tool_fail(call, "no memory for a request");
    if (!head_put(out, http, body)) return false;
    return request_send(use, call, view_make(out->bytes, out->length), view_of_cstr(body ? body : ""));
}
