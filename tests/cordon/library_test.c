/* libcordon by its installed header alone: open, check, run, and what goes wrong. Links the shared library.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "cordon/cordon.h"

static struct cordon_gate *gate_open(const char *const *grants, size_t count)
{
    char error[256] = "";
    struct cordon_gate_options options = {
        .struct_size = sizeof options, .grants = grants, .grant_count = count};
    struct cordon_gate *gate = cordon_gate_open(&options, error, sizeof error);
    assert_string_equal(error, "");
    assert_non_null(gate);
    return gate;
}

static struct cordon_answer *check(const struct cordon_gate *gate, const char *source)
{
    return cordon_check(gate, "x.py", "python", source, strlen(source));
}

static void check_approves_and_rejects(void **state)
{
    (void)state;
    struct cordon_gate *gate = gate_open(NULL, 0);
    struct cordon_answer *answer = check(gate, "print(1)");
    assert_true(cordon_answer_is_approved(answer));
    assert_null(cordon_answer_error(answer));
    cordon_answer_free(answer);
    answer = check(gate, "import os; os.system('id')");
    assert_false(cordon_answer_is_approved(answer));
    assert_non_null(strstr(cordon_answer_json(answer), "python.exec.os-system"));
    cordon_answer_free(answer);
    cordon_gate_close(gate);
}

static void grants_are_honoured(void **state)
{
    (void)state;
    const char *grants[] = {"env=HOME"};
    struct cordon_gate *gate = gate_open(grants, 1);
    struct cordon_answer *answer = check(gate, "import os; os.environ['HOME']");
    assert_true(cordon_answer_is_approved(answer));
    cordon_answer_free(answer);
    cordon_gate_close(gate);
}

static void wrong_options_open_no_gate(void **state)
{
    (void)state;
    char error[256] = "";
    const char *grants[] = {"nett=x"};
    struct cordon_gate_options options = {.struct_size = sizeof options, .grants = grants, .grant_count = 1};
    assert_null(cordon_gate_open(&options, error, sizeof error));
    assert_non_null(strstr(error, "did you mean net"));
    options = (struct cordon_gate_options){0};
    assert_null(cordon_gate_open(&options, error, sizeof error));
}

static void an_unknown_language_is_not_approved(void **state)
{
    (void)state;
    struct cordon_gate *gate = gate_open(NULL, 0);
    struct cordon_answer *answer = cordon_check(gate, NULL, "cobol", "x", 1);
    assert_false(cordon_answer_is_approved(answer));
    assert_non_null(cordon_answer_error(answer));
    cordon_answer_free(answer);
    cordon_gate_close(gate);
}

static void run_returns_what_the_program_wrote(void **state)
{
    (void)state;
    struct cordon_gate *gate = gate_open(NULL, 0);
    struct cordon_run_options options = {.struct_size = sizeof options};
    const char *source = "import sys; print(6 * 7); sys.exit(5)";
    struct cordon_answer *answer = cordon_run(gate, "x.py", "python", source, strlen(source), &options);
    size_t length;
    assert_null(cordon_answer_error(answer));
    assert_string_equal(cordon_answer_ended(answer), "exited");
    assert_int_equal(cordon_answer_exit_code(answer), 5);
    assert_memory_equal(cordon_answer_stdout(answer, &length), "42\n", 3);
    assert_int_equal(length, 3);
    cordon_answer_free(answer);
    source = "import os; os.system('id')";
    answer = cordon_run(gate, "x.py", "python", source, strlen(source), &options);
    assert_string_equal(cordon_answer_ended(answer), "refused");
    cordon_answer_free(answer);
    cordon_gate_close(gate);
}

static void signal_ignore(int number)
{
    (void)number;
}

/* The process that becomes a cell shares the host's memory until it executes. */
static void a_run_leaves_its_host_as_it_was(void **state)
{
    (void)state;
    struct cordon_gate *gate = gate_open(NULL, 0);
    struct cordon_run_options options = {.struct_size = sizeof options};
    struct sigaction handler = {.sa_handler = signal_ignore}, found;
    sigset_t blocked, mask;
    sigaction(SIGUSR2, &handler, NULL);
    uid_t uid = geteuid();
    mode_t mode = umask(0);
    umask(mode);
    for (int is_dumpable = 1; is_dumpable >= 0; is_dumpable--) {
        prctl(PR_SET_DUMPABLE, is_dumpable, 0, 0, 0);
        pthread_sigmask(SIG_SETMASK, NULL, &blocked);
        struct cordon_answer *answer = cordon_run(gate, "x.py", "python", "print(1)", 8, &options);
        assert_string_equal(cordon_answer_ended(answer), "exited");
        cordon_answer_free(answer);
        assert_int_equal(prctl(PR_GET_DUMPABLE, 0, 0, 0, 0), is_dumpable);
        pthread_sigmask(SIG_SETMASK, NULL, &mask);
        for (int number = 1; number < NSIG; number++)
            assert_int_equal(sigismember(&mask, number), sigismember(&blocked, number));
        sigaction(SIGUSR2, NULL, &found);
        assert_ptr_equal(found.sa_handler, signal_ignore);
        assert_int_equal(geteuid(), uid);
        mode_t after = umask(mode);
        assert_int_equal(after, mode);
    }
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    cordon_gate_close(gate);
}

