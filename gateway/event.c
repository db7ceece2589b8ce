/* event.c - what was asked and what came of it, as it stands on record. */
#include "base/json.h"
#include "gateway/connection.h"

static json_t *text_json(const char *text)
{
    return json_string_of_view(view_of_cstr(text));
}

static void marks_set(json_t *object, const struct event *event)
{
    if (*event->secret) json_object_set_new(object, "secret", json_string(event->secret));
    if (event->count > 1) json_object_set_new(object, "count", json_integer(event->count));
    if (event->is_intercepted) json_object_set_new(object, "intercepted", json_true());
    if (event->scrubbed) json_object_set_new(object, "scrubbed", json_integer((json_int_t)event->scrubbed));
}

json_t *connection_event_json(const struct event *event)
{
    json_t *object =
        json_pack("{s:o, s:i, s:s, s:o, s:s, s:s?, s:I, s:I, s:I}", "host", text_json(event->host), "port",
                  (int)event->port, "address", event->address, "method", text_json(event->method), "decision",
                  event->is_allowed ? "allow" : "refuse", "reason", event->reason, "sent_bytes",
                  (json_int_t)event->sent_bytes, "received_bytes", (json_int_t)event->received_bytes, "ms",
                  (json_int_t)event->ms);
    marks_set(object, event);
    return object;
}

bool connection_decide(struct connection *connection, const char *refusal)
{
    const struct event *event = &connection->event;
    if (connection->decided != UNDECIDED) return true;
    connection->decided = refusal ? DECIDED_REFUSE : DECIDED_ALLOW;
    if (!connection->journal) return true;
    json_t *fields =
        json_pack("{s:i, s:o, s:i, s:s, s:o, s:s, s:s?}", "connection", (int)connection->number, "host",
                  text_json(event->host), "port", (int)event->port, "address", event->address, "method",
                  text_json(event->method), "decision", refusal ? "refuse" : "allow", "reason", refusal);
    marks_set(fields, event);
    bool is_noted = journal_note(connection->journal, "gateway.decision", refusal != NULL, fields);
    if (!is_noted) connection->decided = DECIDED_REFUSE;
    return is_noted;
}

void connection_end(struct connection *connection)
{
    const struct event *event = &connection->event;
    connection_decide(connection, event->reason ? event->reason : "the program went away");
    if (connection->decided != DECIDED_ALLOW || !connection->journal) return;
    json_t *fields = json_pack("{s:i, s:o, s:i, s:s, s:o, s:b, s:s?, s:I, s:I, s:I}", "connection",
                               (int)connection->number, "host", text_json(event->host), "port",
                               (int)event->port, "address", event->address, "method",
                               text_json(event->method), "connected", (int)event->is_allowed, "reason",
                               event->reason, "sent_bytes", (json_int_t)event->sent_bytes, "received_bytes",
                               (json_int_t)event->received_bytes, "ms", (json_int_t)event->ms);
    marks_set(fields, event);
    journal_note(connection->journal, "gateway.connection", false, fields);
}
