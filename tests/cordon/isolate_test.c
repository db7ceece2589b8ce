/* Checks in processes of their own: the same findings, and nothing that becomes of a worker gets any further.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"
#include "cordon/isolate.h"
#include "cordon/isolate_wire.h"
#include "cordon/isolate_worker.h"
#include "cordon/rulepack.h"
#include "tests/cordon/findings.h"

enum { LARGE_BYTES = 4 << 20, WAIT_MS = 20000, SHORT_MS = 3000, THREADS = 6, ROUNDS = 15, MUTATIONS = 20000 };

static struct ruleset *ruleset;
static struct arena arena;
static const char program[] =
    "import os, subprocess\nos.system('ls ' + x)\nsubprocess.run(['rm', 'x'])\neval(x)\n";

static struct checker_options options_of(void)
{
    return (struct checker_options){.ruleset = ruleset,
                                    .has_faults = true,
                                    .policy.reject_at = SEVERITY_ERROR,
                                    .source_limit_bytes = LARGE_BYTES + 1};
}

static struct isolate *opened(uint32_t deadline_ms)
{
    struct error err = {0};
    struct isolate *isolate = isolate_open(ruleset, deadline_ms, &err);
    if (!isolate) fail_msg("%s", err.message);
    return isolate;
}

static void check(struct isolate *isolate, struct view bytes, struct report *report)
{
    struct error err = {0};
    struct checker_options options = options_of();
    if (!isolate_check(isolate, &options, VIEW("a.py"), bytes, language_of_word(VIEW("python")), report,
                       &err))
        fail_msg("%s", err.message);
}

/* A program that takes a while. */
static struct view large(void)
{
    static char *bytes;
    static const char line[] = "x = [f(a, b) + c.d for e in range(10)]\n";
    if (!bytes) {
        bytes = malloc(LARGE_BYTES);
        for (size_t i = 0; i + 1 < LARGE_BYTES; i++) bytes[i] = line[i % (sizeof line - 1)];
        for (size_t i = LARGE_BYTES - 1; bytes[i - 1] != '\n'; i--) bytes[i - 1] = '\n';
        bytes[LARGE_BYTES - 1] = '\n';
    }
    return view_make(bytes, LARGE_BYTES);
}

static void reports_equal(const struct report *one, const struct report *other)
{
    assert_int_equal(one->verdict.decision, other->verdict.decision);
    assert_int_equal(one->verdict.missing.count, other->verdict.missing.count);
    assert_string_equal(one->source.digest.hex, other->source.digest.hex);
    findings_equal(&one->findings, &other->findings);
}

static struct isolate *shared;
static uint32_t compared, found;

static int file_compare(const char *path, const struct stat *status, int type, struct FTW *walk)
{
    (void)status;
    (void)walk;
    const struct language *language = type == FTW_F ? language_of_path(view_of_cstr(path)) : NULL;
    struct error err = {0};
    struct view bytes;
    if (!language || !io_read_file(&arena, path, 1 << 20, &bytes, &err)) return 0;
    struct report reports[2];
    struct checker_options options = options_of();
    for (int i = 0; i < 2; i++)
        assert_true(isolate_check(i ? shared : NULL, &options, view_of_cstr(path), bytes, language,
                                  &reports[i], &err));
    reports_equal(&reports[0], &reports[1]);
    compared++;
    found += reports[0].findings.count;
    for (int i = 0; i < 2; i++) report_clear(&reports[i]);
    return 0;
}

static void a_worker_finds_what_is_found_here(void **state)
{
    (void)state;
    shared = opened(0);
    char *path = NULL;
    assert_true(asprintf(&path, "%s/rules", getenv("CORDON_SOURCE_ROOT")) > 0);
    assert_int_equal(nftw(path, file_compare, 32, FTW_PHYS), 0);
    assert_true(compared > 100 && found > 500);
    free(path);
    struct report report, here;
    static char deep[40000] =
        "x = a"; /* as deep as anything that is no refusal: a worker has the stack of a main thread */
    for (size_t i = 0; i < 1200; i++) strcat(deep, i % 2 ? ".b" : "(c)");
    for (size_t i = 0; i < 190; i++) strcat(deep, " + [");
    strcat(deep, "1");
    for (size_t i = 0; i < 190; i++) strcat(deep, "]");
    strcat(deep, "\nimport os\nos.system(x)\n");
    check(shared, view_of_cstr(deep), &report);
    check(NULL, view_of_cstr(deep), &here);
    reports_equal(&here, &report);
    assert_true(here.findings.count > 0);
    report_clear(&report);
    report_clear(&here);
    check(shared, VIEW("x = 1\n"), &report);
    assert_int_equal(report.verdict.decision, DECISION_APPROVE);
    report_clear(&report);
    isolate_close(shared);
}

