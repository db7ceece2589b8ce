#include "gateway/secret_use.h"

#include <strings.h>

#include "gateway/percent.h"

enum { PATH_BYTES = LIMIT_HEAD_BYTES + 1 };

static bool equals_fold(struct view a, const char *b)
{
    return a.length == strlen(b) && strncasecmp(a.bytes, b, a.length) == 0;
}

/* With its slash, which a URL may leave out. */
static struct view path_of(const struct request *request, char room[PATH_BYTES])
{
    if (request->path.length && request->path.bytes[0] == '/') return request->path;
    size_t length = request->path.length < PATH_BYTES - 1 ? request->path.length : PATH_BYTES - 1;
    room[0] = '/';
    if (length) memcpy(room + 1, request->path.bytes, length);
    return view_make(room, length + 1);
}

bool secret_is_for(const struct secret_rule *rule, const char *host, uint16_t port)
{
    return rule->is_tls && !rule->is_for_tools && strcmp(host, rule->host) == 0 && port == rule->port;
}

/* By the host's own name: as it is, or by plain HTTP to the proxy. */
static bool is_host(const struct secret_rule *rule, const struct request *request)
{
    enum { HTTP_PORT = 80 };
    if (request->is_secure) return secret_is_for(rule, request->host, request->port);
    return strcmp(request->host, rule->host) == 0 &&
           (request->port == rule->port || request->port == HTTP_PORT);
}

uint32_t secret_find(const struct secret_rule *rules, uint32_t count, const struct request *request)
{
    enum { HTTP_PORT = 80 };
    char room[PATH_BYTES];
    const struct secret_rule *named = secret_of_endpoint(rules, count, view_of_cstr(request->host));
    if (named)
        return request->port == HTTP_PORT && !request->is_secure && !named->is_for_tools
                   ? (uint32_t)(named - rules)
                   : SECRET_NONE;
    for (uint32_t i = 0; i < count; i++)
        if (!rules[i].is_for_tools && is_host(&rules[i], request) &&
            !secret_judge(&rules[i], request->method, path_of(request, room)))
            return i;
    return SECRET_NONE;
}

static bool is_field(const struct secret_rule *rule, struct view name)
{
    if (rule->place == SECRET_IN_QUERY || rule->place == SECRET_NOWHERE) return false;
    return equals_fold(name, rule->place == SECRET_IN_BASIC ? "authorization" : rule->field);
}

const char *secret_request_judge(const struct secret_rule *rule, const struct request *request,
                                 const char *token)
{
    char room[PATH_BYTES];
    if (request->is_connect)
        return "a secret is added to plain requests: use http:// towards the proxy, or let the policy "
               "intercept";
    if (request_overrides(request)) return "a header that takes another method or path";
    const char *fault = secret_judge(rule, request->method, path_of(request, room));
    return fault ? fault : secret_placeholder_judge(rule, request, token);
}

static int hex(char byte)
{
    if (byte >= '0' && byte <= '9') return byte - '0';
    byte = (char)(byte | 0x20);
    return byte >= 'a' && byte <= 'f' ? byte - 'a' + 10 : -1;
}

/* Whether a key of a query, in any way of encoding it, is this one. */
static bool key_is(struct view text, const char *key)
{
    size_t at = 0;
    while (at < text.length && *key) {
        char byte = text.bytes[at++];
        if (byte == '%' && text.length - at >= 2 && hex(text.bytes[at]) >= 0 &&
            hex(text.bytes[at + 1]) >= 0) {
            byte = (char)(hex(text.bytes[at]) << 4 | hex(text.bytes[at + 1]));
            at += 2;
        }
        if (byte != *key++) return false;
    }
    return at == text.length && !*key;
}

/* The next "KEY=VALUE" of a query. */
static bool pair_next(struct view *rest, struct view *pair)
{
    if (!rest->length) return false;
    size_t end = 0;
    while (end < rest->length && rest->bytes[end] != '&' && rest->bytes[end] != ';') end++;
    *pair = view_slice(*rest, 0, end);
    *rest = view_slice(*rest, end + 1, rest->length);
    return true;
}

static bool pair_is(struct view pair, const char *field)
{
    struct view key, value;
    view_split(pair, '=', &key, &value);
    return key_is(key, field);
}

/* Another one's, or one in a place where nobody takes it out. */
static const char *text_judge(const struct secret_rule *rule, bool is_its_place, struct view text,
                              const char *token)
{
    size_t at = view_find(text, view_of_cstr(token));
    if (at == SIZE_MAX) return NULL;
    if (!rule || !is_its_place) return "a placeholder where no secret goes";
    struct view name = view_slice(text, at + strlen(token) + 1, text.length);
    if (!view_starts_with(name, view_of_cstr(rule->name))) return "the placeholder of another secret";
    return text_judge(rule, is_its_place, name, token);
}

const char *secret_placeholder_judge(const struct secret_rule *rule, const struct request *request,
                                     const char *token)
{
    const char *fault = NULL;
    struct view plain, query, pair;
    if (!token) return NULL;
    view_split(request->path, '?', &plain, &query);
    fault = text_judge(rule, false, plain, token);
    while (!fault && pair_next(&query, &pair)) {
        bool is_its_place = rule && rule->place == SECRET_IN_QUERY && pair_is(pair, rule->field);
        fault = text_judge(rule, is_its_place, pair, token);
    }
    for (uint32_t i = 0; !fault && i < request->header_count; i++) {
        const struct request_header *header = &request->headers[i];
        fault = text_judge(rule, rule && is_field(rule, header->name), header->value, token);
        if (!fault) fault = text_judge(rule, false, header->name, token);
    }
    return fault;
}

