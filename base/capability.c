#include "base/capability.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <string.h>

#include "base/bug.h"

static const struct {
    const char *word, *meaning;
    enum capability_argument argument;
    enum capability_unknown unknown;
} kinds[CAPABILITY_KIND_COUNT] = {
    [CAPABILITY_NONE] = {"none", "nothing", CAPABILITY_ARGUMENT_NONE, CAPABILITY_UNKNOWN_REJECT},
#define CAPABILITY(name, word, argument, unknown, meaning) \
    [CAPABILITY_##name] = {word, meaning, CAPABILITY_ARGUMENT_##argument, CAPABILITY_UNKNOWN_##unknown},
#include "base/capability.def"
#undef CAPABILITY
};

const char *capability_word(enum capability_kind kind)
{
    return kinds[kind].word;
}

const char *capability_meaning(enum capability_kind kind)
{
    return kinds[kind].meaning;
}

enum capability_argument capability_argument_of(enum capability_kind kind)
{
    return kinds[kind].argument;
}

enum capability_unknown capability_unknown_of(enum capability_kind kind)
{
    return kinds[kind].unknown;
}

enum capability_kind capability_kind_of_word(struct view word)
{
    for (int kind = CAPABILITY_NONE + 1; kind < CAPABILITY_KIND_COUNT; kind++)
        if (view_equals_cstr(word, kinds[kind].word)) return (enum capability_kind)kind;
    return CAPABILITY_NONE;
}

const char *capability_word_nearest(struct view word)
{
    const char *words[CAPABILITY_KIND_COUNT];
    unsigned long count = 0;
    for (int kind = CAPABILITY_NONE + 1; kind < CAPABILITY_KIND_COUNT; kind++)
        words[count++] = kinds[kind].word;
    return error_nearest(word, words, count);
}

static bool port_is_valid(struct view text)
{
    if (text.length == 0 || text.length > 5) return false;
    unsigned long port = 0;
    for (size_t i = 0; i < text.length; i++) {
        if (!isdigit((unsigned char)text.bytes[i])) return false;
        port = port * 10 + (unsigned long)(text.bytes[i] - '0');
    }
    return port >= 1 && port <= 65535;
}

/* HOST, HOST:PORT, [IPV6] or [IPV6]:PORT. `port` is empty where none is given. */
static void host_split(struct view text, struct view *host, struct view *port)
{
    if (text.length && text.bytes[0] == '[') {
        size_t close = view_find_byte(text, ']');
        if (close != SIZE_MAX) {
            *host = view_slice(text, 0, close + 1);
            struct view rest = view_slice(text, close + 1, text.length);
            *port = rest.length && rest.bytes[0] == ':' ? view_slice(rest, 1, rest.length) : rest;
            return;
        }
    }
    view_split(text, ':', host, port);
}

static bool host_is_valid(struct view text)
{
    struct view host, port;
    host_split(text, &host, &port);
    if (host.length == 0 || host.length > 253) return false;
    if (host.length + (port.length ? port.length + 1 : 0) != text.length) return false;
    if (port.length && !port_is_valid(port)) return false;
    if (view_starts_with(host, VIEW("*."))) host = view_slice(host, 2, host.length);
    for (size_t i = 0; i < host.length; i++)
        if (!isalnum((unsigned char)host.bytes[i]) && !strchr(".-_[]:", host.bytes[i])) return false;
    return true;
}

#define METHODS " methods "

struct view capability_methods(struct view argument)
{
    size_t at = view_find(argument, VIEW(METHODS));
    return at == SIZE_MAX ? (struct view){0} : view_slice(argument, at + strlen(METHODS), argument.length);
}

bool capability_methods_have(struct view methods, struct view method)
{
    struct view item;
    bool has_more = methods.length > 0;
    while (has_more) {
        has_more = view_split(methods, ',', &item, &methods);
        if (view_equals(item, method)) return true;
    }
    return false;
}

/* The host of a grant, without its methods. */
static struct view host_of_grant(struct view argument)
{
    return view_slice(argument, 0, view_find(argument, VIEW(METHODS)));
}

/* "GET,HEAD": in capitals, since HTTP tells letters apart. */
static bool methods_are_valid(struct view methods)
{
    struct view item;
    bool has_more = true;
    while (has_more) {
        has_more = view_split(methods, ',', &item, &methods);
        if (item.length == 0 || item.length > 16) return false;
        for (size_t i = 0; i < item.length; i++)
            if (item.bytes[i] < 'A' || item.bytes[i] > 'Z') return false;
        /* A tunnel has no methods, and an answer to TRACE is the request. */
        if (view_equals(item, VIEW("CONNECT")) || view_equals(item, VIEW("TRACE"))) return false;
    }
    return true;
}

static struct view text_lower(struct arena *arena, struct view text)
{
    struct view lower = arena_copy(arena, text);
    for (size_t i = 0; i < lower.length; i++)
        ((char *)lower.bytes)[i] = (char)tolower((unsigned char)lower.bytes[i]);
    return lower;
}

/* One way to write each host: without the dot at its end, an IPv4 address in any of the forms that the C
 * library takes (127.1, 0x7f000001, 2130706433) as four decimal numbers, an IPv6 address as RFC 5952 has it.
 * `text` is in lower case and valid. */
static struct view host_canonical(struct arena *arena, struct view text)
{
    struct view host, port;
    struct in_addr address;
    struct in6_addr wide;
    char name[256], printed[INET6_ADDRSTRLEN];
    host_split(text, &host, &port);
    if (host.length > 1 && host.bytes[host.length - 1] == '.') host.length--;
    if (host.length >= sizeof name) return (struct view){0};
    bool is_wide = host.length > 2 && host.bytes[0] == '[';
    struct view inner = is_wide ? view_slice(host, 1, host.length - 1) : host;
    memcpy(name, inner.bytes, inner.length);
    name[inner.length] = '\0';
    if (is_wide) {
        if (inet_pton(AF_INET6, name, &wide) != 1 || !inet_ntop(AF_INET6, &wide, printed, sizeof printed))
            return (struct view){0};
        host = arena_format(arena, "[%s]", printed);
    } else if (isdigit((unsigned char)name[0]) && inet_aton(name, &address)) {
        if (!inet_ntop(AF_INET, &address, printed, sizeof printed)) return (struct view){0};
        host = arena_copy(arena, view_of_cstr(printed));
    }
    return port.length ? arena_format(arena, "%.*s:%.*s", VIEW_ARGS(host), VIEW_ARGS(port)) : host;
}

/* HOST as above and, where there are some, the methods behind it; an empty view where it is neither. */
static struct view host_normalize(struct arena *arena, struct view argument)
{
    struct view host = host_of_grant(argument), methods = capability_methods(argument);
    bool has_methods = host.length != argument.length;
    if (!host_is_valid(host) || (has_methods && !methods_are_valid(methods))) return (struct view){0};
    host = host_canonical(arena, text_lower(arena, host));
    if (!has_methods || !host.length) return host;
    return arena_format(arena, "%.*s" METHODS "%.*s", VIEW_ARGS(host), VIEW_ARGS(methods));
}

static bool argument_refuse(struct error *err, enum capability_kind kind, struct view argument,
                            const char *expected)
{
    error_set(err, ERROR_POLICY, "'%.*s' is no argument of %s", VIEW_ARGS(argument), kinds[kind].word);
    return error_remedy(err, "write %s, or * for every one", expected);
}

bool capability_set_grant(struct capability_set *set, struct arena *arena, enum capability_kind kind,
                          struct view argument, struct error *err)
{
    struct view normal = argument;
    if (kind == CAPABILITY_NONE || kind >= CAPABILITY_KIND_COUNT) BUG("a grant of no capability");
    if (view_find_byte(argument, '\0') != SIZE_MAX)
        return argument_refuse(err, kind, argument, "text without NUL");
    bool is_wildcard = view_equals(argument, VIEW("*"));
    switch (is_wildcard ? CAPABILITY_ARGUMENT_NAME : kinds[kind].argument) {
    case CAPABILITY_ARGUMENT_NONE:
        if (argument.length) return argument_refuse(err, kind, argument, "nothing");
        normal = VIEW("*");
        break;
    case CAPABILITY_ARGUMENT_HOST:
        normal = host_normalize(arena, argument);
        if (!normal.length)
            return argument_refuse(err, kind, argument, "HOST, HOST:PORT or 'HOST methods GET,HEAD'");
        break;
    case CAPABILITY_ARGUMENT_PORT:
        if (!port_is_valid(argument)) return argument_refuse(err, kind, argument, "a port from 1 to 65535");
        break;
    case CAPABILITY_ARGUMENT_PATH:
        if (argument.length == 0 || argument.bytes[0] != '/')
            return argument_refuse(err, kind, argument, "an absolute path");
        normal = capability_path_normalize(arena, argument, VIEW("/"));
        break;
    case CAPABILITY_ARGUMENT_NAME:
    case CAPABILITY_ARGUMENT_PROGRAM:
        if (argument.length == 0) return argument_refuse(err, kind, argument, "a name");
        break;
    }
    struct capability grant = {.kind = kind, .is_known = true, .argument = arena_copy(arena, normal)};
    if (!grant.argument.bytes || !capability_set_add(set, arena, grant))
        return error_set(err, ERROR_LIMIT, "too many grants");
    return true;
}

bool capability_set_add(struct capability_set *set, struct arena *arena, struct capability use)
{
    ARRAY_FOREACH (const struct capability, item, set)
        if (item->kind == use.kind && item->is_known == use.is_known &&
            view_equals(item->argument, use.argument))
            return true;
    return ARRAY_PUSH(arena, set, use);
}

static bool host_allows(struct view grant, struct view use)
{
    struct view grant_host, grant_port, use_host, use_port;
    host_split(host_of_grant(grant), &grant_host, &grant_port);
    host_split(use, &use_host, &use_port);
    if (grant_port.length && !view_equals(grant_port, use_port)) return false;
    if (view_starts_with(grant_host, VIEW("*."))) {
        struct view domain = view_slice(grant_host, 1, grant_host.length);
        return use_host.length > domain.length && view_ends_with(use_host, domain);
    }
    return view_equals(grant_host, use_host);
}

static bool path_allows(struct view grant, struct view use)
{
    if (!view_starts_with(use, grant)) return false;
    return grant.length == 1 || use.length == grant.length || use.bytes[grant.length] == '/';
}

bool capability_set_allows(const struct capability_set *grants, struct capability use)
{
    ARRAY_FOREACH (const struct capability, grant, grants) {
        /* A grant to write covers reading back what is there. */
        bool is_same_kind =
            grant->kind == use.kind || (grant->kind == CAPABILITY_FS_WRITE && use.kind == CAPABILITY_FS_READ);
        if (!is_same_kind) continue;
        if (view_equals(grant->argument, VIEW("*"))) return true;
        if (!use.is_known) continue;
        bool is_allowed = false;
        switch (kinds[use.kind].argument) {
        case CAPABILITY_ARGUMENT_NONE:
            is_allowed = true;
            break;
        case CAPABILITY_ARGUMENT_HOST:
            is_allowed = host_allows(grant->argument, use.argument);
            break;
        case CAPABILITY_ARGUMENT_PATH:
            is_allowed = path_allows(grant->argument, use.argument);
            break;
        /* A program granted by name covers the bare name alone, never a path that merely ends in it: the
         * path could lead to a file of the code's own making. */
        case CAPABILITY_ARGUMENT_PROGRAM:
        case CAPABILITY_ARGUMENT_PORT:
        case CAPABILITY_ARGUMENT_NAME:
            is_allowed = view_equals(grant->argument, use.argument);
            break;
        }
        if (is_allowed) return true;
    }
    return false;
}

/* The host and port of a URL, of HOST:PORT or of a bare host; an empty view where the text is none of them.
 */
static struct view host_of_text(struct arena *arena, struct view text)
{
    static const struct {
        const char *scheme, *port;
    } schemes[] = {
        {"http://", "80"}, {"https://", "443"}, {"ws://", "80"}, {"wss://", "443"}, {"ftp://", "21"}};
    const char *standard = NULL;
    struct view lower = text_lower(arena, text), authority, rest;
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        struct view scheme = view_of_cstr(schemes[i].scheme);
        if (!view_starts_with(lower, scheme)) continue;
        standard = schemes[i].port;
        lower = view_slice(lower, scheme.length, lower.length);
        break;
    }
    view_split(lower, '/', &authority, &rest);
    view_split(authority, '?', &authority, &rest);
    view_split(authority, '#', &authority, &rest);
    /* What stands before an @ is no host: the one behind it is connected to. A backslash is a slash to some.
     */
    size_t at = view_find_byte(authority, '@');
    bool is_odd = at != SIZE_MAX || view_find_byte(authority, '\\') != SIZE_MAX;
    if (is_odd || !host_is_valid(authority)) return (struct view){0};
    struct view host, port;
    authority = host_canonical(arena, authority);
    host_split(authority, &host, &port);
    if (port.length || !standard || !host.length) return authority;
    return arena_format(arena, "%.*s:%s", VIEW_ARGS(host), standard);
}

