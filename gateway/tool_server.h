/* tool_server.h - answers a program's calls of host tools over its one channel, while it runs.
 *
 * One thread reads; each call has a thread of its own, as many at once as TOOL_CALLS_AT_ONCE, then the reader
 * waits. Every call is judged here: a tool that is not in the list does not exist, whatever the program's
 * module thinks. A message that is none ends the channel, and the program's calls fail from then on.
 *
 * tool_server_stop may be called from any thread, once, when the cell has ended: it waits for the tools under
 * way, which are told to stop; for functions of others no longer than TOOL_STOP_MS. One that has not returned
 * then is left behind: what it needs of the server stays until it returns, and nothing it says is heard. */
#ifndef CORDON_GATEWAY_TOOL_SERVER_H
#define CORDON_GATEWAY_TOOL_SERVER_H

#include "gateway/journal.h"
#include "gateway/tool.h"

enum {
    TOOL_CALLS_AT_ONCE = 16,
    TOOL_STOP_MS = 1000,   /* for a function to notice that nobody waits any more */
    TOOL_EVENTS_MAX = 256, /* kept for the record; more are counted */
    TOOL_MESSAGE_MS =
        10000, /* from a message's first byte to its last, and for an answer that nobody reads */
};

struct tool_server;

/* Serves `channel_fd`, a non-blocking stream that it owns from now on. The tools live until tool_server_stop
 * (their contexts longer, where these are shared). The journal, or NULL, is shared; it gets "tool.call" for
 * every call before it is done, and "tool.end" behind every one that was allowed. NULL: the descriptor is
 * closed and `err` says why. */
struct tool_server *tool_server_start(const struct tool *const *tools, uint32_t tool_count,
                                      struct journal *journal, int channel_fd, struct error *err);

/* Ends every call and gives it back. Returns what was called, in the order of the calls' ends: {"calls":
 * [{"tool", "outcome": "ok" | "failed" | "refused" | "canceled", "reason", "arguments_bytes",
 * "arguments_sha256", "result_bytes", "result_sha256", "ms"}], "dropped": n}; a new reference, or NULL
 * without memory. NULL is none. */
json_t *tool_server_stop(struct tool_server *server);

#endif