/* What is written, in the caller's memory and nowhere else: a stream would keep a copy. */
struct out {
    char *bytes;
    size_t length, size;
    bool is_full;
};

static void put(struct out *out, struct view text)
{
    out->is_full |= text.length >= out->size - out->length;
    if (out->is_full || !text.length) return;
    memcpy(out->bytes + out->length, text.bytes, text.length);
    out->length += text.length;
}

static void put_text(struct out *out, const char *text)
{
    put(out, view_of_cstr(text));
}

static void put_number(struct out *out, uint64_t number)
{
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    put(out, view_make(digits + at, sizeof digits - at));
}

static void put_encoded(struct out *out, struct view text)
{
    char room[3];
    for (size_t i = 0; i < text.length; i++) put(out, percent_byte(text.bytes[i], room));
}

/* base64 of "USER:VALUE", byte by byte. */
static void put_basic(struct out *out, struct view user, struct view value)
{
    static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t length = user.length + 1 + value.length;
    for (size_t at = 0; at < length; at += 3) {
        uint32_t group = 0;
        for (size_t i = at; i < at + 3; i++) {
            char byte = i >= length        ? '\0'
                        : i < user.length  ? user.bytes[i]
                        : i == user.length ? ':'
                                           : value.bytes[i - user.length - 1];
            group = group << 8 | (unsigned char)byte;
        }
        char digits[4];
        for (size_t i = 0; i < 4; i++)
            digits[i] = at + i > length ? '=' : alphabet[group >> (18 - 6 * i) & 63];
        put(out, view_make(digits, sizeof digits));
    }
}

/* The client's query without the secret's key, and the secret behind it. */
static void put_target(struct out *out, const struct secret_rule *rule, struct view value,
                       const struct request *request)
{
    if (!request->path.length || request->path.bytes[0] != '/') put_text(out, "/");
    if (rule->place != SECRET_IN_QUERY) {
        put(out, request->path);
        return;
    }
    struct view plain, query, pair;
    view_split(request->path, '?', &plain, &query);
    put(out, plain);
    put_text(out, "?");
    while (pair_next(&query, &pair)) {
        if (pair_is(pair, rule->field)) continue;
        put(out, pair);
        put_text(out, "&");
    }
    put_encoded(out, view_of_cstr(rule->field));
    put_text(out, "=");
    put_encoded(out, value);
}

static void put_host(struct out *out, const struct secret_rule *rule)
{
    bool is_address = strchr(rule->host, ':') != NULL;
    put_text(out, is_address ? "[" : "");
    put_text(out, rule->host);
    put_text(out, is_address ? "]" : "");
    if (rule->port == (rule->is_tls ? 443 : 80)) return;
    put_text(out, ":");
    put_number(out, rule->port);
}

static void put_secret(struct out *out, const struct secret_rule *rule, struct view value)
{
    if (rule->place == SECRET_IN_QUERY || rule->place == SECRET_NOWHERE) return;
    if (rule->place == SECRET_IN_BASIC) {
        put_text(out, "Authorization: Basic ");
        put_basic(out, view_of_cstr(rule->field), value);
    } else {
        put_text(out, rule->field);
        put_text(out, ": ");
        put_text(out, rule->before);
        put(out, value);
        put_text(out, rule->after);
    }
    put_text(out, "\r\n");
}

/* What would make the answer one in which a secret is not found: compressed, or in parts. */
static bool is_left_out(const struct secret_rule *rule, struct view name)
{
    static const char *const names[] = {"accept-encoding", "range", "if-range"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (equals_fold(name, names[i])) return true;
    return request_is_hop(name) || is_field(rule, name);
}

size_t secret_request_write(const struct secret_rule *rule, struct view value, const struct request *request,
                            char *out_bytes, size_t size_bytes)
{
    struct out out = {.bytes = out_bytes, .size = size_bytes};
    put(&out, request->method);
    put_text(&out, " ");
    put_target(&out, rule, value, request);
    put_text(&out, " HTTP/1.1\r\nHost: ");
    put_host(&out, rule);
    put_text(&out, "\r\n");
    for (uint32_t i = 0; i < request->header_count; i++) {
        if (is_left_out(rule, request->headers[i].name)) continue;
        put(&out, request->headers[i].name);
        put_text(&out, ": ");
        put(&out, request->headers[i].value);
        put_text(&out, "\r\n");
    }
    put_text(&out, "Accept-Encoding: identity\r\n");
    put_secret(&out, rule, value);
    if (request->body == BODY_LENGTH) {
        put_text(&out, "Content-Length: ");
        put_number(&out, request->body_bytes);
        put_text(&out, "\r\n");
    }
    if (request->body == BODY_CHUNKED) put_text(&out, "Transfer-Encoding: chunked\r\n");
    put_text(&out, "Connection: close\r\n\r\n");
    return out.is_full ? 0 : out.length;
}
