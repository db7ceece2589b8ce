/* Names whose answers are hostile: several addresses, others the next time, forms that stand for what is
 * behind the wall. The resolver is this file's. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/io.h"
#include "gateway/dial.h"
#include "gateway/limits.h"

enum { ANSWERS_MAX = 4 };

/* What the next questions are answered with. */
static const char *answers[ANSWERS_MAX];
static atomic_uint lookups;
static uint16_t listening_port;
static atomic_int silence_fd = -1; /* readable once the resolver may answer; -1: at once */

static struct addrinfo *place_new(const char *text)
{
    struct addrinfo *place = calloc(1, sizeof *place + sizeof(struct sockaddr_in6));
    struct sockaddr *address = (struct sockaddr *)(place + 1);
    bool is_6 = strchr(text, ':') != NULL;
    struct sockaddr_in inet = {.sin_family = AF_INET, .sin_port = htons(listening_port)};
    struct sockaddr_in6 inet6 = {.sin6_family = AF_INET6, .sin6_port = htons(listening_port)};
    assert_int_equal(
        inet_pton(is_6 ? AF_INET6 : AF_INET, text, is_6 ? (void *)&inet6.sin6_addr : (void *)&inet.sin_addr),
        1);
    if (is_6)
        memcpy(address, &inet6, sizeof inet6);
    else
        memcpy(address, &inet, sizeof inet);
    place->ai_family = is_6 ? AF_INET6 : AF_INET;
    place->ai_addr = address;
    place->ai_addrlen = is_6 ? sizeof inet6 : sizeof inet;
    return place;
}

int getaddrinfo(const char *name, const char *service, const struct addrinfo *hints, struct addrinfo **places)
{
    (void)name, (void)service, (void)hints;
    struct pollfd silence = {.fd = silence_fd, .events = POLLIN};
    if (silence_fd >= 0) poll(&silence, 1, -1);
    struct addrinfo **next = places;
    *places = NULL;
    lookups++;
    for (int i = 0; i < ANSWERS_MAX && answers[i]; i++) {
        *next = place_new(answers[i]);
        next = &(*next)->ai_next;
    }
    return *places ? 0 : EAI_NONAME;
}

void freeaddrinfo(struct addrinfo *place)
{
    while (place) {
        struct addrinfo *next = place->ai_next;
        free(place);
        place = next;
    }
}

/* What the journal was told, and whether it can write. */
struct told {
    unsigned allowed, refused;
    bool is_full;
};

static bool told_note(void *context, const char *event, bool is_refusal, json_t *fields)
{
    struct told *told = context;
    assert_string_equal(event, "gateway.decision");
    json_decref(fields);
    if (told->is_full) return false;
    told->allowed += !is_refusal;
    told->refused += is_refusal;
    return true;
}

/* How a request for name.example goes, with these grants, when it has these addresses. NULL: connected. */
static const char *dial_with(struct told *told, const char *const grants[2],
                             const char *const given[ANSWERS_MAX], char address[TARGET_ADDRESS_BYTES])
{
    struct capability items[2];
    uint32_t count = 0;
    for (; count < 2 && grants[count]; count++)
        items[count] = (struct capability){CAPABILITY_NET, true, view_of_cstr(grants[count])};
    struct capability_set grant = {items, count, count};
    struct connection *connection = calloc(1, sizeof *connection);
    connection->journal = journal_new(told_note, told);
    connection->pump = (struct pump){.client = {.fd = -1}, .server = {.fd = -1}, .stop_fd = -1};
    memcpy(answers, given, sizeof answers);
    lookups = 0;
    const char *fault = dial(connection, &grant, "name.example", listening_port);
    memcpy(address, connection->event.address, TARGET_ADDRESS_BYTES);
    assert_int_equal(fault == NULL, connection->pump.server.fd >= 0);
    pump_close(&connection->pump);
    journal_free(connection->journal);
    free(connection);
    return fault;
}

static int listener_open(void)
{
    struct sockaddr_in place = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof place;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&place, size), 0);
    assert_int_equal(listen(fd, 8), 0);
    getsockname(fd, (struct sockaddr *)&place, &size);
    listening_port = ntohs(place.sin_port);
    return fd;
}

static bool was_reached(int listener)
{
    int fd = accept(listener, NULL, NULL);
    if (fd >= 0) close(fd);
    return fd >= 0;
}

static void addresses_behind_the_wall_are_not_connected(void **state)
{
    (void)state;
    static const char *const forms[] = {
        "127.0.0.1",   "10.0.0.1",         "169.254.169.254", "100.64.0.1",     "192.168.1.1", "0.0.0.0",
        "::1",         "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",  "fe80::1",     "fd00::1",
        "::127.0.0.1", "::ffff:10.0.0.1",  "224.0.0.1",       "255.255.255.255"};
    int listener = listener_open();
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct told told = {0};
        char address[TARGET_ADDRESS_BYTES];
        const char *fault = dial_with(&told, (const char *const[2]){"name.example:*"},
                                      (const char *const[ANSWERS_MAX]){forms[i], forms[i]}, address);
        if (!fault || !strstr(fault, "must be granted itself"))
            fail_msg("%s: %s", forms[i], fault ? fault : "connected");
        assert_int_equal(lookups, 1);
        assert_int_equal(told.allowed, 0);
    }
    assert_false(was_reached(listener));
    close(listener);
}

