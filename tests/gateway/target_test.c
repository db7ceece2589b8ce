/* Hosts by grant, addresses by what they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>

#include "gateway/target.h"

static struct sockaddr_storage place(const char *text, uint16_t port)
{
    struct sockaddr_storage storage = {0};
    struct sockaddr_in inet = {.sin_family = AF_INET, .sin_port = htons(port)};
    struct sockaddr_in6 inet6 = {.sin6_family = AF_INET6, .sin6_port = htons(port)};
    if (inet_pton(AF_INET, text, &inet.sin_addr) == 1)
        memcpy(&storage, &inet, sizeof inet);
    else if (inet_pton(AF_INET6, text, &inet6.sin6_addr) == 1)
        memcpy(&storage, &inet6, sizeof inet6);
    else
        fail_msg("%s is no address", text);
    return storage;
}

static void grant_make(struct capability_set *grant, struct arena *arena, const char *const *hosts)
{
    struct error err = {0};
    for (; *hosts; hosts++)
        assert_true(capability_set_grant(grant, arena, CAPABILITY_NET, view_of_cstr(*hosts), &err));
}

static const char *judge(const struct capability_set *grant, const char *host, uint16_t port,
                         const char *method)
{
    bool is_limited;
    return target_judge(grant, host, port, view_of_cstr(method), &is_limited);
}

static void test_methods(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    struct capability_set grant = {0};
    struct error err = {0};
    bool is_limited = false;
    arena_init(&arena, 1 << 20);
    grant_make(&grant, &arena,
               (const char *const[]){"a.example:80 methods GET,HEAD", "*.b.example methods GET",
                                     "c.example methods GET", "c.example:80 methods POST",
                                     "d.example methods GET", "d.example", NULL});
    assert_null(target_judge(&grant, "a.example", 80, VIEW("HEAD"), &is_limited));
    assert_true(is_limited);
    assert_null(target_judge(&grant, "d.example", 80, VIEW("PUT"), &is_limited));
    assert_false(is_limited);
    assert_null(judge(&grant, "x.b.example", 443, "GET"));
    assert_null(judge(&grant, "c.example", 80, "POST"));
    assert_null(judge(&grant, "c.example", 80, "GET"));
    assert_null(judge(&grant, "d.example", 443, "CONNECT"));
    static const char *const refused[] = {"POST", "get", "GE", "GETX", "CONNECT", "HEAD,GET", ""};
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_non_null(judge(&grant, "a.example", 80, refused[i]));
    assert_non_null(judge(&grant, "a.example", 443, "GET"));
    assert_non_null(judge(&grant, "c.example", 443, "POST"));
    assert_non_null(judge(&grant, "c.example", 80, "CONNECT"));
    static const char *const wrong[] = {
        "a.example methods ",     "a.example methods get",      "a.example methods GET,",
        " methods GET",           "a.example methods GET POST", "* methods GET",
        "a.example  methods GET", "a.example methods CONNECT",  "a.example methods G=T"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        assert_false(capability_set_grant(&grant, &arena, CAPABILITY_NET, view_of_cstr(wrong[i]), &err));
}

static void test_public(void **state)
{
    (void)state;
    static const char *const not_public[] = {
        "0.0.0.0",
        "10.1.2.3",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.0.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "192.0.2.1",
        "198.18.0.1",
        "198.51.100.7",
        "203.0.113.9",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::7f00:1",
        "fe80::1",
        "fc00::1",
        "fd00:ec2::254",
        "ff02::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2001::1",
        "::7f00:1",
    };
    static const char *const is_public[] = {
        "1.1.1.1",    "100.63.255.255", "100.128.0.1",  "172.15.0.1",      "172.32.0.1",    "192.167.0.1",
        "198.20.0.1", "223.255.255.1",  "2606:4700::1", "2001:4860::8888", "::ffff:8.8.8.8"};
    for (size_t i = 0; i < sizeof not_public / sizeof *not_public; i++) {
        struct sockaddr_storage at = place(not_public[i], 80);
        if (target_is_public((struct sockaddr *)&at)) fail_msg("%s is taken for public", not_public[i]);
    }
    for (size_t i = 0; i < sizeof is_public / sizeof *is_public; i++) {
        struct sockaddr_storage at = place(is_public[i], 80);
        if (!target_is_public((struct sockaddr *)&at)) fail_msg("%s is not taken for public", is_public[i]);
    }
}

static void test_hosts(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 1 << 20);
    struct capability_set grant = {0}, nothing = {0};
    const char *const hosts[] = {"a.example:443", "*.b.example", "127.0.0.1:80", NULL};
    grant_make(&grant, &arena, hosts);
    assert_null(judge(&grant, "a.example", 443, "GET"));
    assert_null(judge(&grant, "x.b.example", 8443, "GET"));
    assert_null(judge(&grant, "127.0.0.1", 80, "GET"));
    assert_non_null(judge(&nothing, "a.example", 443, "GET"));
    assert_non_null(judge(&grant, "a.example", 80, "GET"));
    assert_non_null(judge(&grant, "b.example", 443, "GET"));
    assert_non_null(judge(&grant, "xb.example", 443, "GET"));
    assert_non_null(judge(&grant, "a.example.evil.example", 443, "GET"));
    static const char *const odd[] = {"2130706433",       "0x7f000001", "0x7f.1",      "127.1",
                                      "0177.0.0.1",       "127.0.0.01", "127.0.0.1.1", "1.2.3.256",
                                      "::ffff:127.0.0.1", "::1"};
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) assert_non_null(judge(&grant, odd[i], 80, "GET"));
    /* Forms of an address are refused even where everything is granted. */
    struct capability_set all = {0};
    const char *const everything[] = {"*", NULL};
    grant_make(&all, &arena, everything);
    for (size_t i = 0; i < 8; i++) assert_non_null(judge(&all, odd[i], 80, "GET"));
}

static void test_addresses(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 1 << 20);
    struct capability_set grant = {0};
    const char *const hosts[] = {"a.example:443", "localhost:80", "10.0.0.5:443", "*", NULL};
    grant_make(&grant, &arena, hosts);
    static const struct {
        const char *host, *address;
        uint16_t port;
        bool is_allowed;
    } cases[] = {
        {"a.example", "1.1.1.1", 443, true},
        {"a.example", "127.0.0.1", 443, false}, /* rebinding */
        {"a.example", "169.254.169.254", 443, false},
        {"a.example", "::ffff:10.0.0.1", 443, false},
        {"a.example", "10.0.0.5", 443, true},
        {"a.example", "10.0.0.5", 80, false},
        {"10.0.0.5", "10.0.0.5", 443, true},
        {"localhost", "127.0.0.1", 80, true},
        {"localhost", "::1", 80, true},
        {"localhost", "10.0.0.1", 80, false},
        {"other.example", "192.168.0.1", 80, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct sockaddr_storage at = place(cases[i].address, cases[i].port);
        const char *refusal = target_judge_address(&grant, cases[i].host, (struct sockaddr *)&at);
        if (!refusal != cases[i].is_allowed) fail_msg("%s at %s", cases[i].host, cases[i].address);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_public),
        cmocka_unit_test(test_methods),
        cmocka_unit_test(test_hosts),
        cmocka_unit_test(test_addresses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
