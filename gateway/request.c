#include "gateway/request.h"

#include <stdio.h>
#include <strings.h>

enum { HTTP_PORT = 80, HTTPS_PORT = 443, METHOD_BYTES = 16 };

static uint16_t port_default(const struct request *request)
{
    return request->is_secure ? HTTPS_PORT : HTTP_PORT;
}

static bool is_token_byte(char byte)
{
    bool is_alphanumeric =
        (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
    return is_alphanumeric || (byte && strchr("!#$%&'*+-.^_`|~", byte));
}

bool request_is_token(struct view text)
{
    for (size_t i = 0; i < text.length; i++)
        if (!is_token_byte(text.bytes[i])) return false;
    return text.length > 0;
}

static bool equals_fold(struct view a, const char *b)
{
    return a.length == strlen(b) && strncasecmp(a.bytes, b, a.length) == 0;
}

/* Visible ASCII: what a target or an authority may have. */
static bool is_visible(struct view text)
{
    for (size_t i = 0; i < text.length; i++)
        if (text.bytes[i] <= ' ' || text.bytes[i] > '~') return false;
    return text.length > 0;
}

/* Decimal, without sign, space or more than `most`. */
static bool number_read(struct view text, uint64_t most, uint64_t *number)
{
    if (text.length == 0 || text.length > 18) return false;
    *number = 0;
    for (size_t i = 0; i < text.length; i++) {
        if (text.bytes[i] < '0' || text.bytes[i] > '9') return false;
        *number = 10 * *number + (uint64_t)(text.bytes[i] - '0');
    }
    return *number <= most;
}

/* Letters, digits, dots, hyphens and underscores; or, in brackets, an IPv6 address without a zone. */
static bool host_read(struct view text, bool is_bracketed, char host[256])
{
    if (text.length > 0 && !is_bracketed && text.bytes[text.length - 1] == '.') text.length--;
    if (text.length == 0 || text.length > 253) return false;
    if (!is_bracketed && text.bytes[text.length - 1] == '.') return false;
    for (size_t i = 0; i < text.length; i++) {
        char byte = text.bytes[i];
        if (byte >= 'A' && byte <= 'Z') byte = (char)(byte + ('a' - 'A'));
        bool is_hex = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f');
        bool is_name =
            (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'z') || byte == '-' || byte == '_';
        if (is_bracketed ? !is_hex && byte != ':' && byte != '.' : !is_name && byte != '.') return false;
        if (!is_bracketed && byte == '.' && (i == 0 || text.bytes[i - 1] == '.')) return false;
        host[i] = byte;
    }
    host[text.length] = '\0';
    return true;
}

bool request_authority(struct view text, uint16_t default_port, char host[256], uint16_t *port)
{
    bool is_bracketed = text.length > 0 && text.bytes[0] == '[';
    size_t end = is_bracketed ? view_find_byte(text, ']') : view_find_byte(text, ':');
    if (is_bracketed && end == SIZE_MAX) return false;
    struct view name = view_slice(text, is_bracketed, end == SIZE_MAX ? text.length : end);
    struct view rest = end == SIZE_MAX ? (struct view){0} : view_slice(text, end + is_bracketed, text.length);
    uint64_t number = default_port;
    bool has_port = rest.length > 0;
    if (has_port && (rest.bytes[0] != ':' || !number_read(view_slice(rest, 1, rest.length), 65535, &number)))
        return false;
    if (number == 0) return false;
    *port = (uint16_t)number;
    return host_read(name, is_bracketed, host);
}

/* "METHOD TARGET HTTP/1.1". */
static const char *line_read(struct request *request, struct view line)
{
    struct view target, version;
    if (!view_split(line, ' ', &request->method, &line) || !view_split(line, ' ', &target, &version))
        return "the request line is not METHOD TARGET VERSION";
    if (!request_is_token(request->method) || request->method.length > METHOD_BYTES) return "no such method";
    request->is_old = view_equals_cstr(version, "HTTP/1.0");
    if (!request->is_old && !view_equals_cstr(version, "HTTP/1.1"))
        return "only HTTP/1.1 and HTTP/1.0 are spoken";
    if (!is_visible(target)) return "the target has bytes that no target has";
    if (request->is_secure) {
        request->path = target;
        if (target.bytes[0] != '/' || view_find_byte(target, '#') != SIZE_MAX)
            return "the target within a tunnel is not a path";
        return view_equals_cstr(request->method, "CONNECT") ? "a tunnel within a tunnel" : NULL;
    }
    request->is_connect = view_equals_cstr(request->method, "CONNECT");
    if (request->is_connect)
        return request_authority(target, 0, request->host, &request->port) ? NULL
                                                                           : "the target is not HOST:PORT";
    if (target.length < 7 || strncasecmp(target.bytes, "http://", 7) != 0)
        return "the target is not an http URL with its host (for https, use CONNECT)";
    target = view_slice(target, 7, target.length);
    size_t end = 0;
    while (end < target.length && !strchr("/?#", target.bytes[end])) end++;
    request->path = view_slice(target, end, target.length);
    if (view_find_byte(request->path, '#') != SIZE_MAX) return "a target has no fragment";
    return request_authority(view_slice(target, 0, end), HTTP_PORT, request->host, &request->port)
               ? NULL
               : "the target's host is none";
}

static const char *header_read(struct request *request, struct view line)
{
    struct view name, value;
    if (line.bytes[0] == ' ' || line.bytes[0] == '\t') return "a folded header";
    if (!view_split(line, ':', &name, &value) || !request_is_token(name)) return "a header without a name";
    for (size_t i = 0; i < value.length; i++)
        if ((unsigned char)value.bytes[i] < ' ' && value.bytes[i] != '\t')
            return "a control byte in a header";
    if (request->header_count == LIMIT_HEADERS) return "too many headers";
    request->headers[request->header_count++] = (struct request_header){name, view_trim(value)};
    return NULL;
}

/* The authority that Host names must be the target's: otherwise a server behind a shared front would be asked
 * for another host than the one that was judged. */
static const char *host_check(const struct request *request, struct view value)
{
    char host[256];
    uint16_t port;
    bool is_same =
        request_authority(value, request->is_connect ? request->port : port_default(request), host, &port) &&
        strcmp(host, request->host) == 0 && port == request->port;
    return is_same ? NULL : "Host names another host than the target";
}

static const char *connection_check(struct view value)
{
    bool has_more = true;
    while (has_more) {
        struct view option;
        has_more = view_split(value, ',', &option, &value);
        option = view_trim(option);
        if (!equals_fold(option, "close") && !equals_fold(option, "keep-alive") && !equals_fold(option, "te"))
            return "Connection takes headers away";
    }
    return NULL;
}

/* What the headers say together: one host, one length. */
static const char *headers_check(struct request *request)
{
    unsigned hosts = 0, lengths = 0, codings = 0;
    for (uint32_t i = 0; i < request->header_count; i++) {
        struct request_header *header = &request->headers[i];
        const char *fault = NULL;
        if (equals_fold(header->name, "host")) {
            hosts++;
            fault = host_check(request, header->value);
        } else if (equals_fold(header->name, "content-length")) {
            lengths++;
            request->body = BODY_LENGTH;
            if (!number_read(header->value, LIMIT_BYTES, &request->body_bytes)) fault = "no such length";
        } else if (equals_fold(header->name, "transfer-encoding")) {
            codings++;
            request->body = BODY_CHUNKED;
            if (request->is_old || !equals_fold(header->value, "chunked"))
                fault = "only the coding chunked is taken";
        } else if (equals_fold(header->name, "expect")) {
            request->expects_continue = equals_fold(header->value, "100-continue");
            if (!request->expects_continue) fault = "nothing else is expected than 100-continue";
        } else if (equals_fold(header->name, "upgrade") || equals_fold(header->name, "http2-settings")) {
            fault = "no other protocol is taken up";
        } else if (equals_fold(header->name, "connection") || equals_fold(header->name, "proxy-connection")) {
            fault = connection_check(header->value);
        }
        if (fault) return fault;
    }
    if (hosts > 1) return "more than one Host";
    if (hosts == 0 && !request->is_old && !request->is_connect) return "no Host";
    if (lengths + codings > 1) return "more than one length";
    if (request->is_connect && lengths + codings > 0) return "CONNECT has no body";
    if (lengths && request->body_bytes == 0) request->body = BODY_NONE;
    return NULL;
}

static const char *head_parse(struct request *request, struct view head)
{
    bool is_first = true;
    while (head.length) {
        struct view line;
        if (!view_split(head, '\n', &line, &head)) return "the head has no end";
        if (line.length == 0 || line.bytes[line.length - 1] != '\r') return "a line without CR";
        line.length--;
        if (memchr(line.bytes, '\r', line.length) || memchr(line.bytes, '\0', line.length))
            return "a CR or NUL within a line";
        if (line.length == 0 && !is_first)
            return head.length ? "bytes behind the head" : headers_check(request);
        const char *fault = is_first ? line_read(request, line) : header_read(request, line);
        if (fault) return fault;
        is_first = false;
    }
    return "the head has no end";
}

const char *request_parse(struct request *request, struct view head)
{
    *request = (struct request){0};
    return head_parse(request, head);
}

const char *request_parse_within(struct request *request, struct view head, const char *host, uint16_t port)
{
    *request = (struct request){.is_secure = true, .port = port};
    size_t length = strnlen(host, sizeof request->host - 1);
    memcpy(request->host, host, length);
    return head_parse(request, head);
}

bool request_overrides(const struct request *request)
{
    static const char *const names[] = {"x-http-method",  "x-http-method-override", "x-method-override",
                                        "x-original-url", "x-rewrite-url",          "x-original-uri"};
    for (uint32_t i = 0; i < request->header_count; i++)
        for (size_t j = 0; j < sizeof names / sizeof *names; j++)
            if (equals_fold(request->headers[i].name, names[j])) return true;
    return false;
}

bool request_is_hop(struct view name)
{
    static const char *const names[] = {
        "host",           "connection",       "proxy-connection", "keep-alive",          "te",
        "trailer",        "expect",           "upgrade",          "proxy-authorization", "proxy-authenticate",
        "content-length", "transfer-encoding"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (equals_fold(name, names[i])) return true;
    return false;
}

size_t request_write(const struct request *request, char *out, size_t size_bytes)
{
    FILE *file = fmemopen(out, size_bytes, "w");
    if (!file) return 0;
    bool has_slash = request->path.length > 0 && request->path.bytes[0] == '/';
    bool is_address = strchr(request->host, ':') != NULL;
    fprintf(file, "%.*s %s%.*s HTTP/1.1\r\nHost: %s%s%s", VIEW_ARGS(request->method), has_slash ? "" : "/",
            VIEW_ARGS(request->path), is_address ? "[" : "", request->host, is_address ? "]" : "");
    if (request->port != port_default(request)) fprintf(file, ":%u", request->port);
    fputs("\r\n", file);
    for (uint32_t i = 0; i < request->header_count; i++) {
        const struct request_header *header = &request->headers[i];
        if (!request_is_hop(header->name))
            fprintf(file, "%.*s: %.*s\r\n", VIEW_ARGS(header->name), VIEW_ARGS(header->value));
    }
    if (request->body == BODY_LENGTH)
        fprintf(file, "Content-Length: %llu\r\n", (unsigned long long)request->body_bytes);
    if (request->body == BODY_CHUNKED) fputs("Transfer-Encoding: chunked\r\n", file);
    fputs("Connection: close\r\n\r\n", file);
    long length = ftell(file);
    bool is_whole = fclose(file) == 0 && length > 0 && (size_t)length < size_bytes;
    return is_whole ? (size_t)length : 0;
}
