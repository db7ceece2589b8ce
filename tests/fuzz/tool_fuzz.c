/* What a program sends over the channel of host tools, whatever it is: a server with one tool that gives back
 * what it got reads it to its end, answers whoever reads, and stops. */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/io.h"
#include "gateway/gateway.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool echo(void *context, struct tool_call *call)
{
    (void)context;
    return tool_succeed(call, call->text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct tool tool = {.name = "echo",
                        .description = "",
                        .parameters =
                            "{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"array\",\"items\":{"
                            "\"type\":[\"integer\",\"string\"],\"maxLength\":8}}}}",
                        .result = "{\"type\":\"object\",\"maxProperties\":3}",
                        .limits = tool_limits_default(),
                        .run = echo};
    const struct tool *tools[] = {&tool};
    struct error err = {0};
    int pair[2];
    char thrown[4096];
    tool.limits.values[TOOL_LIMIT_ARGUMENTS] = 512;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) return 0;
    fcntl(pair[0], F_SETFL, O_NONBLOCK);
    struct tool_server *server = tool_server_start(tools, 1, NULL, pair[0], &err);
    if (!server) abort();
    for (size_t at = 0; at < size;) {
        ssize_t put = send(pair[1], data + at, size - at, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (put <= 0) break;
        at += (size_t)put;
    }
    shutdown(pair[1], SHUT_WR);
    while (recv(pair[1], thrown, sizeof thrown, size && data[0] & 1 ? 0 : MSG_DONTWAIT) > 0) continue;
    close(pair[1]);
    json_t *called = tool_server_stop(server);
    if (!called) abort();
    json_decref(called);
    return 0;
}