static void an_ungranted_variable_does_not_enter(void **state)
{
    (void)state;
    struct cordon_gate *gate = gate_open(NULL, 0);
    const char *environment[] = {"KEY=1"};
    struct cordon_run_options options = {
        .struct_size = sizeof options, .environment = environment, .environment_count = 1};
    struct cordon_answer *answer = cordon_run(gate, "x.py", "python", "print(1)", 8, &options);
    assert_string_equal(cordon_answer_ended(answer), "failed");
    assert_non_null(strstr(cordon_answer_error(answer), "KEY"));
    cordon_answer_free(answer);
    cordon_gate_close(gate);
}

static void findings_are_told_one_by_one(void **state)
{
    (void)state;
    struct cordon_gate *gate = gate_open(NULL, 0);
    struct cordon_answer *answer = check(gate, "import os\nos.environ['KEY']");
    cordon_gate_close(gate); /* the answer stays good */
    struct cordon_finding finding = {.struct_size = sizeof finding};
    assert_int_not_equal(cordon_answer_finding_count(answer), 0);
    assert_true(cordon_answer_finding(answer, 0, &finding));
    assert_string_equal(finding.capability, "env");
    assert_string_equal(finding.argument, "KEY");
    assert_int_equal(finding.line, 2);
    assert_false(finding.is_granted);
    assert_false(cordon_answer_finding(answer, cordon_answer_finding_count(answer), &finding));
    /* A caller of an older library has a shorter struct. */
    finding.line = 77;
    finding.struct_size = offsetof(struct cordon_finding, line);
    assert_true(cordon_answer_finding(answer, 0, &finding));
    assert_int_equal(finding.line, 77);
    assert_non_null(strstr(cordon_answer_json(answer), "\"KEY\""));
    cordon_answer_free(answer);
}

struct told {
    char text[256];
    struct cordon_cancel *cancel;
};

static bool output_tell(void *context, int stream, const void *bytes, size_t length)
{
    struct told *told = context;
    size_t at = strlen(told->text);
    snprintf(told->text + at, sizeof told->text - at, "%d:%.*s", stream, (int)length, (const char *)bytes);
    if (told->cancel) cordon_cancel_fire(told->cancel);
    return true;
}

static void event_tell(void *context, const char *event, const char *detail)
{
    struct told *told = context;
    size_t at = strlen(told->text);
    snprintf(told->text + at, sizeof told->text - at, "<%s%s>", event, *detail ? " id" : "");
}

static void output_and_events_come_as_they_happen(void **state)
{
    (void)state;
    struct cordon_gate *gate = gate_open(NULL, 0);
    struct told told = {0};
    struct cordon_run_options options = {.struct_size = sizeof options,
                                         .stdin_bytes = "word\n",
                                         .stdin_length = 5,
                                         .on_output = output_tell,
                                         .on_event = event_tell,
                                         .context = &told};
    const char *source = "print(input())";
    cordon_answer_free(cordon_run(gate, NULL, "python", source, strlen(source), &options));
    assert_string_equal(told.text, "<approved><started>1:word\n<ended id>");
    cordon_gate_close(gate);
}

static void a_run_is_canceled(void **state)
{
    (void)state;
    struct cordon_gate *gate = gate_open(NULL, 0);
    struct told told = {.cancel = cordon_cancel_new()};
    struct cordon_run_options options = {
        .struct_size = sizeof options, .cancel = told.cancel, .on_output = output_tell, .context = &told};
    const char *source = "import time\nprint(1, flush=True)\ntime.sleep(60)";
    struct cordon_answer *answer = cordon_run(gate, NULL, "python", source, strlen(source), &options);
    assert_string_equal(cordon_answer_ended(answer), "canceled");
    cordon_answer_free(answer);
    cordon_cancel_free(told.cancel);
    cordon_gate_close(gate);
}