/* Of several addresses only those that may be are tried, whatever stands before and behind them. */
static void each_address_is_judged(void **state)
{
    (void)state;
    char grant[64], address[TARGET_ADDRESS_BYTES];
    int listener = listener_open();
    snprintf(grant, sizeof grant, "127.0.0.1:%u", listening_port);
    static const char *const lists[][ANSWERS_MAX] = {{"127.0.0.2", "127.0.0.1"},
                                                     {"::1", "10.0.0.1", "127.0.0.1", "127.0.0.3"},
                                                     {"127.0.0.1", "127.0.0.2"}};
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        struct told told = {0};
        assert_null(dial_with(&told, (const char *const[2]){"name.example:*", grant}, lists[i], address));
        assert_string_equal(address, "127.0.0.1");
        assert_int_equal(lookups, 1);
        assert_int_equal(told.allowed, 1);
        assert_true(was_reached(listener));
    }
    close(listener);
}

/* The address that was judged is the one that is connected to: a name that answers otherwise the next time
 * has no next time. */
static void a_name_is_looked_up_once(void **state)
{
    (void)state;
    char address[TARGET_ADDRESS_BYTES];
    int listener = listener_open();
    struct told told = {0};
    const char *fault = dial_with(&told, (const char *const[2]){"name.example:*"},
                                  (const char *const[ANSWERS_MAX]){"127.0.0.2"}, address);
    assert_non_null(fault);
    assert_int_equal(lookups, 1);
    fault = dial_with(&told, (const char *const[2]){"name.example:*"}, (const char *const[ANSWERS_MAX]){NULL},
                      address);
    assert_string_equal(fault, "the name has no address");
    close(listener);
}

static void what_is_not_on_record_is_not_connected(void **state)
{
    (void)state;
    char grant[64], address[TARGET_ADDRESS_BYTES];
    int listener = listener_open();
    snprintf(grant, sizeof grant, "127.0.0.1:%u", listening_port);
    struct told told = {.is_full = true};
    const char *fault = dial_with(&told, (const char *const[2]){grant, "name.example:*"},
                                  (const char *const[ANSWERS_MAX]){"127.0.0.1", "127.0.0.1"}, address);
    assert_string_equal(fault, "the audit log cannot be written");
    assert_false(was_reached(listener));
    close(listener);
}

static const char *silent_dial(uint64_t deadline_ms, int stop_fd)
{
    struct capability item = {CAPABILITY_NET, true, VIEW("name.example:*")};
    struct capability_set grant = {&item, 1, 1};
    struct connection *connection = calloc(1, sizeof *connection);
    connection->pump = (struct pump){
        .client = {.fd = -1}, .server = {.fd = -1}, .stop_fd = stop_fd, .deadline_ms = deadline_ms};
    const char *fault = dial(connection, &grant, "name.example", 80);
    assert_int_equal(connection->pump.server.fd, -1);
    free(connection);
    return fault;
}

/* The thread that asks is left behind, and frees what it has when it is answered. */
static void a_resolver_that_is_silent_is_not_waited_for(void **state)
{
    (void)state;
    int silence[2], stop[2];
    assert_int_equal(pipe(silence) | pipe(stop), 0);
    memcpy(answers, (const char *const[ANSWERS_MAX]){"127.0.0.1"}, sizeof answers);
    silence_fd = silence[0];
    assert_string_equal(silent_dial(io_now_ms() + 50, -1), "the name was not resolved in time");
    assert_int_equal(write(stop[1], "x", 1), 1);
    assert_string_equal(silent_dial(0, stop[0]), "the name was not resolved in time");
    for (int i = 2; i < LIMIT_RESOLVING_AT_ONCE; i++) silent_dial(0, stop[0]);
    assert_string_equal(silent_dial(0, stop[0]), "too many names wait for the system's resolver");
    assert_int_equal(write(silence[1], "x", 1), 1);
    const char *fault;
    while ((fault = silent_dial(0, -1)) && strstr(fault, "too many")) usleep(1000);
    assert_non_null(strstr(fault, "must be granted itself"));
    silence_fd = -1;
    close(silence[1]);
    close(stop[0]);
    close(stop[1]);
}

int main(void)
{
    const struct CMUnitTest cases[] = {
        cmocka_unit_test(addresses_behind_the_wall_are_not_connected),
        cmocka_unit_test(each_address_is_judged),
        cmocka_unit_test(a_name_is_looked_up_once),
        cmocka_unit_test(what_is_not_on_record_is_not_connected),
        cmocka_unit_test(a_resolver_that_is_silent_is_not_waited_for),
    };
    return cmocka_run_group_tests(cases, NULL, NULL);
}
