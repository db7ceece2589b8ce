/* cmd_hook.c - `cordon hook`: the gate that an agent's host asks before each of its tools.
 *
 * Hosts let the tool go on where a hook crashes, hangs or ends with a status they do not know. So two
 * processes: the parent reads the event whole, looks at none of it, and answers; a worker reads and checks
 * it. Whatever becomes of the worker, the parent answers in time: a denial unless the worker said that
 * nothing is wrong. It ends with 0 (answered) or 2 (denied, the reason on stderr), and nothing else. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "cordon/commands.h"
#include "cordon/hook_check.h"
#include "cordon/hook_install.h"
#include "cordon/job.h"
#include "cordon/style.h"

enum {
    EVENT_BYTES_MAX = 16 << 20, /* a tool that writes a file sends all of it */
    ANSWER_BYTES_MAX = 2 * HOOK_REASON_BYTES_MAX,
    DEADLINE_MS = 10000, /* hosts wait 30 s and longer */
    ANSWER_ALLOWS = 'a', /* what the worker writes: one of these, whether nested, the reason; then an end */
    ANSWER_DENIES = 'd',
    ANSWER_END = '\n',
};

/* Reads until the end, the bound or the deadline. False with what it was. */
static bool all_read(struct arena *arena, int fd, size_t cap_bytes, unsigned long long deadline_ms,
                     struct view *bytes, struct error *err)
{
    size_t length = 0, capacity = 64 * 1024;
    char *buffer = arena_alloc(arena, capacity);
    while (buffer) {
        unsigned long long now_ms = io_now_ms();
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        int found = now_ms >= deadline_ms ? 0 : poll(&ready, 1, (int)(deadline_ms - now_ms));
        if (found < 0 && errno == EINTR) continue;
        if (found <= 0) return error_set(err, ERROR_LIMIT, "it took too long");
        ssize_t got = read(fd, buffer + length, capacity - length);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return error_set_errno(err, ERROR_INPUT, errno, "cannot read");
        length += (size_t)got;
        if (length > cap_bytes) return error_set(err, ERROR_LIMIT, "more than %zu bytes", cap_bytes);
        *bytes = view_make(buffer, length);
        if (got == 0) return true;
        if (length < capacity) continue;
        char *grown = arena_alloc(arena, 2 * capacity);
        if (grown) memcpy(grown, buffer, length);
        buffer = grown;
        capacity *= 2;
    }
    return error_set(err, ERROR_LIMIT, "no memory");
}

/* The worker's whole life. */
static _Noreturn void worker_run(const struct options *options, enum hook_host host, struct view event,
                                 int out, unsigned deadline_ms)
{
    struct rlimit no_core = {0, 0}, cpu = {deadline_ms / 1000 + 2, deadline_ms / 1000 + 2};
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setrlimit(RLIMIT_CORE, &no_core);
    setrlimit(RLIMIT_CPU, &cpu);
    struct arena arena;
    arena_init(&arena, (size_t)1 << 30);
    struct hook_decision decision;
    struct error err = {0}, ignored = {0};
    if (!hook_check(&decision, &arena, options, host, event, &err)) {
        char text[1400];
        decision.allows = false;
        decision.reason = arena_format(&arena, "cordon could not check this call: %s\n",
                                       error_format(&err, text, sizeof text));
    }
    struct view answer = arena_format(&arena, "%c%c%.*s%c", decision.allows ? ANSWER_ALLOWS : ANSWER_DENIES,
                                      decision.is_nested ? 'n' : '-', VIEW_ARGS(decision.reason), ANSWER_END);
    bool is_written = answer.bytes && io_write_all(out, answer, &ignored);
    _exit(is_written ? 0 : 1);
}

/* Reaps the worker, which gets no more time. Returns whether it ended well. */
static bool worker_end(pid_t pid)
{
    int status = 0;
    kill(pid, SIGKILL); /* stopped ones too; one that has ended keeps its status */
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* Waits for the end of a worker that has said its last word; it needs no time for that. */
static bool worker_wait(pid_t pid, unsigned long long deadline_ms)
{
    siginfo_t info;
    while (io_now_ms() < deadline_ms) {
        info.si_pid = 0;
        if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == pid) break;
        poll(NULL, 0, 1);
    }
    return worker_end(pid);
}

