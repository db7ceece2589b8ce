#include "cordon/isolate.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "cordon/isolate_channel.h"
#include "cordon/isolate_wire.h"
#include "cordon/isolate_worker.h"

/* Of the keeper and its workers, as a main thread has; with a closed part at the low end. */
enum { STACK_BYTES = 8 << 20, STACK_GUARD_BYTES = 64 * 1024 };

enum { SPARE_LOOK_MS = 5 }; /* the keeper may be another one by then */

struct isolate {
    const struct ruleset *ruleset;
    uint32_t deadline_ms;
    pthread_mutex_t lock; /* over what follows */
    int control;          /* to the keeper; -1: there is none */
    unsigned spares;      /* workers in advance: as many as there were checks at once, up to a bound */
    unsigned owed;        /* those that are to be asked for */
    unsigned coming;      /* those that the keeper was asked for and has not sent */
    pid_t keeper;
};

/* ---- the keeper ---- */

struct birth {
    const struct ruleset *ruleset;
    int control;
    pid_t keeper;
};

/* Runs in the host's memory and ends at once, so that the keeper is no child of the host. */
static int midwife_run(void *argument)
{
    struct birth *birth = argument;
    pid_t pid = fork(); /* and not a bare clone: the keeper goes on using malloc */
    if (pid == 0) keeper_run(birth->ruleset, birth->control);
    birth->keeper = pid;
    return 0;
}

/* Without a signal at its end. */
static pid_t midwife_start(char *stack_end, struct birth *birth)
{
#if HAS_THREAD_SANITIZER /* it knows no clone that shares memory; then there is a signal */
    pid_t pid = fork();
    (void)stack_end;
    if (pid == 0) _exit(midwife_run(birth));
    return pid;
#else
    return clone(midwife_run, stack_end, CLONE_VM | CLONE_VFORK, birth);
#endif
}

/* The stack is what the keeper's copy goes on with. */
static bool midwife_call(struct birth *birth)
{
    char *stack = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
    if (stack == MAP_FAILED) return false;
    bool is_guarded = mprotect(stack, STACK_GUARD_BYTES, PROT_NONE) == 0;
    pid_t midwife = is_guarded ? midwife_start(stack + STACK_BYTES, birth) : -1;
    while (midwife > 0 && waitpid(midwife, NULL, __WALL) < 0 && errno == EINTR) continue;
    munmap(stack, STACK_BYTES);
    return midwife > 0 && birth->keeper > 0;
}

static bool keeper_start(struct isolate *isolate, struct error *err)
{
    int ends[2];
    struct birth *birth =
        mmap(NULL, sizeof *birth, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (birth == MAP_FAILED) return error_set(err, ERROR_SYSTEM, "no memory for the process that checks");
    bool has_ends = socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0;
    if (has_ends) {
        *birth = (struct birth){isolate->ruleset, ends[1], -1};
        bool is_born = midwife_call(birth);
        close(ends[1]);
        if (is_born) {
            isolate->control = ends[0];
            isolate->spares = isolate->coming = 1; /* it begins with one */
            isolate->owed = 0;
            isolate->keeper = birth->keeper;
        } else {
            close(ends[0]);
        }
    }
    munmap(birth, sizeof *birth);
    return isolate->control >= 0 || error_set(err, ERROR_SYSTEM, "cannot start the process that checks");
}

struct isolate *isolate_open(const struct ruleset *ruleset, uint32_t deadline_ms, struct error *err)
{
    struct isolate *isolate = calloc(1, sizeof *isolate);
    if (!isolate) {
        error_set(err, ERROR_SYSTEM, "no memory for a process that checks");
        return NULL;
    }
    isolate->ruleset = ruleset;
    isolate->deadline_ms = deadline_ms ? deadline_ms : ISOLATE_DEADLINE_MS;
    isolate->control = -1;
    pthread_mutex_init(&isolate->lock, NULL);
    if (keeper_start(isolate, err)) return isolate;
    isolate_close(isolate);
    return NULL;
}

void isolate_close(struct isolate *isolate)
{
    if (!isolate) return;
    if (isolate->control >= 0) close(isolate->control); /* the keeper's end */
    pthread_mutex_destroy(&isolate->lock);
    free(isolate);
}

int isolate_keeper(const struct isolate *isolate)
{
    return isolate->keeper;
}

/* ---- one check ---- */

/* A worker that waits for its one source, or -1: there is none, or the keeper has gone, and its workers with
 * it. With the lock held. */
static int spare_take(struct isolate *isolate)
{
    for (;;) {
        struct pollfd keeper = {.fd = isolate->control, .events = POLLIN};
        int fd;
        if (isolate->control < 0 || poll(&keeper, 1, 0) != 1 || keeper.revents != POLLIN) return -1;
        if (channel_receive(isolate->control, &fd, false) != CHANNEL_DONE) return -1;
        isolate->owed++;
        if (isolate->coming) isolate->coming--;
        struct pollfd silent = {.fd = fd, .events = POLLIN};
        if (fd >= 0 && poll(&silent, 1, 0) == 0) return fd;
        if (fd >= 0) close(fd); /* it has ended */
    }
}

/* Asks for as many as were taken. Behind the question, so that the worker has the processor first. */
static void spares_order(struct isolate *isolate)
{
    pthread_mutex_lock(&isolate->lock);
    for (; isolate->owed && channel_send(isolate->control, -1) == CHANNEL_DONE; isolate->owed--)
        isolate->coming++;
    pthread_mutex_unlock(&isolate->lock);
}

/* Has the keeper, a new one where it has died, fork a worker. Our end of its descriptor; -1 with an error. */
static int worker_order(struct isolate *isolate, unsigned long long deadline_ms, struct error *err)
{
    int ends[2];
    enum channel_state sent = CHANNEL_NOT_NOW;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0) {
        error_set_errno(err, ERROR_SYSTEM, errno, "cannot speak to the process that checks");
        return -1;
    }
    AUTO_FD int own = ends[0], its = ends[1];
    for (int births = 0; sent != CHANNEL_DONE;) {
        pthread_mutex_lock(&isolate->lock);
        sent = isolate->control < 0 ? CHANNEL_GONE : channel_send(isolate->control, its);
        bool is_born = sent == CHANNEL_GONE && births++ == 0;
        if (is_born) {
            if (isolate->control >= 0) close(isolate->control);
            isolate->control = -1;
            is_born = keeper_start(isolate, err);
        }
        pthread_mutex_unlock(&isolate->lock);
        if (sent == CHANNEL_GONE && !is_born) {
            error_set(err, ERROR_SYSTEM, "the process that checks cannot be reached");
            return -1;
        }
        if (sent == CHANNEL_NOT_NOW && io_now_ms() >= deadline_ms) {
            error_set(err, ERROR_SYSTEM, "the processes that check are all busy");
            return -1;
        }
        if (sent == CHANNEL_NOT_NOW) poll(NULL, 0, 1);
    }
    return STEAL_FD(own);
}

