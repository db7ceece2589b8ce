/* libcordon by its installed header alone: open, check, run, and what goes wrong. Links the shared library.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(check_approves_and_rejects),
        cmocka_unit_test(grants_are_honoured),
        cmocka_unit_test(wrong_options_open_no_gate),
        cmocka_unit_test(an_unknown_language_is_not_approved),
        cmocka_unit_test(run_returns_what_the_program_wrote),
        cmocka_unit_test(an_ungranted_variable_does_not_enter),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
