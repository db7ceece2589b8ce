/* tool_event.h - what a program asked of the host's tools and what came of it, as it stands on record. Inside
 * the gateway. */
#ifndef CORDON_GATEWAY_TOOL_EVENT_H
#define CORDON_GATEWAY_TOOL_EVENT_H

#include <jansson.h>

#include "base/digest.h"
#include "gateway/journal.h"
#include "gateway/tool.h"

enum tool_outcome { TOOL_OK, TOOL_FAILED, TOOL_REFUSED, TOOL_CANCELED };

struct tool_event {
    uint32_t number; /* of the run, from 1; for the journal */
    char tool[TOOL_NAME_BYTES + 1];
    enum tool_outcome outcome;
    char reason[128];
    uint64_t arguments_bytes, result_bytes, ms;
    struct digest arguments_digest, result_digest; /* "" where there is none */
    json_t *connection;                            /* NULL: the tool made none that is known */
};

/* The decision on a call, before it is done; a NULL `refusal` allows. False: it is not in the journal. */
bool tool_event_decide(struct journal *journal, const struct tool_event *event, const char *refusal);

/* Behind a call that was allowed. */
bool tool_event_end(struct journal *journal, const struct tool_event *event);

/* As tool_server_stop has it; a new reference, NULL without memory. */
json_t *tool_event_json(const struct tool_event *event);

#endif
