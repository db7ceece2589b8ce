#include "gateway/secret_preview.h"

#include "gateway/secret_use.h"

/* Stands for the value while the head is written; it is the same in a query. */
#define STAND_IN "cordon-preview-0123456789"

/* Stars for the value and, of basic, for all that is made of it. */
static struct view mask(struct arena *arena, struct view head)
{
    char *out = arena_alloc(arena, head.length + 1);
    size_t length = 0;
    bool is_basic = false;
    for (size_t i = 0; out && i < head.length; i++) {
        struct view rest = view_slice(head, i, head.length);
        bool is_value = view_starts_with(rest, VIEW(STAND_IN));
        if (is_value || (is_basic && head.bytes[i] != '\r')) {
            if (!length || out[length - 1] != '*') {
                memcpy(out + length, "********", 8);
                length += 8;
            }
            i += is_value ? strlen(STAND_IN) - 1 : 0;
            continue;
        }
        if (head.bytes[i] == '\r') is_basic = false;
        if (head.bytes[i] != '\r') out[length++] = head.bytes[i];
        is_basic |= view_ends_with(view_make(out, length), VIEW("\nAuthorization: Basic "));
    }
    return view_make(out, length);
}

bool secret_preview_make(struct secret_preview *preview, const struct secret_rule *rules, uint32_t count,
                         struct view method, struct view url, struct arena *arena, struct error *err)
{
    *preview = (struct secret_preview){0};
    struct view authority = url;
    size_t scheme = view_find(url, VIEW("://"));
    if (scheme != SIZE_MAX) authority = view_slice(url, scheme + 3, url.length);
    size_t end = 0;
    while (end < authority.length && !strchr("/?#", authority.bytes[end])) end++;
    struct view text = arena_format(arena, "%.*s %.*s HTTP/1.1\r\nHost: %.*s\r\n\r\n", VIEW_ARGS(method),
                                    VIEW_ARGS(url), VIEW_ARGS(view_slice(authority, 0, end)));
    struct request *request = ARENA_NEW(arena, struct request);
    size_t size = LIMIT_HEAD_BYTES + SECRET_VALUE_MAX;
    char *head = arena_alloc(arena, size);
    if (!request || !head || text.length > LIMIT_HEAD_BYTES)
        return error_set(err, ERROR_LIMIT, "the request is too long");
    const char *fault = request_parse(request, text);
    if (fault) return error_set(err, ERROR_INPUT, "%s", fault);
    uint32_t index = secret_find(rules, count, request);
    if (index == SECRET_NONE) return true;
    preview->rule = &rules[index];
    preview->refusal = secret_request_judge(preview->rule, request, NULL);
    size_t length = secret_request_write(preview->rule, VIEW(STAND_IN), request, head, size);
    if (!length) return error_set(err, ERROR_LIMIT, "the request is too long");
    if (!preview->refusal) preview->head = mask(arena, view_make(head, length));
    return true;
}
