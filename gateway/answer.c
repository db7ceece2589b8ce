#include "gateway/answer.h"

#include <stdarg.h>
#include <stdio.h>
#include <strings.h>

static bool equals_fold(struct view a, const char *b)
{
    return a.length == strlen(b) && strncasecmp(a.bytes, b, a.length) == 0;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* "HTTP/1.1 200 Reason". */
static const char *line_read(struct answer *answer, struct view line)
{
    struct view version, code, rest;
    bool has_code = view_split(line, ' ', &version, &rest);
    bool is_known = view_equals(version, VIEW("HTTP/1.1")) || view_equals(version, VIEW("HTTP/1.0"));
    if (!has_code || !is_known) return "the server does not answer in HTTP/1.1";
    view_split(rest, ' ', &code, &answer->reason);
    bool is_code = code.length == 3 && code.bytes[0] >= '1' && code.bytes[0] <= '5' &&
                   is_digit(code.bytes[1]) && is_digit(code.bytes[2]);
    if (!is_code) return "the server's status is none";
    answer->status =
        (unsigned)(100 * (code.bytes[0] - '0') + 10 * (code.bytes[1] - '0') + code.bytes[2] - '0');
    answer->is_interim = answer->status < 200;
    return answer->status == 101 ? "the server changes the protocol" : NULL;
}

static const char *header_read(struct answer *answer, struct view line)
{
    struct view name, value;
    if (!view_split(line, ':', &name, &value) || !request_is_token(name))
        return "the server's head has a line that is no header";
    for (size_t i = 0; i < value.length; i++)
        if ((unsigned char)value.bytes[i] < ' ' && value.bytes[i] != '\t')
            return "the server's head has a control byte";
    if (answer->header_count == LIMIT_ANSWER_HEADERS) return "the server's head has too many headers";
    answer->headers[answer->header_count++] = (struct request_header){name, view_trim(value)};
    return NULL;
}

static bool length_read(struct view text, uint64_t *length)
{
    *length = 0;
    for (size_t i = 0; i < text.length; i++) {
        if (!is_digit(text.bytes[i])) return false;
        *length = 10 * *length + (uint64_t)(text.bytes[i] - '0');
    }
    return text.length > 0 && text.length <= 18 && *length <= LIMIT_BYTES;
}

/* One length, in one way. */
static const char *headers_check(struct answer *answer, struct view method)
{
    unsigned lengths = 0, codings = 0;
    for (uint32_t i = 0; i < answer->header_count; i++) {
        const struct request_header *header = &answer->headers[i];
        if (equals_fold(header->name, "content-length")) {
            if (lengths++ || !length_read(header->value, &answer->body_bytes))
                return "the server's answer has no single length";
        } else if (equals_fold(header->name, "transfer-encoding")) {
            if (codings++ || !equals_fold(header->value, "chunked"))
                return "the server's answer comes in a coding that was not asked for";
        } else if (equals_fold(header->name, "content-encoding")) {
            answer->is_coded |= header->value.length && !equals_fold(header->value, "identity");
        }
    }
    if (lengths && codings) return "the server's answer has no single length";
    answer->has_length = lengths > 0;
    bool has_none = answer->is_interim || answer->status == 204 || answer->status == 304 ||
                    view_equals(method, VIEW("HEAD"));
    answer->body = has_none  ? ANSWER_EMPTY
                   : codings ? ANSWER_CHUNKED
                   : lengths ? ANSWER_LENGTH
                             : ANSWER_UNTIL_END;
    return NULL;
}

const char *answer_parse(struct answer *answer, struct view head, struct view method)
{
    *answer = (struct answer){0};
    bool is_first = true;
    while (head.length) {
        struct view line;
        if (!view_split(head, '\n', &line, &head)) return "the server's head has no end";
        if (line.length == 0 || line.bytes[line.length - 1] != '\r') return "the server's head has a bare LF";
        line.length--;
        if (memchr(line.bytes, '\r', line.length) || memchr(line.bytes, '\0', line.length))
            return "the server's head has a control byte";
        if (line.length == 0 && !is_first)
            return head.length ? "the server's head has no end" : headers_check(answer, method);
        const char *fault = is_first ? line_read(answer, line) : header_read(answer, line);
        if (fault) return fault;
        is_first = false;
    }
    return "the server's head has no end";
}

struct out {
    char *bytes;
    size_t length, size;
    bool is_full;
};

/* Into the caller's memory alone: a stream would keep a copy of what may hold a secret. */
__attribute__((sentinel)) static void put(struct out *out, const struct view *first, ...)
{
    va_list rest;
    va_start(rest, first);
    for (const struct view *text = first; text; text = va_arg(rest, const struct view *)) {
        out->is_full |= text->length >= out->size - out->length;
        if (out->is_full || !text->length) continue;
        memcpy(out->bytes + out->length, text->bytes, text->length);
        out->length += text->length;
    }
    va_end(rest);
}

/* Headers that say where else the host could be reached, or how from now on: not past the gateway. */
static bool is_left_out(struct view name)
{
    return request_is_hop(name) || equals_fold(name, "alt-svc") ||
           equals_fold(name, "strict-transport-security");
}

size_t answer_write(const struct answer *answer, bool is_old_client, char *bytes, size_t size_bytes)
{
    struct out out = {.bytes = bytes, .size = size_bytes};
    char text[64];
    int length = snprintf(text, sizeof text, "HTTP/1.1 %03u ", answer->status);
    const struct view line = view_make(text, (size_t)length), end = VIEW("\r\n"), colon = VIEW(": ");
    put(&out, &line, &answer->reason, &end, NULL);
    for (uint32_t i = 0; i < answer->header_count; i++) {
        const struct request_header *header = &answer->headers[i];
        if (!is_left_out(header->name)) put(&out, &header->name, &colon, &header->value, &end, NULL);
    }
    bool is_sized = answer->body == ANSWER_LENGTH || (answer->body == ANSWER_EMPTY && answer->has_length);
    if (is_sized && !answer->is_interim) {
        length =
            snprintf(text, sizeof text, "Content-Length: %llu\r\n", (unsigned long long)answer->body_bytes);
        put(&out, &(const struct view){text, (size_t)length}, NULL);
    }
    bool is_chunked = answer->body == ANSWER_CHUNKED || answer->body == ANSWER_UNTIL_END;
    if (is_chunked && !is_old_client) put(&out, &VIEW("Transfer-Encoding: chunked\r\n"), NULL);
    put(&out, &VIEW("Connection: close\r\n\r\n"), NULL);
    return out.is_full ? 0 : out.length;
}
