/* policy_tool_http.c - a tool that is a request: `http` of a tool, with the server, the shape of the URL and
 * the name of a secret. */
#include <stdlib.h>

#include "cordon/policy_document.h"

enum { FIELDS_MAX = 32 };

static bool no_memory(const struct document *document)
{
    return error_set(document->err, ERROR_LIMIT, "the policy is too large");
}

/* A fragment, a space, one brace alone, a name that is none. */
static bool path_is_sound(struct view path)
{
    struct view before, name;
    bool is_sound = path.length && path.bytes[0] == '/' && secret_text_is_visible(path, " #\"<>\\^`|");
    for (size_t at = 0; is_sound;) {
        bool is_place = tool_http_place_next(path, &at, &before, &name);
        is_sound = view_find_byte(before, '{') == SIZE_MAX && view_find_byte(before, '}') == SIZE_MAX &&
                   (!is_place || (name.length && view_find_byte(name, '{') == SIZE_MAX));
        if (!is_place) break;
    }
    return is_sound;
}

static bool url_read(const struct document *document, const struct yaml_node *node, struct tool_http *http)
{
    if (!document_expect(document, node, YAML_SCALAR, "url")) return false;
    size_t scheme = view_find(node->text, VIEW("://"));
    struct view rest = view_slice(node->text, scheme == SIZE_MAX ? 0 : scheme + 3, node->text.length);
    size_t length = view_find_byte(rest, '/');
    size_t end = length == SIZE_MAX ? node->text.length : node->text.length - rest.length + length;
    struct view path = view_slice(node->text, end, node->text.length);
    if (!path.length) path = VIEW("/");
    if (!secret_host_read(document, node, view_slice(node->text, 0, end), &http->server)) return false;
    if (!path_is_sound(path)) {
        document_refuse(document, node, "this is no URL with {NAME} where arguments go");
        return error_remedy(document->err, "as in https://api.example.com/v1/{city}?units={units}");
    }
    http->path = arena_copy(document->arena, path).bytes;
    return http->path || no_memory(document);
}

