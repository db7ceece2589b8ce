#include "gateway/tool_event.h"

#include "base/json.h"

static const char *const outcomes[] = {"ok", "failed", "refused", "canceled"};

/* A message may be cut within a character. */
static json_t *text_json(const char *text)
{
    return json_string_of_view(view_of_cstr(text));
}

bool tool_event_decide(struct journal *journal, const struct tool_event *event, const char *refusal)
{
    if (!journal) return true;
    return journal_note(journal, "tool.call", refusal != NULL,
                        json_pack("{s:i, s:o, s:s, s:o?, s:I, s:s}", "call", (int)event->number, "tool",
                                  text_json(event->tool), "decision", refusal ? "refuse" : "allow", "reason",
                                  refusal ? text_json(refusal) : NULL, "arguments_bytes",
                                  (json_int_t)event->arguments_bytes, "arguments_sha256",
                                  event->arguments_digest.hex));
}

bool tool_event_end(struct journal *journal, const struct tool_event *event)
{
    if (!journal) return true;
    return journal_note(journal, "tool.end", false,
                        json_pack("{s:i, s:o, s:s, s:o, s:I, s:s, s:I, s:O*}", "call", (int)event->number,
                                  "tool", text_json(event->tool), "outcome", outcomes[event->outcome],
                                  "reason", text_json(event->reason), "result_bytes",
                                  (json_int_t)event->result_bytes, "result_sha256", event->result_digest.hex,
                                  "ms", (json_int_t)event->ms, "connection", event->connection));
}

json_t *tool_event_json(const struct tool_event *event)
{
    return json_pack("{s:o, s:s, s:o, s:I, s:s, s:I, s:s, s:I, s:O*}", "tool", text_json(event->tool),
                     "outcome", outcomes[event->outcome], "reason", text_json(event->reason),
                     "arguments_bytes", (json_int_t)event->arguments_bytes, "arguments_sha256",
                     event->arguments_digest.hex, "result_bytes", (json_int_t)event->result_bytes,
                     "result_sha256", event->result_digest.hex, "ms", (json_int_t)event->ms, "connection",
                     event->connection);
}