static void a_pool_serves_runs_that_it_fits(void **state)
{
    (void)state;
    char error[256] = "";
    struct cordon_gate_options gate_options = {.struct_size = sizeof gate_options, .pool_cells = 2};
    struct cordon_gate *gate = cordon_gate_open(&gate_options, error, sizeof error);
    assert_non_null(gate);
    if (!cordon_gate_warm(gate, "python", NULL, 1, 20000, error, sizeof error)) fail_msg("%s", error);
    struct cordon_answer *answer = cordon_run(gate, NULL, "python", "print(1)", 8, NULL);
    assert_null(cordon_answer_error(answer));
    assert_true(cordon_answer_was_warm(answer));
    assert_non_null(strstr(cordon_answer_json(answer), "\"start\": \"warm\""));
    cordon_answer_free(answer);
    struct cordon_pool_stats stats = {.struct_size = sizeof stats};
    cordon_gate_stats(gate, &stats);
    assert_int_equal(stats.warm_runs, 1);
    cordon_gate_drain(gate);
    answer = cordon_run(gate, NULL, "python", "print(1)", 8, NULL);
    assert_false(cordon_answer_was_warm(answer));
    assert_int_equal(cordon_answer_exit_code(answer), 0);
    cordon_answer_free(answer);
    cordon_gate_close(gate);
    gate = gate_open(NULL, 0);
    assert_false(cordon_gate_warm(gate, "python", NULL, 1, 1000, error, sizeof error));
    assert_string_equal(error, "no pool");
    cordon_gate_close(gate);
}

static void *runs_and_checks(void *shared)
{
    const struct cordon_gate *gate = shared;
    uintptr_t failures = 0;
    for (int i = 0; i < 5; i++) {
        size_t length;
        struct cordon_answer *answer = cordon_run(gate, NULL, "python", "print(6*7)", 10, NULL);
        failures += strcmp(cordon_answer_stdout(answer, &length), "42\n") != 0;
        cordon_answer_free(answer);
        answer = cordon_check(gate, NULL, "python", "import os\nos.system('id')", 25);
        failures += cordon_answer_is_approved(answer) || !strstr(cordon_answer_json(answer), "os-system");
        cordon_answer_free(answer);
    }
    return (void *)failures; /* cmocka's asserts are for the first thread */
}

static void threads_share_a_gate(void **state)
{
    (void)state;
    struct cordon_gate_options options = {.struct_size = sizeof options, .pool_cells = 3};
    struct cordon_gate *gate = cordon_gate_open(&options, NULL, 0);
    pthread_t threads[4];
    for (int i = 0; i < 4; i++) assert_int_equal(pthread_create(&threads[i], NULL, runs_and_checks, gate), 0);
    cordon_gate_drain(gate); /* while they run */
    for (int i = 0; i < 4; i++) {
        void *failures;
        pthread_join(threads[i], &failures);
        assert_null(failures);
    }
    struct cordon_pool_stats stats = {.struct_size = sizeof stats};
    cordon_gate_stats(gate, &stats);
    assert_int_equal(stats.warm_runs + stats.cold_runs, 20);
    cordon_gate_close(gate);
}

/* What a sanitizer keeps of freed memory is no leak. */
#ifndef __has_feature
#define __has_feature(feature) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || __has_feature(address_sanitizer) || \
    __has_feature(thread_sanitizer)
enum { IS_SANITIZED = 1 };
#else
enum { IS_SANITIZED = 0 };
#endif

static uint64_t descriptors_and_pages(unsigned *descriptors)
{
    unsigned long pages = 0;
    *descriptors = 0;
    for (int fd = 0; fd < 1024; fd++) *descriptors += fcntl(fd, F_GETFD) >= 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file || fscanf(file, "%*u %lu", &pages) != 1) pages = 0;
    if (file) fclose(file);
    return pages;
}

static void many_checks_and_runs_stay_flat(void **state)
{
    (void)state;
    struct cordon_gate *gate = gate_open(NULL, 0);
    unsigned before = 0, after = 0;
    uint64_t pages_before = 0, pages_after = 0;
    for (int i = 0; i <= 3000; i++) {
        cordon_answer_free(check(gate, "import os; os.system('id')"));
        if (i % 300 == 0) cordon_answer_free(cordon_run(gate, NULL, "python", "print(1)", 8, NULL));
        if (i == 1000) pages_before = descriptors_and_pages(&before);
    }
    pages_after = descriptors_and_pages(&after);
    assert_int_equal(before, after);
    if (!IS_SANITIZED && pages_after > pages_before + 256)
        fail_msg("%lu pages, then %lu", pages_before, pages_after);
    cordon_gate_close(gate);
}

