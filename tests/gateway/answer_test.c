/* What of a server's answer is taken; that a secret is found in it however it is given back; where secrets
 * go. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "gateway/answer.h"
#include "gateway/scrub.h"
#include "gateway/secret_use.h"

#define OK "HTTP/1.1 200 OK\r\n"

static const struct {
    const char *what, *head, *refusal;
    enum answer_body body;
} cases[] = {
    {"a length", OK "Content-Length: 5\r\n\r\n", NULL, ANSWER_LENGTH},
    {"chunks", OK "Transfer-Encoding: chunked\r\n\r\n", NULL, ANSWER_CHUNKED},
    {"neither", OK "\r\n", NULL, ANSWER_UNTIL_END},
    {"no content", "HTTP/1.1 204 No Content\r\n\r\n", NULL, ANSWER_EMPTY},
    {"not modified", "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n", NULL, ANSWER_EMPTY},
    {"no reason", "HTTP/1.1 200\r\n\r\n", NULL, ANSWER_UNTIL_END},
    {"an old server", "HTTP/1.0 200 OK\r\n\r\n", NULL, ANSWER_UNTIL_END},
    {"identity", OK "Content-Encoding: identity\r\n\r\n", NULL, ANSWER_UNTIL_END},
    {"two lengths", OK "Content-Length: 5\r\nContent-Length: 5\r\n\r\n", "no single length", 0},
    {"a length and chunks", OK "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", "no single length",
     0},
    {"a list of lengths", OK "Content-Length: 5, 5\r\n\r\n", "no single length", 0},
    {"a length with a sign", OK "Content-Length: +5\r\n\r\n", "no single length", 0},
    {"a length that overflows", OK "Content-Length: 18446744073709551621\r\n\r\n", "no single length", 0},
    {"chunks twice", OK "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", "a coding", 0},
    {"another coding", OK "Transfer-Encoding: gzip, chunked\r\n\r\n", "a coding", 0},
    {"another protocol", "HTTP/1.1 101 Switching\r\n\r\n", "changes the protocol", 0},
    {"HTTP/2", "HTTP/2 200\r\n\r\n", "does not answer in", 0},
    {"no HTTP", "220 ready\r\n\r\n", "does not answer in", 0},
    {"a status of two digits", "HTTP/1.1 20 OK\r\n\r\n", "status", 0},
    {"a status of letters", "HTTP/1.1 abc OK\r\n\r\n", "status", 0},
    {"a bare LF", "HTTP/1.1 200 OK\nX: y\n\n", "bare LF", 0},
    {"a bare CR", OK "X: a\rY: b\r\n\r\n", "control byte", 0},
    {"a folded header", OK "X: a\r\n b\r\n\r\n", "no header", 0},
    {"a space before the colon", OK "Content-Length : 5\r\n\r\n", "no header", 0},
    {"no end", OK "X: y\r\n", "no end", 0},
};

static void test_heads(void **state)
{
    (void)state;
    static struct answer answer;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *refusal = answer_parse(&answer, view_of_cstr(cases[i].head), VIEW("GET"));
        bool is_right = cases[i].refusal ? refusal && strstr(refusal, cases[i].refusal)
                                         : !refusal && answer.body == cases[i].body;
        if (!is_right) print_error("%s: %s\n", cases[i].what, refusal ? refusal : "taken");
        assert_true(is_right);
    }
    assert_null(answer_parse(&answer, VIEW(OK "Content-Length: 5\r\n\r\n"), VIEW("HEAD")));
    assert_int_equal(answer.body, ANSWER_EMPTY);
}

static void test_head_passed_on(void **state)
{
    (void)state;
    static struct answer answer;
    char out[1024];
    struct view head = VIEW(OK "X-A: b\r\nAlt-Svc: h2=\":443\"\r\nConnection: keep-alive\r\nKeep-Alive: 5\r\n"
                               "Strict-Transport-Security: max-age=9\r\nTransfer-Encoding: chunked\r\n\r\n");
    assert_null(answer_parse(&answer, head, VIEW("GET")));
    size_t length = answer_write(&answer, false, out, sizeof out);
    const char *wanted = OK "X-A: b\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n";
    assert_int_equal(length, strlen(wanted));
    assert_memory_equal(out, wanted, length);
    assert_int_equal(answer_write(&answer, false, out, 20), 0);
}

#define SECRET "s%2Fkr\\+t&/=key.Z"

/* Through the scrub in pieces of this size; what comes out. */
static void pass(char *out, const char *text, size_t piece)
{
    static struct scrub scrub;
    char held[4096];
    size_t length = 0, put = 0, all = strlen(text);
    scrub_init(&scrub, VIEW(SECRET));
    for (size_t at = 0; at < all;) {
        size_t part = all - at < piece ? all - at : piece;
        memcpy(held + length, text + at, part);
        length += part;
        at += part;
        size_t ready = scrub_run(&scrub, held, length, at == all);
        memcpy(out + put, held, ready);
        put += ready;
        memmove(held, held + ready, length - ready);
        length -= ready;
    }
    assert_int_equal(length, 0);
    out[put] = '\0';
    assert_int_equal(put, all);
}