/* The worker's decision; anything but a whole word of a worker that ended well is a denial. */
static void worker_ask(struct hook_decision *decision, struct arena *arena, const struct options *options,
                       enum hook_host host, struct view event, unsigned long long deadline_ms)
{
    int ends[2];
    struct error err = {0};
    struct view answer = {0};
    *decision = (struct hook_decision){0};
    decision->reason = VIEW("cordon could not start its check of this call, so it is denied.\n");
    if (pipe2(ends, O_CLOEXEC) < 0) return;
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        worker_run(options, host, event, ends[1], (unsigned)(deadline_ms - io_now_ms()));
    }
    close(ends[1]);
    AUTO_FD int in = ends[0];
    if (pid < 0) return;
    bool is_read = all_read(arena, in, ANSWER_BYTES_MAX, deadline_ms, &answer, &err);
    bool is_well = is_read ? worker_wait(pid, deadline_ms) : worker_end(pid);
    bool is_whole = is_read && answer.length >= 3 && answer.bytes[answer.length - 1] == ANSWER_END;
    decision->reason = VIEW(
        "cordon's check of this call crashed or took too long, so it is denied. Make the call smaller and "
        "plainer, or ask the operator.\n");
    if (!is_well || !is_whole) return;
    decision->is_nested = answer.bytes[1] == 'n';
    decision->allows = answer.bytes[0] == ANSWER_ALLOWS;
    decision->reason = view_slice(answer, 2, answer.length - 1);
}

/* Silence leaves the host's own questions in place. */
static enum status decision_answer(const struct hook_decision *decision, enum hook_host host)
{
    json_t *answer =
        decision->allows ? json_object() : hook_host_denial(host, decision->is_nested, decision->reason);
    char *text = answer ? json_dumps(answer, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;
    json_decref(answer);
    bool is_said = text && puts(text) >= 0 && fflush(stdout) == 0;
    free(text);
    if (is_said) return STATUS_OK;
    style_put(stderr, decision->reason);
    fputc('\n', stderr);
    return STATUS_UNDECIDED;
}

static enum status event_answer(const struct options *options, struct arena *arena, enum hook_host host)
{
    struct hook_decision decision = {0};
    struct view event;
    struct error err = {0};
    unsigned long long deadline_ms =
        io_now_ms() + (options->deadline_ms ? options->deadline_ms : DEADLINE_MS);
    if (all_read(arena, STDIN_FILENO, EVENT_BYTES_MAX, deadline_ms, &event, &err))
        worker_ask(&decision, arena, options, host, event, deadline_ms);
    else
        decision.reason =
            arena_format(arena, "cordon could not read this call (%s), so it is denied.\n", err.message);
    return decision_answer(&decision, host);
}

static enum status hook_complain(struct error *err)
{
    job_complain(err);
    return STATUS_UNDECIDED;
}

enum status command_hook(const struct options *options, struct arena *arena)
{
    struct error err = {0};
    struct view verb = view_of_cstr(options->operands.count ? options->operands.items[0] : "");
    bool installs = view_equals(verb, VIEW("install")), uninstalls = view_equals(verb, VIEW("uninstall"));
    if (options->operands.count > 1 || (verb.length && !installs && !uninstalls)) {
        error_set(&err, ERROR_USAGE, "unknown: cordon hook %.40s",
                  options->operands.items[options->operands.count - 1]);
        error_remedy(
            &err,
            "cordon hook --agent NAME, cordon hook install --agent NAME, cordon hook uninstall --agent NAME");
        return hook_complain(&err);
    }
    if (verb.length) return hook_install(options, arena, uninstalls, &err) ? STATUS_OK : hook_complain(&err);
    if (!options->agent) {
        error_set(&err, ERROR_USAGE, "for which host?");
        error_remedy(&err, "--agent claude-code, codex, gemini, cursor or copilot");
        return hook_complain(&err);
    }
    return event_answer(options, arena, hook_host_of_word(view_of_cstr(options->agent)));
}
