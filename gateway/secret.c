#include "gateway/secret.h"

#include <string.h>
#include <strings.h>

const struct secret_rule *secret_of_endpoint(const struct secret_rule *rules, uint32_t count,
                                             struct view host)
{
    if (!view_ends_with(host, VIEW(SECRET_DOMAIN))) return NULL;
    struct view name = view_slice(host, 0, host.length - strlen(SECRET_DOMAIN));
    for (uint32_t i = 0; i < count; i++)
        if (view_equals_cstr(name, rules[i].name)) return &rules[i];
    return NULL;
}

/* Dot segments, empty ones, encoded dots, slashes and zero bytes, backslashes: one server reads them as
 * another path, the next does not. */
static bool is_ambiguous(struct view path)
{
    struct view segment, rest = view_slice(path, 1, path.length);
    bool has_more = true;
    for (size_t i = 0; i < path.length; i++) {
        if (path.bytes[i] == '\\' || path.bytes[i] == ';') return true;
        if (path.bytes[i] != '%') continue;
        static const char *const codes[] = {"2e", "2f", "5c", "00", "25", "3b"};
        if (path.length - i < 3) return true;
        for (size_t j = 0; j < sizeof codes / sizeof *codes; j++)
            if (strncasecmp(path.bytes + i + 1, codes[j], 2) == 0) return true;
    }
    while (has_more) {
        has_more = view_split(rest, '/', &segment, &rest);
        if (view_equals(segment, VIEW(".")) || view_equals(segment, VIEW(".."))) return true;
        if (segment.length == 0 && has_more) return true;
    }
    return false;
}

/* The path itself, or what is below it as a folder. */
static bool path_fits(const char *pattern, struct view path)
{
    struct view prefix = view_of_cstr(pattern);
    if (view_ends_with(prefix, VIEW("*"))) {
        prefix.length--;
        return view_starts_with(path, prefix);
    }
    if (!view_starts_with(path, prefix)) return false;
    return path.length == prefix.length || view_ends_with(prefix, VIEW("/")) ||
           path.bytes[prefix.length] == '/';
}

const char *secret_judge(const struct secret_rule *rule, struct view method, struct view path)
{
    bool fits = rule->methods == NULL;
    for (size_t i = 0; !fits && rule->methods[i]; i++) fits = view_equals_cstr(method, rule->methods[i]);
    /* A server answers TRACE with the request, and so with the secret. Whatever is no method in capitals
     * might be one to a server that folds letters. */
    bool is_odd = view_equals(method, VIEW("TRACE")) || view_equals(method, VIEW("TRACK")) ||
                  view_equals(method, VIEW("CONNECT"));
    for (size_t i = 0; i < method.length; i++) is_odd |= method.bytes[i] < 'A' || method.bytes[i] > 'Z';
    if (is_odd || !fits) return "the secret is not for this method";
    if (!rule->paths) return NULL;
    struct view plain, query;
    view_split(path, '?', &plain, &query);
    if (is_ambiguous(plain)) return "a path that can be read in two ways, where paths are restricted";
    for (size_t i = 0; rule->paths[i]; i++)
        if (path_fits(rule->paths[i], plain)) return NULL;
    return "the secret is not for this path";
}

const char *secret_value_fault(const struct secret_rule *rule, struct view value)
{
    if (value.length < SECRET_VALUE_LEAST) return "is shorter than 8 bytes";
    if (value.length > SECRET_VALUE_MAX) return "is longer than 4096 bytes";
    for (size_t i = 0; i < value.length; i++) {
        char byte = value.bytes[i];
        if (byte < ' ' || byte > '~') return "has bytes that are not visible ASCII";
        if (byte == ' ' && (i == 0 || i + 1 == value.length)) return "has white space at an end";
    }
    (void)rule;
    return NULL;
}
