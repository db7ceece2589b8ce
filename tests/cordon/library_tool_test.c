/* Tools that are functions of libcordon's caller, by its installed header alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <poll.h>
#include <stdatomic.h>
#include <unistd.h>

#include <cmocka.h>

#include "cordon/cordon.h"

static atomic_int count;

static bool give_back(void *context, struct cordon_tool_call *call)
{
    size_t length;
    const char *text = cordon_tool_call_arguments(call, &length);
    if (context != &count || strlen(text) != length || cordon_tool_call_remaining_ms(call) == 0)
        return cordon_tool_call_fail(call, "not as it should be");
    atomic_fetch_add(&count, 1);
    return cordon_tool_call_succeed(call, text, length);
}

static bool slow(void *context, struct cordon_tool_call *call)
{
    (void)context;
    struct pollfd stop = {cordon_tool_call_stop_fd(call), POLLIN, 0};
    if (poll(&stop, 1, 300) != 0) return cordon_tool_call_fail(call, "stopped");
    return cordon_tool_call_succeed(call, "\"slept\"", 7);
}

static bool fails(void *context, struct cordon_tool_call *call)
{
    return cordon_tool_call_fail(call, context);
}

static bool says_nothing(void *context, struct cordon_tool_call *call)
{
    (void)context, (void)call;
    return true;
}

static bool hangs(void *context, struct cordon_tool_call *call)
{
    (void)context;
    struct pollfd stop = {cordon_tool_call_stop_fd(call), POLLIN, 0};
    poll(&stop, 1, 60000);
    return cordon_tool_call_succeed(call, "1", 1);
}

/* What a function holds that takes no notice of the end. */
struct stay {
    atomic_int calls, is_let_go, has_ended, released;
};

static bool stays(void *context, struct cordon_tool_call *call)
{
    struct stay *stay = context;
    size_t length;
    atomic_fetch_add(&stay->calls, 1);
    while (!atomic_load(&stay->is_let_go)) usleep(10000);
    /* All that was the call's is still there, and nobody hears what is said. */
    bool is_same = strstr(cordon_tool_call_arguments(call, &length), "\"x\":") != NULL && length > 6;
    struct pollfd stop = {cordon_tool_call_stop_fd(call), POLLIN, 0};
    bool is_told = poll(&stop, 1, 0) == 1;
    cordon_tool_call_succeed(call, "1", 1);
    if (is_same && is_told) atomic_fetch_add(&stay->has_ended, 1);
    return true;
}

static void stay_release(void *context)
{
    struct stay *stay = context;
    atomic_fetch_add(&stay->released, 1);
}

static const char integer[] =
    "{\"type\":\"object\",\"properties\":{\"x\":{\"type\":\"integer\"}},\"required\":[\"x\"]}";
static char refusal[] = "the customer is unknown";
static const struct cordon_tool tools[] = {
    {.struct_size = sizeof *tools,
     .name = "back",
     .parameters = integer,
     .call = give_back,
     .context = &count},
    {.struct_size = sizeof *tools, .name = "slow", .description = "Sleeps.", .call = slow},
    {.struct_size = sizeof *tools, .name = "fails", .call = fails, .context = refusal},
    {.struct_size = sizeof *tools, .name = "nothing", .call = says_nothing},
    {.struct_size = sizeof *tools, .name = "hangs", .call = hangs, .timeout_ms = 300},
    {.struct_size = sizeof *tools, .name = "ungranted", .call = give_back},
};
static const struct cordon_tool *const all[] = {&tools[0], &tools[1], &tools[2],
                                                &tools[3], &tools[4], &tools[5]};
enum { TOOL_COUNT = sizeof all / sizeof *all };

static struct cordon_gate *gate_open(void)
{
    static const char *const grants[] = {"tool=back", "tool=slow", "tool=fails", "tool=nothing",
                                         "tool=hangs"};
    char error[256] = "";
    struct cordon_gate_options options = {
        .struct_size = sizeof options, .grants = grants, .grant_count = 5, .pool_cells = 4};
    struct cordon_gate *gate = cordon_gate_open(&options, error, sizeof error);
    if (!gate) fail_msg("%s", error);
    return gate;
}