/* Whether it has taken processor time that one which only waits for its source does not take. */
static bool is_at_work(pid_t pid)
{
    char path[40], text[512] = "";
    unsigned long ticks = 0;
    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    FILE *file = fopen(path, "r");
    if (file && fgets(text, sizeof text, file)) {
        const char *rest = strrchr(text, ')'); /* fields 3 to 14 of proc(5) */
        if (!rest || sscanf(rest + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu", &ticks) != 1)
            ticks = 0;
    }
    if (file) fclose(file);
    return ticks >= 3;
}

/* The child of the keeper's that checks, when there is one; 0: not in time. */
static pid_t worker_wait(int keeper)
{
    char path[80];
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", keeper, keeper);
    for (unsigned long long until_ms = io_now_ms() + WAIT_MS; io_now_ms() < until_ms;) {
        int pid = 0, worker = 0;
        FILE *file = fopen(path, "r");
        while (file && !worker && fscanf(file, "%d", &pid) == 1)
            if (is_at_work(pid)) worker = pid;
        if (file) fclose(file);
        if (worker) return worker;
    }
    return 0;
}

/* Processes that are nobody's children here are gone when they cannot be signalled. */
static bool is_gone(pid_t pid)
{
    for (unsigned long long until_ms = io_now_ms() + WAIT_MS; io_now_ms() < until_ms; poll(NULL, 0, 5)) {
        char path[40], text[80] = "";
        snprintf(path, sizeof path, "/proc/%d/stat", pid);
        FILE *file = fopen(path, "r");
        bool is_there = file && fgets(text, sizeof text, file) && !strstr(text, ") Z");
        if (file) fclose(file);
        if (!is_there) return true;
    }
    return false;
}

struct disturbance {
    struct isolate *isolate;
    int signal;
    pid_t worker;
};

static void *worker_disturb(void *argument)
{
    struct disturbance *disturbance = argument;
    disturbance->worker = worker_wait(isolate_keeper(disturbance->isolate));
    if (disturbance->worker) kill(disturbance->worker, disturbance->signal);
    return NULL;
}

/* Checks a large source while its worker gets a signal: a refusal, whose reason has this text. */
static void disturbed(int signal_number, uint32_t deadline_ms, const char *reason)
{
    pthread_t thread;
    struct report report;
    struct disturbance disturbance = {opened(deadline_ms), signal_number, 0};
    assert_int_equal(pthread_create(&thread, NULL, worker_disturb, &disturbance), 0);
    check(disturbance.isolate, large(), &report);
    pthread_join(thread, NULL);
    assert_true(disturbance.worker > 0);
    assert_int_equal(report.verdict.decision, DECISION_REJECT);
    assert_int_equal(report.findings.count, 1);
    text_equal(report.findings.items[0].rule_id, VIEW("cordon.guard.worker"));
    assert_true(report.findings.items[0].is_guard);
    if (view_find(report.findings.items[0].message, view_of_cstr(reason)) == SIZE_MAX)
        fail_msg("\"%.*s\" does not say %s", VIEW_ARGS(report.findings.items[0].message), reason);
    report_clear(&report);
    assert_true(is_gone(disturbance.worker));
    check(disturbance.isolate, VIEW(program), &report); /* the next one is as good as ever */
    assert_true(report.findings.count > 1);
    report_clear(&report);
    isolate_close(disturbance.isolate);
}

static void a_worker_that_is_killed_is_a_refusal(void **state)
{
    (void)state;
    disturbed(SIGKILL, 0, "signal 9");
    disturbed(SIGSEGV, 0, "signal 11");
    disturbed(SIGSYS, 0, "signal 31");
}

static void a_worker_that_stops_is_a_refusal_in_time_and_is_ended(void **state)
{
    (void)state;
    disturbed(SIGSTOP, SHORT_MS, "took longer than 3000 ms");
}

static void a_keeper_that_dies_is_born_again(void **state)
{
    (void)state;
    struct report report;
    struct isolate *isolate = opened(0);
    int first = isolate_keeper(isolate);
    kill(first, SIGKILL);
    assert_true(is_gone(first));
    check(isolate, VIEW(program), &report);
    assert_true(report.findings.count > 1);
    assert_int_not_equal(isolate_keeper(isolate), first);
    report_clear(&report);
    isolate_close(isolate);
}

static void a_keeper_that_stops_is_a_refusal(void **state)
{
    (void)state;
    struct report report;
    struct isolate *isolate = opened(500);
    kill(isolate_keeper(isolate), SIGSTOP);
    check(isolate, VIEW("x = 1\n"), &report); /* by the worker that waits, which needs no keeper */
    report_clear(&report);
    check(isolate, VIEW("x = 1\n"), &report);
    assert_int_equal(report.verdict.decision, DECISION_REJECT);
    text_equal(report.findings.items[0].rule_id, VIEW("cordon.guard.worker"));
    report_clear(&report);
    int keeper = isolate_keeper(isolate);
    isolate_close(isolate);
    kill(keeper, SIGCONT);
    assert_true(is_gone(keeper));
}

/* ---- what a worker can do ---- */

static bool file_probe(void)
{
    int fd = open("/etc/passwd", O_RDONLY | O_CLOEXEC);
    return fd >= 0;
}

static bool file_made_probe(void)
{
    char path[] = "/tmp/cordon-isolate-XXXXXX";
    int fd = mkstemp(path);
    if (fd >= 0) unlink(path);
    return fd >= 0;
}

static bool internet_probe(void)
{
    return socket(AF_INET, SOCK_STREAM, 0) >= 0;
}

static bool unix_probe(void)
{
    int ends[2];
    return socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0;
}

static bool fork_probe(void)
{
    pid_t pid = fork();
    if (pid == 0) _exit(0);
    return pid > 0 && waitpid(pid, NULL, 0) == pid;
}

static bool exec_probe(void)
{
    char name[] = "true", *const arguments[] = {name, NULL}, *const environment[] = {NULL};
    execve("/bin/true", arguments, environment);
    return false;
}

static bool signal_probe(void)
{
    return kill(getppid(), 0) == 0;
}

static bool map_probe(void)
{
    return mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, 0, 0) != MAP_FAILED;
}

/* The probe in a child: outside of the filter it succeeds, inside it is ended by SIGSYS. */
static int probe_status(bool (*probe)(void), bool is_confined)
{
    int status = -1, zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
    pid_t pid = fork();
    if (pid == 0) {
        struct error err;
        dup2(zero, 0);
        if (is_confined && !worker_confine(&err)) _exit(3);
        _exit(probe() ? 0 : 1);
    }
    waitpid(pid, &status, 0);
    close(zero);
    return status;
}

static void a_worker_opens_no_file_and_no_socket(void **state)
{
    (void)state;
    static bool (*const probes[])(void) = {file_probe, file_made_probe, internet_probe, unix_probe,
                                           fork_probe, exec_probe,      signal_probe,   map_probe};
    for (size_t i = 0; i < sizeof probes / sizeof *probes; i++) {
        int outside = probe_status(probes[i], false), inside = probe_status(probes[i], true);
        if (!WIFEXITED(outside) || WEXITSTATUS(outside) != 0) fail_msg("probe %zu does not work anywhere", i);
        if (!WIFSIGNALED(inside) || WTERMSIG(inside) != SIGSYS) fail_msg("probe %zu: %#x", i, inside);
    }
}

/* ---- what a worker can say ---- */

static bool view_lies_in(struct view text, size_t cap)
{
    return text.length <= cap && (text.length == 0 || text.bytes);
}

static void an_answer_in_disorder_does_no_harm(void **state)
{
    (void)state;
    struct error err = {0};
    struct report report;
    check(NULL, VIEW(program), &report);
    struct view answer = wire_answer_write(&arena, &report, NULL);
    report_clear(&report);
    assert_true(answer.length > 200);
    char *bytes = malloc(answer.length);
    uint32_t seed = 7, read = 0, wrong = 0;
    for (int round = 0; round < MUTATIONS; round++) {
        memcpy(bytes, answer.bytes, answer.length);
        for (int i = 0; i <= round % 4; i++) {
            seed = seed * 1664525u + 1013904223u;
            bytes[(seed >> 8) % answer.length] = round % 3 ? (char)(seed & 0xff) : (char)-1;
        }
        size_t length = round % 5 ? answer.length : (seed >> 4) % answer.length;
        report_init(&report, sizeof program, sizeof program);
        assert_true(source_init(&report.source, &report.arena, VIEW("a.py"), VIEW(program),
                                language_of_word(VIEW("python")), &err));
        enum wire_answer got = wire_answer_read(&report, view_make(bytes, length), &err);
        read += got == WIRE_HAS_FINDINGS;
        wrong += got == WIRE_IS_WRONG;
        for (uint32_t i = 0; got == WIRE_HAS_FINDINGS && i < report.findings.count; i++) {
            const struct finding *finding = &report.findings.items[i];
            assert_true(finding->start <= finding->end && finding->end <= sizeof program - 1);
            assert_true(finding->severity < SEVERITY_COUNT &&
                        finding->capability.kind < CAPABILITY_KIND_COUNT);
            assert_true(view_lies_in(finding->message, length) && view_lies_in(finding->fix, length));
            for (uint32_t k = 0; k < finding->capture_count; k++)
                assert_true(finding->captures[k].end <= sizeof program - 1);
        }
        report_clear(&report);
    }
    assert_true(read > 100 && wrong > 100);
    free(bytes);
}

/* ---- the host ---- */

static atomic_int children_told;

static void child_note(int number)
{
    (void)number;
    children_told++;
}

static unsigned descriptor_count(void)
{
    unsigned count = 0;
    DIR *folder = opendir("/proc/self/fd");
    while (folder && readdir(folder)) count++;
    closedir(folder);
    return count;
}

static void *checks_do(void *isolate)
{
    uintptr_t count = 0;
    for (int i = 0; i < ROUNDS; i++) {
        struct report report;
        check(isolate, VIEW(program), &report);
        count += report.findings.count;
        report_clear(&report);
    }
    return (void *)count;
}

static void the_host_notices_nothing(void **state)
{
    (void)state;
    struct sigaction note = {.sa_handler = child_note}, before;
    sigaction(SIGCHLD, &note, &before);
    unsigned descriptors = descriptor_count();
    uintptr_t wanted = (uintptr_t)checks_do(NULL);
    struct isolate *isolate = opened(0);
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, checks_do, isolate), 0);
    for (int i = 0; i < THREADS; i++) {
        void *count;
        pthread_join(threads[i], &count);
        assert_int_equal((uintptr_t)count, wanted);
    }
    int keeper = isolate_keeper(isolate);
    isolate_close(isolate);
    assert_true(is_gone(keeper));
    assert_int_equal(descriptor_count(), descriptors);
    assert_int_equal(children_told, 0);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
    sigaction(SIGCHLD, &before, NULL);
}

static int all_open(void **state)
{
    (void)state;
    struct error err = {0};
    arena_init(&arena, (size_t)1 << 30);
    ruleset = rulepack_open(true, NULL, 0, &err);
    return ruleset ? 0 : 1;
}

static int all_close(void **state)
{
    (void)state;
    ruleset_free(ruleset);
    arena_clear(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_worker_finds_what_is_found_here),
        cmocka_unit_test(a_worker_that_is_killed_is_a_refusal),
        cmocka_unit_test(a_worker_that_stops_is_a_refusal_in_time_and_is_ended),
        cmocka_unit_test(a_keeper_that_dies_is_born_again),
        cmocka_unit_test(a_keeper_that_stops_is_a_refusal),
        cmocka_unit_test(a_worker_opens_no_file_and_no_socket),
        cmocka_unit_test(an_answer_in_disorder_does_no_harm),
        cmocka_unit_test(the_host_notices_nothing),
    };
    return cmocka_run_group_tests(tests, all_open, all_close);
}
