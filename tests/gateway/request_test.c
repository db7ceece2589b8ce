/* What the proxy takes and what it refuses, case by case; and that what it passes on says one thing alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/request.h"

static const struct {
    const char *what, *head, *refusal;
    size_t length;
} cases[] = {
#define CASE(what, head, refusal) {what, head, refusal, sizeof(head) - 1},
#include "request_cases.def"
#undef CASE
};

static void test_cases(void **state)
{
    (void)state;
    static struct request request;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *refusal = request_parse(&request, view_make(cases[i].head, cases[i].length));
        bool is_right = *cases[i].refusal ? refusal && strstr(refusal, cases[i].refusal) : !refusal;
        if (!is_right) print_error("%s: %s\n", cases[i].what, refusal ? refusal : "taken");
        assert_true(is_right);
    }
}

/* A head that is taken must be taken again as it is passed on (apart from the form of its target). */
static void test_passed_on(void **state)
{
    (void)state;
    static struct request request;
    char out[4096];
    struct view head =
        VIEW("POST http://A.example:8080/x?y HTTP/1.1\r\nHost: a.EXAMPLE:8080\r\nX-Key: v \r\n"
             "Proxy-Authorization: Basic eDp5\r\nConnection: keep-alive, TE\r\nTE: trailers\r\n"
             "Content-Length: 5\r\n\r\n");
    assert_null(request_parse(&request, head));
    size_t length = request_write(&request, out, sizeof out);
    const char *wanted = "POST /x?y HTTP/1.1\r\nHost: a.example:8080\r\nX-Key: v\r\nContent-Length: 5\r\n"
                         "Connection: close\r\n\r\n";
    assert_int_equal(length, strlen(wanted));
    assert_memory_equal(out, wanted, length);
    assert_int_equal(request_write(&request, out, 40), 0); /* what does not fit is not sent in part */
}

/* Within TLS that the gateway ends: a path, and the Host of the tunnel. */
static void test_within(void **state)
{
    (void)state;
    static struct request request;
    static const struct {
        const char *head, *refusal;
    } heads[] = {
        {"GET /x?y HTTP/1.1\r\nHost: a.example\r\n\r\n", NULL},
        {"GET / HTTP/1.1\r\nHost: A.example:443\r\n\r\n", NULL},
        {"GET / HTTP/1.0\r\n\r\n", NULL},
        {"GET / HTTP/1.1\r\nHost: b.example\r\n\r\n", "another host"},
        {"GET / HTTP/1.1\r\nHost: a.example:80\r\n\r\n", "another host"},
        {"GET / HTTP/1.1\r\n\r\n", "no Host"},
        {"GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n", "not a path"},
        {"OPTIONS * HTTP/1.1\r\nHost: a.example\r\n\r\n", "not a path"},
        {"GET /#x HTTP/1.1\r\nHost: a.example\r\n\r\n", "not a path"},
        {"CONNECT a.example:443 HTTP/1.1\r\nHost: a.example\r\n\r\n", "not a path"},
        {"CONNECT /x HTTP/1.1\r\nHost: a.example\r\n\r\n", "a tunnel within"},
        {"GET / HTTP/1.1\r\nHost: a.example\r\nUpgrade: websocket\r\n\r\n", "no other protocol"},
    };
    for (size_t i = 0; i < sizeof heads / sizeof *heads; i++) {
        const char *refusal = request_parse_within(&request, view_of_cstr(heads[i].head), "a.example", 443);
        bool is_right = heads[i].refusal ? refusal && strstr(refusal, heads[i].refusal) : !refusal;
        if (!is_right) print_error("%zu: %s\n", i, refusal ? refusal : "taken");
        assert_true(is_right);
    }
    char out[256];
    assert_null(request_parse_within(&request, view_of_cstr(heads[0].head), "a.example", 443));
    size_t length = request_write(&request, out, sizeof out);
    const char *wanted = "GET /x?y HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n";
    assert_int_equal(length, strlen(wanted));
    assert_memory_equal(out, wanted, length);
}

static void test_limits(void **state)
{
    (void)state;
    static struct request request;
    static char head[LIMIT_HEAD_BYTES];
    for (int extra = 0; extra < 2; extra++) {
        size_t at = (size_t)sprintf(head, "GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\n");
        for (int i = 1; i < LIMIT_HEADERS + extra; i++) at += (size_t)sprintf(head + at, "X%d: y\r\n", i);
        at += (size_t)sprintf(head + at, "\r\n");
        const char *refusal = request_parse(&request, view_make(head, at));
        assert_true(extra ? refusal && strstr(refusal, "too many") : !refusal);
    }
    struct view nul = view_make("GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\nX: \0\r\n\r\n", 57);
    assert_non_null(request_parse(&request, nul));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_cases),
        cmocka_unit_test(test_passed_on),
        cmocka_unit_test(test_within),
        cmocka_unit_test(test_limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
