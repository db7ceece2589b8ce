/* What schemas take and what they refuse; what messages of tools are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/schema.h"
#include "gateway/tool_message.h"

enum kind { KIND_FITS, KIND_MISFITS, KIND_REFUSED };

static const struct {
    enum kind kind;
    const char *schema, *value, *said;
} cases[] = {
#define FITS(schema, value)          {KIND_FITS, schema, value, NULL},
#define MISFITS(schema, value, said) {KIND_MISFITS, schema, value, said},
#define REFUSED(schema, said)        {KIND_REFUSED, schema, NULL, said},
#include "tests/gateway/schema_cases.def"
};

static void test_schema(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct error err = {0};
        char message[SCHEMA_MESSAGE_BYTES] = "";
        json_t *schema = json_loads(cases[i].schema, JSON_DECODE_ANY, NULL);
        bool is_known = schema_check(schema, &err);
        if (is_known != (cases[i].kind != KIND_REFUSED)) fail_msg("%s: %s", cases[i].schema, err.message);
        if (!is_known && !strstr(err.message, cases[i].said))
            fail_msg("%s: %s", cases[i].schema, err.message);
        json_t *value = is_known ? json_loads(cases[i].value, JSON_DECODE_ANY, NULL) : NULL;
        bool is_fit = value && schema_fits(schema, value, message);
        if (is_fit != (cases[i].kind == KIND_FITS))
            fail_msg("%s of %s: %s", cases[i].value, cases[i].schema, message);
        if (cases[i].kind == KIND_MISFITS && !strstr(message, cases[i].said))
            fail_msg("%s of %s: %s", cases[i].value, cases[i].schema, message);
        json_decref(value);
        json_decref(schema);
    }
}

/* Deep in itself: read, and too deep refused. */
static void test_schema_depth(void **state)
{
    (void)state;
    for (unsigned depth = SCHEMA_DEPTH_MAX; depth <= SCHEMA_DEPTH_MAX + 1; depth++) {
        json_t *schema = json_true();
        for (unsigned i = 0; i < depth; i++) schema = json_pack("{s:o}", "items", schema);
        struct error err = {0};
        assert_int_equal(schema_check(schema, &err), depth == SCHEMA_DEPTH_MAX);
        json_decref(schema);
    }
}

static void test_head(void **state)
{
    (void)state;
    static const struct {
        uint32_t body, number;
        uint16_t name, rest;
        bool is_head;
    } heads[] = {
        {10, 1, 4, 0, true},
        {4, 1, 4, 0, true},
        {0, 0, 0, 0, true},
        {1000, 1, 4, 0, true},
        {1001, 1, 4, 0, false},
        {UINT32_MAX, 1, 4, 0, false},
        {3, 1, 4, 0, false},
        {100, 1, 65, 0, false},
        {10, 1, 0, 0, false},
        {10, 1, 4, 1, false},
        {4, 0, 4, 0, false},
        {0, 1, 0, 0, false},
        {100, UINT32_MAX, 64, 0, true},
    };
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        unsigned char bytes[TOOL_HEAD_BYTES] = {
            (unsigned char)heads[i].body,           (unsigned char)(heads[i].body >> 8),
            (unsigned char)(heads[i].body >> 16),   (unsigned char)(heads[i].body >> 24),
            (unsigned char)heads[i].number,         (unsigned char)(heads[i].number >> 8),
            (unsigned char)(heads[i].number >> 16), (unsigned char)(heads[i].number >> 24),
            (unsigned char)heads[i].name,           (unsigned char)(heads[i].name >> 8),
            (unsigned char)heads[i].rest,           (unsigned char)(heads[i].rest >> 8)};
        struct tool_head head;
        const char *wrong = tool_head_read(&head, bytes, 1000);
        if (!wrong != heads[i].is_head) fail_msg("head %zu: %s", i, wrong ? wrong : "taken");
        if (!wrong) assert_int_equal(head.number, heads[i].number);
    }
}

static void test_json(void **state)
{
    (void)state;
    char why[TOOL_MESSAGE_BYTES];
    static const char *const wrong[] = {"",    "{",   "[[[1]]]",  "{\"a\":1,\"a\":2}",        "\"\\u0000\"",
                                        "1 2", "nul", "\"\xff\"", "{\"a\":{\"b\":{\"c\":1}}}"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        json_t *value = tool_json_read(view_of_cstr(wrong[i]), 2, why);
        if (value) fail_msg("taken: %s", wrong[i]);
    }
    static const char *const right[] = {"1", "\"[[[[[\"", "{\"a\":[1,2]}", "[[],[]]", "\"\\\"[[[\""};
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        json_t *value = tool_json_read(view_of_cstr(right[i]), 2, why);
        if (!value) fail_msg("refused: %s: %s", right[i], why);
        json_decref(value);
    }
    static char many[TOOL_VALUES_MAX * 2 + 3];
    memset(many, '[', 1);
    for (size_t i = 0; i < TOOL_VALUES_MAX; i++) memcpy(many + 1 + 2 * i, "1,", 2);
    memcpy(many + 1 + 2 * (size_t)TOOL_VALUES_MAX, "1]", 2);
    assert_null(tool_json_read(view_make(many, sizeof many), 2, why));
    assert_non_null(strstr(why, "too many values"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_schema),
        cmocka_unit_test(test_schema_depth),
        cmocka_unit_test(test_head),
        cmocka_unit_test(test_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