static void structs_of_other_sizes(void **state)
{
    (void)state;
    struct cordon_gate *gate = gate_open(NULL, 0);
    struct {
        struct cordon_run_options known;
        const char *later;
    } options = {.known = {.struct_size = sizeof options}};
    struct cordon_answer *answer = cordon_run(gate, NULL, "python", "print(1)", 8, &options.known);
    assert_int_equal(cordon_answer_exit_code(answer), 0);
    cordon_answer_free(answer);
    options.later = "asks for what this library cannot do";
    answer = cordon_run(gate, NULL, "python", "print(1)", 8, &options.known);
    assert_string_equal(cordon_answer_ended(answer), "failed");
    assert_non_null(cordon_answer_error(answer));
    cordon_answer_free(answer);
    cordon_gate_close(gate);
}

static void what_the_library_has(void **state)
{
    (void)state;
    assert_true(cordon_has("pool"));
    assert_true(cordon_has("language:python"));
    assert_true(cordon_has("runtime:python"));
    assert_false(cordon_has("runtime:typescript"));
    assert_false(cordon_has("language:cobol"));
    assert_false(cordon_has("telepathy"));
}

static void a_file_is_checked(void **state)
{
    (void)state;
    struct cordon_gate *gate = gate_open(NULL, 0);
    struct cordon_answer *answer = cordon_check_file(gate, "/nonexistent.py", NULL);
    assert_false(cordon_answer_is_approved(answer));
    assert_non_null(strstr(cordon_answer_error(answer), "/nonexistent.py"));
    cordon_answer_free(answer);
    answer = cordon_check_file(gate, EXAMPLE_FILE, NULL);
    assert_null(cordon_answer_error(answer));
    assert_true(cordon_answer_is_approved(answer));
    cordon_answer_free(answer);
    cordon_gate_close(gate);
}

static void a_log_that_cannot_be_written_opens_no_gate(void **state)
{
    (void)state;
    char error[256] = "";
    struct cordon_gate_options options = {.struct_size = sizeof options, .log = "/proc/none/log.jsonl"};
    assert_null(cordon_gate_open(&options, error, sizeof error));
    assert_int_not_equal(error[0], 0);
}

static void a_check_in_a_process_of_its_own(void **state)
{
    (void)state;
    char error[512] = "";
    struct cordon_gate_options options = {.struct_size = sizeof options, .policy = "agent"};
    struct cordon_gate *plain = cordon_gate_open(&options, error, sizeof error);
    options.isolate_check = true;
    struct cordon_gate *isolated = cordon_gate_open(&options, error, sizeof error);
    assert_non_null(plain);
    if (!isolated) fail_msg("%s", error);
    static const char *const programs[] = {"print(1)\n", "import os\nos.system('id ' + x)\n", "def f(:\n"};
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        struct cordon_answer *one = cordon_check(plain, "a.py", "python", programs[i], strlen(programs[i]));
        struct cordon_answer *other =
            cordon_check(isolated, "a.py", "python", programs[i], strlen(programs[i]));
        assert_string_equal(cordon_answer_json(one), cordon_answer_json(other));
        assert_int_equal(cordon_answer_is_approved(one), i == 0);
        cordon_answer_free(one);
        cordon_answer_free(other);
    }
    assert_true(cordon_has("isolate"));
    cordon_gate_close(plain);
    cordon_gate_close(isolated);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_check_in_a_process_of_its_own),
        cmocka_unit_test(check_approves_and_rejects),
        cmocka_unit_test(grants_are_honoured),
        cmocka_unit_test(wrong_options_open_no_gate),
        cmocka_unit_test(an_unknown_language_is_not_approved),
        cmocka_unit_test(run_returns_what_the_program_wrote),
        cmocka_unit_test(a_run_leaves_its_host_as_it_was),
        cmocka_unit_test(an_ungranted_variable_does_not_enter),
        cmocka_unit_test(findings_are_told_one_by_one),
        cmocka_unit_test(output_and_events_come_as_they_happen),
        cmocka_unit_test(a_run_is_canceled),
        cmocka_unit_test(a_pool_serves_runs_that_it_fits),
        cmocka_unit_test(threads_share_a_gate),
        cmocka_unit_test(many_checks_and_runs_stay_flat),
        cmocka_unit_test(structs_of_other_sizes),
        cmocka_unit_test(what_the_library_has),
        cmocka_unit_test(a_file_is_checked),
        cmocka_unit_test(a_log_that_cannot_be_written_opens_no_gate),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