/* A worker for one check: one that waits, or is on its way, or one more. Our end of its descriptor; -1 with
 * an error. */
static int worker_get(struct isolate *isolate, unsigned long long deadline_ms, struct error *err)
{
    int fd = -1;
    for (bool is_coming = true; fd < 0 && is_coming && io_now_ms() < deadline_ms;) {
        pthread_mutex_lock(&isolate->lock);
        struct pollfd keeper = {.fd = isolate->control, .events = POLLIN};
        fd = spare_take(isolate);
        is_coming = isolate->coming > 0;
        if (fd < 0 && !is_coming && isolate->spares < ISOLATE_SPARES_MAX) {
            isolate->spares++;
            isolate->owed++;
        }
        pthread_mutex_unlock(&isolate->lock);
        if (fd < 0 && is_coming && poll(&keeper, 1, SPARE_LOOK_MS) > 0 && keeper.revents != POLLIN) break;
    }
    if (fd < 0) fd = worker_order(isolate, deadline_ms, err);
    if (fd >= 0) fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

/* Waits for the descriptor. False: the time is over. */
static bool descriptor_wait(int fd, short events, unsigned long long deadline_ms)
{
    for (;;) {
        unsigned long long now_ms = io_now_ms();
        struct pollfd ready = {.fd = fd, .events = events};
        int found = now_ms >= deadline_ms ? 0 : poll(&ready, 1, (int)(deadline_ms - now_ms));
        if (found > 0) return true;
        if (found == 0 || errno != EINTR) return false;
    }
}

/* What came back, up to the worker's last word. */
struct reply {
    struct arena *arena;
    ARRAY_OF(char) bytes;
    bool is_whole, is_late, is_large;
};

static void question_put(int fd, struct view question, unsigned long long deadline_ms)
{
    uint32_t length = (uint32_t)question.length;
    struct view parts[] = {view_make((const char *)&length, sizeof length), question};
    for (int i = 0; i < 2; i++)
        while (parts[i].length > 0) {
            ssize_t put = send(fd, parts[i].bytes, parts[i].length, MSG_NOSIGNAL);
            if (put < 0 && errno == EINTR) continue;
            if (put < 0 && (errno != EAGAIN || !descriptor_wait(fd, POLLOUT, deadline_ms))) return;
            if (put > 0) parts[i] = view_slice(parts[i], (size_t)put, parts[i].length);
        }
}

/* The answer's length, once it is there; a mark of the keeper's is none. */
static uint32_t length_of(const struct reply *reply)
{
    uint32_t length = UINT32_MAX;
    if (reply->bytes.count >= sizeof length) memcpy(&length, reply->bytes.items, sizeof length);
    return length;
}

static void reply_take(struct reply *reply, int fd, unsigned long long deadline_ms)
{
    char block[64 * 1024];
    while (!reply->is_whole && !reply->is_large) {
        ssize_t got = recv(fd, block, sizeof block, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0 && errno == EAGAIN) {
            reply->is_late = !descriptor_wait(fd, POLLIN, deadline_ms);
            if (reply->is_late) return;
            continue;
        }
        if (got <= 0) return;
        uint32_t wanted = reply->bytes.count + (uint32_t)got;
        reply->is_large =
            wanted > WIRE_BYTES_MAX + sizeof block || !ARRAY_RESERVE(reply->arena, &reply->bytes, wanted);
        if (reply->is_large) return;
        memcpy(reply->bytes.items + reply->bytes.count, block, (size_t)got);
        reply->bytes.count = wanted;
        uint32_t length = length_of(reply);
        reply->is_whole = length <= WIRE_BYTES_MAX && wanted - sizeof length >= length;
    }
}

/* Why there is no answer. */
static struct view reason_of(const struct isolate *isolate, const struct reply *reply, struct arena *arena)
{
    struct worker_end end = {0};
    if (reply->is_late) return arena_format(arena, "the check took longer than %u ms", isolate->deadline_ms);
    if (reply->is_large) return VIEW("the check answered with more than it may");
    if (reply->bytes.count >= sizeof end)
        memcpy(&end, reply->bytes.items + reply->bytes.count - sizeof end, sizeof end);
    if (end.mark != (uint32_t)WORKER_END_MARK)
        return VIEW("the process that checked ended without an answer");
    if (!WIFSIGNALED(end.status)) return VIEW("the process that checked gave up");
    const char *what = WTERMSIG(end.status) == SIGSYS    ? ": it asked for what no check needs"
                       : WTERMSIG(end.status) == SIGXCPU ? ": it took too much processor time"
                                                         : "";
    return arena_format(arena, "the process that checked was ended by signal %d%s", WTERMSIG(end.status),
                        what);
}

/* The findings of an answer in the report; where there is none, the guard's. */
static bool findings_take(const struct isolate *isolate, struct reply *reply, struct report *report,
                          struct error *err)
{
    struct view answer = view_make(reply->bytes.items, reply->bytes.count);
    enum wire_answer found = WIRE_IS_WRONG;
    if (reply->is_whole) {
        answer = view_slice(answer, sizeof(uint32_t), sizeof(uint32_t) + length_of(reply));
        found = wire_answer_read(report, answer, err);
    }
    if (found == WIRE_HAS_ERROR) return false;
    if (found == WIRE_HAS_FINDINGS) return true;
    struct view reason = reply->is_whole ? VIEW("the process that checked answered in disorder")
                                         : reason_of(isolate, reply, &report->arena);
    report->findings.count = 0;
    return guard_report(&report->findings, &report->arena, GUARD_WORKER, 0, 0, "%.*s", VIEW_ARGS(reason)) ||
           error_set(err, ERROR_LIMIT, "no memory left for the findings");
}

static bool worker_check(struct isolate *isolate, const struct checker_options *options, struct view path,
                         struct view bytes, const struct language *language, struct report *report,
                         struct error *err)
{
    unsigned long long deadline_ms = io_now_ms() + isolate->deadline_ms;
    struct wire_request request = {.path = path,
                                   .bytes = bytes,
                                   .language = language,
                                   .has_faults = options->has_faults,
                                   .source_limit_bytes = options->source_limit_bytes,
                                   .parse_deadline_ms = options->parse_deadline_ms};
    if (options->modules) request.modules = *options->modules;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, (size_t)3 * WIRE_BYTES_MAX);
    struct reply reply = {.arena = &arena};
    report_init(report, bytes.length, bytes.length);
    struct view question = wire_request_write(&arena, &request);
    if (!question.length)
        return error_set(err, ERROR_LIMIT, "the source is too large for the process that checks");
    AUTO_FD int fd = worker_get(isolate, deadline_ms, err);
    if (fd < 0) return false;
    question_put(fd, question, deadline_ms);
    spares_order(isolate);
    reply_take(&reply, fd, deadline_ms);
    return source_init(&report->source, &report->arena, path, bytes, language, err) &&
           findings_take(isolate, &reply, report, err) &&
           (verdict_decide(&report->verdict, &report->arena, &options->policy, report->source.digest.hex,
                           &report->findings) ||
            error_set(err, ERROR_LIMIT, "no memory left for the verdict"));
}

bool isolate_check(struct isolate *isolate, const struct checker_options *options, struct view path,
                   struct view bytes, const struct language *language, struct report *report,
                   struct error *err)
{
    if (isolate) return worker_check(isolate, options, path, bytes, language, report, err);
    struct checker *checker = checker_new(options, err);
    bool is_checked = checker && checker_check(checker, path, bytes, language, report, err);
    checker_free(checker);
    return is_checked;
}