/* The output of a run with the tools. */
static struct cordon_answer *run(struct cordon_gate *gate, const char *language, const char *source)
{
    struct cordon_run_options options = {
        .struct_size = sizeof options, .tools = all, .tool_count = TOOL_COUNT};
    return cordon_run(gate, NULL, language, source, strlen(source), &options);
}

static void expect(struct cordon_gate *gate, const char *language, const char *source, const char *wanted)
{
    size_t length;
    struct cordon_answer *answer = run(gate, language, source);
    const char *said = cordon_answer_stdout(answer, &length);
    if (cordon_answer_error(answer) || strcmp(said, wanted) != 0)
        fail_msg("%s\n%s\n%s", said, cordon_answer_stderr(answer, &length), cordon_answer_json(answer));
    assert_non_null(strstr(cordon_answer_json(answer), "\"outcome\""));
    cordon_answer_free(answer);
}

static const char python[] =
    "import asyncio\n"
    "from cordon import tools, ToolError\n"
    "async def main():\n"
    "    print(tools.back(x=7))\n"
    "    print(await asyncio.gather(tools.aio.slow(), tools.aio.back(x=1), tools.aio.fails(),\n"
    "                               return_exceptions=True))\n"
    "    for name in ('nothing', 'hangs'):\n"
    "        try: print(tools.nothing() if name == 'nothing' else tools.hangs())\n"
    "        except ToolError as error: print(error)\n"
    "asyncio.run(main())\n";

static void python_calls_functions(void **state)
{
    (void)state;
    struct cordon_gate *gate = gate_open();
    for (int i = 0; i < 3; i++) /* the first cold, then in cells that waited */
        expect(gate, "python", python,
               "{'x': 7}\n['slept', {'x': 1}, ToolError('the customer is unknown')]\n"
               "the tool gave no result\nthe tool did not answer in time\n");
    assert_int_equal(atomic_load(&count), 6);
    cordon_gate_close(gate);
}

static void node_calls_functions(void **state)
{
    (void)state;
    struct cordon_gate *gate = gate_open();
    expect(gate, "javascript",
           "const { tools } = require('cordon');\n"
           "Promise.allSettled([tools.slow(), tools.back({ x: 1 }), tools.fails(), "
           "tools.back({})]).then((all) =>\n"
           "  console.log(all.map((one) => JSON.stringify(one.value) || one.reason.message).join()));\n",
           "\"slept\",{\"x\":1},the customer is unknown,back: the arguments: it: 'x' is missing\n");
    cordon_gate_close(gate);
}

/* What is not granted is not there, though it was given. */
static void an_ungranted_function_is_none(void **state)
{
    (void)state;
    struct cordon_gate *gate = gate_open();
    size_t length;
    static const char source[] = "from cordon import tools\nprint(sorted(vars(tools)))\n";
    struct cordon_answer *answer = run(gate, "python", source);
    if (!strstr(cordon_answer_stdout(answer, &length),
                "['aio', 'back', 'fails', 'hangs', 'nothing', 'slow']"))
        fail_msg("%s", cordon_answer_json(answer));
    cordon_answer_free(answer);
    cordon_gate_close(gate);
}

/* A run that ends does not wait for more than the functions, which hear of it. */
static void a_run_that_ends_stops_its_tools(void **state)
{
    (void)state;
    struct cordon_gate *gate = gate_open();
    static const char source[] =
        "import threading, time\nfrom cordon import tools\n"
        "threading.Thread(target=tools.slow, daemon=True).start()\ntime.sleep(0.1)\n";
    struct cordon_answer *answer = run(gate, "python", source);
    if (!strstr(cordon_answer_json(answer), "\"outcome\": \"canceled\"") &&
        !strstr(cordon_answer_json(answer), "\"outcome\":\"canceled\""))
        fail_msg("%s", cordon_answer_json(answer));
    cordon_answer_free(answer);
    cordon_gate_close(gate);
}