static void test_forms(void **state)
{
    (void)state;
    static const char *const forms[] = {
        SECRET,
        "S%2fKR\\+T&/=KEY.z",
        "s%252Fkr%5C%2Bt%26%2F%3Dkey.Z",
        "%73%25%32%46%6b%72%5c%2b%74%26%2f%3d%6b%65%79%2e%5a",
        "s%2Fkr\\\\+t\\u0026\\/=key.Z",
        "\\u0073\\u0025\\u0032Fk\\x72\\u005c+t&/=k\\u0065y.\\u005A",
        "s%2Fkr\\+t&amp;/=key.Z",
        "s&#37;2Fkr&#x5C;&#43;t&#38;&#47;&#61;key&#46;Z",
        "732532466b725c2b74262f3d6b65792e5a",
        "732532466B725C2B74262F3D6B65792E5A",
        "cyUyRmtyXCt0Ji89a2V5Ll", /* what is behind decides the rest */
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        for (size_t piece = 1; piece < 64; piece += 3) {
            char text[1024], out[1024], stars[256];
            memset(stars, '*', sizeof stars);
            snprintf(text, sizeof text, "{\"before\": \"%s\"} behind", forms[i]);
            pass(out, text, piece);
            if (memcmp(out + 12, stars, strlen(forms[i])) != 0) print_error("%s: %s\n", forms[i], out);
            assert_memory_equal(out + 12, stars, strlen(forms[i]));
            assert_string_equal(out + strlen(out) - 9, "\"} behind");
        }
}

/* What is held back depends on the length alone: a program that sends the first bytes of a secret to a server
 * that gives them back learns nothing from when they come. */
static void test_held_back(void **state)
{
    (void)state;
    static struct scrub scrub;
    scrub_init(&scrub, VIEW(SECRET));
    char right[400], wrong[400];
    memset(right, 'x', sizeof right);
    memset(wrong, 'x', sizeof wrong);
    memcpy(right + 390, SECRET, 10);
    for (size_t length = 1; length <= sizeof right; length++)
        assert_int_equal(scrub_run(&scrub, right, length, false), scrub_run(&scrub, wrong, length, false));
    char line[] = "data: 1\n\nrest";
    assert_int_equal(scrub_run(&scrub, line, strlen(line), false), 9); /* events go at once */
    assert_int_equal(scrub.found, 0);
}

static void test_paths(void **state)
{
    (void)state;
    const struct secret_rule rule = {.paths = (const char *const[]){"/v1", "/files/*", NULL},
                                     .methods = (const char *const[]){"GET", NULL}};
    static const char *const good[] = {"/v1", "/v1?x=/../y", "/v1/a/b", "/files/", "/files/a", "/v1/%20"};
    static const char *const bad[] = {"/",        "/v",       "/v1x",      "/files",       "/v1/../x",
                                      "/v1/./x",  "/v1//x",   "//v1",      "/v1/%2e%2e/x", "/v1/%2Fx",
                                      "/v1/%5cx", "/v1/%00",  "/v1/%252e", "/v1/..;/x",    "/v1/a;b",
                                      "/v1\\x",   "/v1/%3bx", "/v1/%2",    "/V1",          "/x?/v1"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        assert_null(secret_judge(&rule, VIEW("GET"), view_of_cstr(good[i])));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (!secret_judge(&rule, VIEW("GET"), view_of_cstr(bad[i]))) print_error("path %zu is taken\n", i);
        assert_non_null(secret_judge(&rule, VIEW("GET"), view_of_cstr(bad[i])));
    }
    assert_non_null(secret_judge(&rule, VIEW("POST"), VIEW("/v1")));
    static const struct secret_rule every;
    assert_null(secret_judge(&every, VIEW("PATCH"), VIEW("/a/../b")));
    assert_non_null(secret_judge(&every, VIEW("TRACE"), VIEW("/")));
    assert_non_null(secret_judge(&every, VIEW("Get"), VIEW("/")));
}

static void test_written(void **state)
{
    (void)state;
    static struct request request;
    static char out[4096];
    struct view head =
        VIEW("GET http://w.cordon.internal/a?x=1&appid=2&%41ppid=3 HTTP/1.1\r\nHost: w.cordon.internal\r\n"
             "AUTHORIZATION: Bearer mine\r\nRange: bytes=0-1\r\nAccept-Encoding: br\r\nX-A: b\r\n\r\n");
    assert_null(request_parse(&request, head));
    struct secret_rule rule = {.name = "w",
                               .is_tls = true,
                               .host = "api.example",
                               .port = 443,
                               .place = SECRET_IN_HEADER,
                               .field = "Authorization",
                               .before = "Bearer ",
                               .after = "!"};
    size_t length = secret_request_write(&rule, VIEW("k e/y"), &request, out, sizeof out);
    const char *wanted =
        "GET /a?x=1&appid=2&%41ppid=3 HTTP/1.1\r\nHost: api.example\r\nX-A: b\r\n"
        "Accept-Encoding: identity\r\nAuthorization: Bearer k e/y!\r\nConnection: close\r\n\r\n";
    assert_int_equal(length, strlen(wanted));
    assert_memory_equal(out, wanted, length);
    rule.place = SECRET_IN_QUERY;
    rule.field = "appid";
    rule.port = 8443;
    length = secret_request_write(&rule, VIEW("k e/y"), &request, out, sizeof out);
    wanted = "GET /a?x=1&%41ppid=3&appid=k%20e%2Fy HTTP/1.1\r\nHost: api.example:8443\r\n";
    assert_memory_equal(out, wanted, strlen(wanted));
    rule.field = "Appid";
    length = secret_request_write(&rule, VIEW("key"), &request, out, sizeof out);
    wanted = "GET /a?x=1&appid=2&Appid=key HTTP/1.1\r\n";
    assert_memory_equal(out, wanted, strlen(wanted));
    static const char *const users[][2] = {{"user", "dXNlcjprZXk="}, {"us", "dXM6a2V5"}, {"", "OmtleQ=="}};
    rule.place = SECRET_IN_BASIC;
    for (size_t i = 0; i < 3; i++) {
        char line[64];
        rule.field = users[i][0];
        length = secret_request_write(&rule, VIEW("key"), &request, out, sizeof out - 1);
        out[length] = '\0';
        snprintf(line, sizeof line, "\r\nAuthorization: Basic %s\r\n", users[i][1]);
        assert_non_null(strstr(out, line));
        assert_null(strstr(out, "mine"));
    }
    for (size_t size = 0; size < length; size++)
        assert_int_equal(secret_request_write(&rule, VIEW("key"), &request, out, size), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_heads), cmocka_unit_test(test_head_passed_on),
        cmocka_unit_test(test_forms), cmocka_unit_test(test_held_back),
        cmocka_unit_test(test_paths), cmocka_unit_test(test_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
