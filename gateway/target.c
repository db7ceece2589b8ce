#include "gateway/target.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

static bool is_granted(const struct capability_set *grant, const char *host, unsigned port)
{
    char text[300];
    snprintf(text, sizeof text, strchr(host, ':') ? "[%s]:%u" : "%s:%u", host, port);
    struct capability use = {CAPABILITY_NET, true, view_of_cstr(text)};
    return capability_set_allows(grant, use);
}

bool target_is_listed(const struct capability_set *grant, const char *host, uint16_t port)
{
    return is_granted(grant, host, port);
}

/* Forms in which C libraries take addresses and people do not: 127.1, 0x7f000001, 2130706433, 017700000001.
 * A last label that begins with a digit is no domain, so the whole must be an address as it is written. */
static bool is_odd_number(const char *host)
{
    struct in_addr parsed;
    const char *last = strrchr(host, '.');
    last = last ? last + 1 : host;
    bool is_numeric = *last >= '0' && *last <= '9';
    return is_numeric && inet_pton(AF_INET, host, &parsed) != 1;
}

/* NULL: some grant covers it. */
static const char *grants_judge(const struct capability_set *grant, const char *host, uint16_t port,
                                struct view method, bool *is_limited)
{
    bool is_there = false;
    *is_limited = true;
    ARRAY_FOREACH (struct capability, item, grant) {
        struct capability_set one = {item, 1, 1};
        if (!is_granted(&one, host, port)) continue;
        struct view methods = capability_methods(item->argument);
        is_there = true;
        if (!methods.length) *is_limited = false;
    }
    if (!is_there) return "not granted";
    if (!*is_limited) return NULL;
    ARRAY_FOREACH (struct capability, item, grant) {
        struct capability_set one = {item, 1, 1};
        bool is_covered = is_granted(&one, host, port) &&
                          capability_methods_have(capability_methods(item->argument), method);
        if (is_covered) return NULL;
    }
    return view_equals(method, VIEW("CONNECT"))
               ? "granted for some methods alone, and nobody sees them within a tunnel"
               : "not granted for this method";
}

const char *target_judge(const struct capability_set *grant, const char *host, uint16_t port,
                         struct view method, bool *is_limited)
{
    struct in6_addr parsed;
    if (strchr(host, ':') && inet_pton(AF_INET6, host, &parsed) != 1) return "not an address";
    if (is_odd_number(host)) return "an address is written as four numbers";
    return grants_judge(grant, host, port, method, is_limited);
}

static bool is_public4(uint32_t address)
{
    static const struct {
        uint32_t network;
        unsigned bits;
    } special[] = {
#define SPECIAL4(a, b, c, d, bits, what) {(uint32_t)(a) << 24 | (b) << 16 | (c) << 8 | (d), bits},
#include "gateway/special4.def"
#undef SPECIAL4
    };
    for (size_t i = 0; i < sizeof special / sizeof *special; i++)
        if ((address ^ special[i].network) >> (32 - special[i].bits) == 0) return false;
    return true;
}

static uint32_t number4(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* Only 2000::/3 is given out; within it, documentation, benchmarks, tunnels and 6to4 are not public by
 * themselves. Everything that carries an IPv4 address elsewhere (mapped, NAT64) is outside of 2000::/3. */
static bool is_public6(const unsigned char *bytes)
{
    if (bytes[0] >> 5 != 1) return false;
    unsigned first = (unsigned)bytes[0] << 8 | bytes[1], second = (unsigned)bytes[2] << 8 | bytes[3];
    if (first == 0x2002) return false;                    /* 6to4 */
    if (first == 0x2001 && second < 0x200) return false;  /* Teredo, ORCHID, benchmarks */
    if (first == 0x2001 && second == 0xdb8) return false; /* documentation */
    if (first == 0x3fff && second < 0x1000) return false; /* documentation */
    return true;
}

bool target_is_public(const struct sockaddr *address)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in inet;
        memcpy(&inet, address, sizeof inet);
        return is_public4(ntohl(inet.sin_addr.s_addr));
    }
    if (address->sa_family != AF_INET6) return false;
    struct sockaddr_in6 inet6;
    memcpy(&inet6, address, sizeof inet6);
    if (IN6_IS_ADDR_V4MAPPED(&inet6.sin6_addr)) return is_public4(number4(inet6.sin6_addr.s6_addr + 12));
    return is_public6(inet6.sin6_addr.s6_addr);
}

const char *target_address_text(const struct sockaddr *address, char text[TARGET_ADDRESS_BYTES])
{
    struct sockaddr_in inet;
    struct sockaddr_in6 inet6;
    *text = '\0';
    if (address->sa_family == AF_INET) {
        memcpy(&inet, address, sizeof inet);
        inet_ntop(AF_INET, &inet.sin_addr, text, TARGET_ADDRESS_BYTES);
    } else if (address->sa_family == AF_INET6) {
        memcpy(&inet6, address, sizeof inet6);
        inet_ntop(AF_INET6, &inet6.sin6_addr, text, TARGET_ADDRESS_BYTES);
    }
    return text;
}

static unsigned port_of(const struct sockaddr *address)
{
    in_port_t port; /* at the same place in both */
    memcpy(&port, (const char *)address + offsetof(struct sockaddr_in, sin_port), sizeof port);
    return ntohs(port);
}

static bool is_loopback(const char *text)
{
    return strncmp(text, "127.", 4) == 0 || strcmp(text, "::1") == 0;
}

const char *target_judge_address(const struct capability_set *grant, const char *host,
                                 const struct sockaddr *address)
{
    char text[TARGET_ADDRESS_BYTES];
    target_address_text(address, text);
    if (target_is_public(address)) return NULL;
    if (strcmp(host, "localhost") == 0 && is_loopback(text)) return NULL;
    /* By the address itself; "*" grants names, not what is behind the wall. */
    for (uint32_t i = 0; i < grant->count; i++) {
        const struct capability *item = &grant->items[i];
        if (item->kind != CAPABILITY_NET || item->argument.length == 0 || item->argument.bytes[0] == '*')
            continue;
        struct capability_set one = {(struct capability *)item, 1, 1};
        if (is_granted(&one, text, port_of(address))) return NULL;
    }
    return "the name leads to an address that is not of the public internet; that address must be granted "
           "itself";
}