/* A run's limits hold whatever a function does; what it needs stays until it has returned. */
static void a_function_that_stays_is_left_behind(void **state)
{
    (void)state;
    static struct stay stay;
    const struct cordon_tool staying = {.struct_size = sizeof staying,
                                        .name = "slow", /* which is granted */
                                        .parameters = integer,
                                        .call = stays,
                                        .context = &stay,
                                        .timeout_ms = 600000,
                                        .release = stay_release};
    const struct cordon_tool *const list[] = {&staying};
    static const char *const limits[] = {"wall=1s"};
    static const char source[] =
        "import threading\nfrom cordon import tools\n"
        "threading.Thread(target=lambda: tools.slow(x=1)).start()\ntools.slow(x=1)\n";
    struct cordon_run_options options = {
        .struct_size = sizeof options, .limits = limits, .limit_count = 1, .tools = list, .tool_count = 1};
    struct cordon_gate *gate = gate_open();
    struct cordon_answer *answer = cordon_run(gate, NULL, "python", source, strlen(source), &options);
    const char *json = cordon_answer_json(answer);
    if (strcmp(cordon_answer_limit(answer), "wall") != 0 || !strstr(json, "had not returned when the run"))
        fail_msg("%s", json);
    assert_int_equal(atomic_load(&stay.calls), 2);
    assert_int_equal(atomic_load(&stay.has_ended) + atomic_load(&stay.released), 0);
    cordon_answer_free(answer);
    cordon_gate_close(gate);
    atomic_store(&stay.is_let_go, 1);
    for (int i = 0; i < 6000 && !atomic_load(&stay.released); i++) usleep(10000);
    assert_int_equal(atomic_load(&stay.has_ended), 2);
    assert_int_equal(atomic_load(&stay.released), 1);
}

static void every_tool_of_a_run_is_released(void **state)
{
    (void)state;
    static const char *const sources[] = {"print(1)", "import os\nos.system('id')", "print(",
                                          "from cordon import tools\ntools.slow(x=1)"};
    struct cordon_gate *gate = gate_open();
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        struct stay stay = {.is_let_go = 1};
        struct cordon_tool given[] = {tools[1], tools[5], tools[0]};
        for (int tool = 0; tool < 3; tool++) given[tool].context = &stay, given[tool].release = stay_release;
        if (i == 0) given[1].name = "no name"; /* for which the run is refused */
        const struct cordon_tool *const list[] = {&given[0], &given[1], &given[2]};
        struct cordon_run_options options = {.struct_size = sizeof options, .tools = list, .tool_count = 3};
        cordon_answer_free(cordon_run(gate, NULL, "python", sources[i], strlen(sources[i]), &options));
        assert_int_equal(atomic_load(&stay.released), 3);
    }
    cordon_gate_close(gate);
}

static void wrong_tools_are_refused(void **state)
{
    (void)state;
    struct cordon_gate *gate = gate_open();
    struct cordon_tool wrong[] = {tools[0], tools[0], tools[0], tools[0], tools[0]};
    static const char *const said[] = {"no name for a tool", "did you mean 'properties'",
                                       "without a function", "struct_size", "from 1 to 128"};
    wrong[0].name = "a-b";
    wrong[1].parameters = "{\"type\":\"object\",\"propertis\":{}}";
    wrong[2].call = NULL;
    wrong[3].struct_size = 8;
    wrong[4].depth = 1000;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const struct cordon_tool *list[] = {&wrong[i]};
        struct cordon_run_options options = {.struct_size = sizeof options, .tools = list, .tool_count = 1};
        struct cordon_answer *answer = cordon_run(gate, NULL, "python", "print(1)", 8, &options);
        const char *error = cordon_answer_error(answer);
        if (!error || !strstr(error, said[i])) fail_msg("%zu: %s", i, error ? error : "no error");
        cordon_answer_free(answer);
    }
    cordon_gate_close(gate);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        cmocka_unit_test(python_calls_functions),
        cmocka_unit_test(node_calls_functions),
        cmocka_unit_test(an_ungranted_function_is_none),
        cmocka_unit_test(a_run_that_ends_stops_its_tools),
        cmocka_unit_test(wrong_tools_are_refused),
        cmocka_unit_test(every_tool_of_a_run_is_released),
        cmocka_unit_test(a_function_that_stays_is_left_behind),
    };
    return cmocka_run_group_tests(cases, NULL, NULL);
}