void capability_use_normalize(struct capability *use, struct arena *arena, struct view base)
{
    if (!use->is_known) return;
    if (kinds[use->kind].argument == CAPABILITY_ARGUMENT_HOST) {
        use->argument = host_of_text(arena, use->argument);
        use->is_known = use->argument.length > 0;
    } else if (kinds[use->kind].argument == CAPABILITY_ARGUMENT_PROGRAM) {
        /* A command line is not started, it is given to a shell. */
        for (size_t i = 0; i < use->argument.length; i++)
            if (strchr(" \t\n|&;<>()$`\"'*?[]#~", use->argument.bytes[i])) use->argument = VIEW("sh");
    } else if (kinds[use->kind].argument == CAPABILITY_ARGUMENT_PATH) {
        /* A home folder is not known before the program runs; as it is written it covers no grant. */
        bool is_home = use->argument.length && use->argument.bytes[0] == '~';
        if (!is_home) use->argument = capability_path_normalize(arena, use->argument, base);
    }
}

bool capability_is_grantable(struct capability use)
{
    enum capability_argument argument = kinds[use.kind].argument;
    if (argument == CAPABILITY_ARGUMENT_NONE) return true;
    if (!use.is_known || use.argument.length == 0) return false;
    if (argument == CAPABILITY_ARGUMENT_HOST) return host_is_valid(use.argument);
    if (argument == CAPABILITY_ARGUMENT_PORT) return port_is_valid(use.argument);
    return argument != CAPABILITY_ARGUMENT_PATH || use.argument.bytes[0] == '/';
}

struct view capability_path_normalize(struct arena *arena, struct view path, struct view base)
{
    bool is_absolute = path.length && path.bytes[0] == '/';
    struct view whole =
        is_absolute ? path : arena_format(arena, "%.*s/%.*s", VIEW_ARGS(base), VIEW_ARGS(path));
    char *out = arena_alloc(arena, whole.length + 2);
    if (!out) return (struct view){0};
    size_t used = 0;
    struct view rest = whole, step;
    bool has_more = whole.length > 0;
    while (has_more) {
        has_more = view_split(rest, '/', &step, &rest);
        if (step.length == 0 || view_equals(step, VIEW("."))) continue;
        if (view_equals(step, VIEW(".."))) {
            while (used > 0 && out[--used] != '/') continue;
            continue;
        }
        out[used++] = '/';
        memcpy(out + used, step.bytes, step.length);
        used += step.length;
    }
    if (used == 0) out[used++] = '/';
    return view_make(out, used);
}