static bool method_read(const struct document *document, const struct yaml_node *node, struct tool_http *http)
{
    static const char *const known[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
    if (!document_expect(document, node, YAML_SCALAR, "method")) return false;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (view_equals_cstr(node->text, known[i])) http->method = known[i];
    return http->method ||
           document_refuse(document, node, "'method' is one of GET, POST, PUT, PATCH and DELETE");
}

static bool query_read(const struct document *document, const struct yaml_node *node, struct tool_http *http)
{
    if (!document_expect(document, node, YAML_SEQUENCE, "query")) return false;
    const char **names = ARENA_NEW_ARRAY(document->arena, const char *, node->count + 1);
    for (uint32_t i = 0; names && i < node->count; i++) {
        if (!document_expect(document, node->items[i], YAML_SCALAR, "query")) return false;
        names[i] = arena_copy(document->arena, node->items[i]->text).bytes;
        if (!names[i]) return no_memory(document);
    }
    http->query = names;
    return names || no_memory(document);
}

static bool headers_read(const struct document *document, const struct yaml_node *node,
                         struct tool_http *http)
{
    if (!document_expect(document, node, YAML_MAPPING, "headers")) return false;
    if (node->count > FIELDS_MAX) return document_refuse(document, node, "more than 32 headers");
    const char **fields = ARENA_NEW_ARRAY(document->arena, const char *, node->count + 1);
    for (uint32_t i = 0; fields && i < node->count; i++) {
        struct view name = node->pairs[i].key->text;
        const struct yaml_node *value = node->pairs[i].value;
        if (!document_expect(document, value, YAML_SCALAR, "a header")) return false;
        bool is_own = view_equals(name, VIEW("Accept")) || view_equals(name, VIEW("User-Agent"));
        if (is_own || !secret_header_is_free(name) || !secret_text_is_visible(value->text, ""))
            return document_refuse(document, node->pairs[i].key, "a header that a tool cannot set");
        fields[i] =
            arena_format(document->arena, "%.*s: %.*s", VIEW_ARGS(name), VIEW_ARGS(value->text)).bytes;
        if (!fields[i]) return no_memory(document);
    }
    http->fields = fields;
    return fields || no_memory(document);
}

static bool secret_read(const struct document *document, const struct yaml_node *node, struct tool_http *http)
{
    if (!document_expect(document, node, YAML_SCALAR, "secret")) return false;
    http->secret = arena_copy(document->arena, node->text).bytes;
    return http->secret || no_memory(document);
}

static bool address_read(const struct document *document, const struct yaml_node *node,
                         struct tool_http *http)
{
    return secret_addresses_read(document, node, &http->server);
}

static bool answer_read(const struct document *document, const struct yaml_node *node, struct tool_http *http)
{
    if (!document_expect(document, node, YAML_SCALAR, "answer")) return false;
    http->answers_text = view_equals(node->text, VIEW("text"));
    return http->answers_text || view_equals(node->text, VIEW("json")) ||
           document_refuse(document, node, "'answer' is json or text");
}

static const struct {
    const char *word;
    bool (*read)(const struct document *, const struct yaml_node *, struct tool_http *);
} keys[] = {
    {"url", url_read},       {"method", method_read},   {"query", query_read},   {"headers", headers_read},
    {"secret", secret_read}, {"address", address_read}, {"answer", answer_read},
};

enum { KEY_COUNT = sizeof keys / sizeof *keys };

/* Of `secrets`, which are read before, and of the very server that the URL names. */
static bool secret_fits(const struct document *document, const struct yaml_node *node,
                        const struct tool_http *http)
{
    if (!http->secret) return true;
    if (http->server.addresses)
        return document_refuse(document, node, "with a secret the secret says the address");
    ARRAY_FOREACH (const struct secret_rule, rule, &document->policy->secrets) {
        if (strcmp(rule->name, http->secret) != 0) continue;
        bool is_its = strcmp(rule->host, http->server.host) == 0 && rule->port == http->server.port &&
                      rule->is_tls == http->server.is_tls;
        return is_its || document_refuse(document, node, "the secret is for another host than the URL's");
    }
    document_refuse(document, node, "no secret of this name");
    return error_remedy(document->err,
                        "describe it in the section secrets; 'for: tools' keeps it from programs");
}

struct tool_http *tool_http_read(const struct document *document, const struct yaml_node *node)
{
    const char *known[KEY_COUNT];
    for (size_t i = 0; i < KEY_COUNT; i++) known[i] = keys[i].word;
    struct tool_http *http = ARENA_NEW(document->arena, struct tool_http);
    if (!http) no_memory(document);
    if (!http || !document_expect(document, node, YAML_MAPPING, "http")) return NULL;
    http->server.place = SECRET_NOWHERE;
    for (uint32_t i = 0; i < node->count; i++) {
        size_t at = 0;
        while (at < KEY_COUNT && !view_equals_cstr(node->pairs[i].key->text, known[at])) at++;
        if (at == KEY_COUNT) {
            document_key_refuse(document, node->pairs[i].key, known, KEY_COUNT);
            return NULL;
        }
        if (!keys[at].read(document, node->pairs[i].value, http)) return NULL;
    }
    if (!http->method) http->method = "GET";
    if (!http->path) document_refuse(document, node, "a request without 'url'");
    return http->path && secret_fits(document, node, http) ? http : NULL;
}

/* Takes a property off those that have no place yet. False: there is none, or, where it must be, it may be
 * left out. */
static bool property_take(json_t *left, const json_t *parameters, struct view name, bool must_be)
{
    bool is_required = !must_be;
    json_t *item;
    size_t i;
    json_array_foreach(json_object_get(parameters, "required"), i, item) is_required |=
        view_equals_cstr(name, json_string_value(item) ? json_string_value(item) : "");
    json_object_deln(left, name.bytes, name.length);
    return is_required &&
           json_object_getn(json_object_get(parameters, "properties"), name.bytes, name.length) != NULL;
}

bool tool_http_fits(const struct document *document, const struct yaml_node *node, const struct tool *tool)
{
    const struct tool_http *http = tool->context;
    json_t *parameters = json_loads(tool->parameters, 0, NULL);
    json_t *left = json_copy(json_object_get(parameters, "properties"));
    struct view before, name, path = view_of_cstr(http->path);
    bool is_fine = true;
    for (size_t at = 0; is_fine && tool_http_place_next(path, &at, &before, &name);)
        is_fine = property_take(left, parameters, name, true) ||
                  document_refuse(document, node, "the URL has a {NAME} that 'parameters' does not require");
    for (size_t i = 0; is_fine && http->query && http->query[i]; i++)
        is_fine = property_take(left, parameters, view_of_cstr(http->query[i]), false) ||
                  document_refuse(document, node, "'query' has a name that 'parameters' does not");
    bool has_body = strcmp(http->method, "GET") != 0 && strcmp(http->method, "DELETE") != 0;
    if (is_fine && !has_body && json_object_size(left))
        is_fine = document_refuse(document, node, "a parameter that is neither in the URL nor in 'query'");
    json_decref(left);
    json_decref(parameters);
    return is_fine;
}
