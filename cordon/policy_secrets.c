/* policy_secrets.c - the sections `secrets` and `gateway` of a policy: whose they are and how they are used,
 * never their values. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cordon/policy_document.h"
#include "cordon/style.h"

enum key {
    KEY_FROM,
    KEY_HOST,
    KEY_ADDRESS,
    KEY_HEADER,
    KEY_QUERY,
    KEY_BASIC,
    KEY_PATHS,
    KEY_METHODS,
    KEY_PLACEHOLDER,
    KEY_FOR,
    KEY_COUNT
};

static const char *const keys[KEY_COUNT] = {"from",  "host",  "address", "header",      "query",
                                            "basic", "paths", "methods", "placeholder", "for"};

static bool no_memory(const struct document *document)
{
    return error_set(document->err, ERROR_LIMIT, "the policy is too large");
}

static bool is_name(struct view text)
{
    for (size_t i = 0; i < text.length; i++) {
        char byte = text.bytes[i];
        bool is_inner = byte == '-' && i > 0 && i + 1 < text.length;
        if (!is_inner && (byte < 'a' || byte > 'z') && (byte < '0' || byte > '9')) return false;
    }
    return text.length > 0 && text.length <= SECRET_NAME_MAX;
}

static bool is_variable(struct view text)
{
    for (size_t i = 0; i < text.length; i++) {
        char byte = text.bytes[i];
        bool is_letter = (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || byte == '_';
        if (!is_letter && (i == 0 || byte < '0' || byte > '9')) return false;
    }
    return text.length > 0;
}

bool secret_text_is_visible(struct view text, const char *but)
{
    for (size_t i = 0; i < text.length; i++)
        if (text.bytes[i] < ' ' || text.bytes[i] > '~' || strchr(but, text.bytes[i])) return false;
    return true;
}

/* A text or a list of texts, each as `take` has it; ended by NULL. */
static const char *const *list_read(const struct document *document, const struct yaml_node *node,
                                    const char *of, bool (*is_fine)(struct view text), const char *complaint)
{
    uint32_t count = node->kind == YAML_SEQUENCE ? node->count : 1;
    const char **list = ARENA_NEW_ARRAY(document->arena, const char *, count + 1);
    if (!list) no_memory(document);
    if (count == 0 || count > SECRET_PATTERNS_MAX) {
        document_refuse(document, node, count ? "more than 32 entries" : "an empty list");
        return NULL;
    }
    for (uint32_t i = 0; list && i < count; i++) {
        const struct yaml_node *item = node->kind == YAML_SEQUENCE ? node->items[i] : node;
        if (!document_expect(document, item, YAML_SCALAR, of)) return NULL;
        if (!is_fine(item->text)) {
            document_refuse(document, item, complaint);
            return NULL;
        }
        list[i] = arena_copy(document->arena, item->text).bytes;
    }
    return list;
}

static bool is_any(struct view text)
{
    return text.length > 0 && view_find_byte(text, '\0') == SIZE_MAX;
}

static bool is_number(struct view text)
{
    char copy[INET6_ADDRSTRLEN], parsed[sizeof(struct in6_addr)];
    if (text.length >= sizeof copy) return false;
    memcpy(copy, text.bytes, text.length);
    copy[text.length] = '\0';
    return inet_pton(AF_INET, copy, parsed) == 1 || inet_pton(AF_INET6, copy, parsed) == 1;
}

/* env, file or command. */
static bool from_read(const struct document *document, const struct yaml_node *node, struct secret_rule *rule)
{
    static const char *const known[] = {"env", "file", "command"};
    if (!document_expect(document, node, YAML_MAPPING, "from")) return false;
    if (node->count != 1) return document_refuse(document, node, "'from' is one of env, file and command");
    const struct yaml_node *key = node->pairs[0].key, *value = node->pairs[0].value;
    int source = 0;
    while (source < 3 && !view_equals_cstr(key->text, known[source])) source++;
    if (source == 3) return document_key_refuse(document, key, known, 3);
    rule->source = (enum secret_source)source;
    if (rule->source != SECRET_FROM_COMMAND && !document_expect(document, value, YAML_SCALAR, known[source]))
        return false;
    rule->from = list_read(document, value, known[source], source == 0 ? is_variable : is_any,
                           source == 0 ? "this is no name of a variable" : "an empty text, or one with NUL");
    if (!rule->from || rule->source == SECRET_FROM_ENV) return rule->from != NULL;
    struct view first = view_of_cstr(rule->from[0]);
    /* A bare name of a command is looked for in PATH. */
    bool is_path = rule->source == SECRET_FROM_FILE || view_find_byte(first, '/') != SIZE_MAX;
    if (is_path) ((const char **)rule->from)[0] = document_path(document, first);
    return rule->from[0] || no_memory(document);
}

static bool is_loopback(const char *host)
{
    return strcmp(host, "localhost") == 0 || strncmp(host, "127.", 4) == 0 || strcmp(host, "::1") == 0;
}

/* HOST, SCHEME://HOST, either with :PORT. */
bool secret_host_read(const struct document *document, const struct yaml_node *node, struct view text,
                      struct secret_rule *rule)
{
    static const char usage[] = "write HOST, HOST:PORT or https://HOST:PORT";
    rule->is_tls = !view_starts_with(text, VIEW("http://"));
    if (!rule->is_tls) text = view_slice(text, 7, text.length);
    if (view_starts_with(text, VIEW("https://"))) text = view_slice(text, 8, text.length);
    if (view_ends_with(text, VIEW("/"))) text.length--;
    struct capability_set set = {0};
    bool is_host = view_find_byte(text, '*') == SIZE_MAX && text.length &&
                   capability_set_grant(&set, document->arena, CAPABILITY_NET, text, NULL);
    if (!is_host) {
        document_refuse(document, node, "this is no host");
        return error_remedy(document->err, "%s", usage);
    }
    text = set.items[0].argument;
    bool is_address = text.bytes[0] == '[';
    size_t end = view_find_byte(text, is_address ? ']' : ':');
    if (end == SIZE_MAX) end = text.length;
    struct view port = view_slice(text, end + is_address, text.length);
    rule->host = arena_copy(document->arena, view_slice(text, is_address, end)).bytes;
    rule->port = rule->is_tls ? 443 : 80;
    if (port.length > 1) rule->port = (uint16_t)strtoul(port.bytes + 1, NULL, 10);
    if (!rule->host) return no_memory(document);
    if (view_ends_with(view_of_cstr(rule->host), VIEW(SECRET_DOMAIN)))
        return document_refuse(document, node, "the endpoints of secrets are no hosts");
    if (rule->is_tls || is_loopback(rule->host)) return true;
    document_refuse(document, node, "a secret goes over TLS, or to this machine");
    return error_remedy(document->err, "%s", usage);
}

bool secret_header_is_free(struct view name)
{
    static const char *const taken[] = {"host",     "connection",        "content-length",  "content-type",
                                        "te",       "transfer-encoding", "upgrade",         "trailer",
                                        "expect",   "keep-alive",        "accept-encoding", "range",
                                        "if-range", "proxy-connection"};
    for (size_t i = 0; i < name.length; i++) {
        char byte = name.bytes[i];
        bool is_letter = (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
        if (!is_letter && (byte < '0' || byte > '9') && byte != '-' && byte != '_') return false;
    }
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++)
        if (name.length == strlen(taken[i]) && strncasecmp(name.bytes, taken[i], name.length) == 0)
            return false;
    return name.length > 0;
}

/* "NAME: before {} after". */
static bool header_read(const struct document *document, const struct yaml_node *node,
                        struct secret_rule *rule)
{
    struct view name, value;
    bool has_name = view_split(node->text, ':', &name, &value);
    value = view_trim(value);
    size_t hole = view_find(value, VIEW("{}"));
    struct view after = hole == SIZE_MAX ? (struct view){0} : view_slice(value, hole + 2, value.length);
    bool is_fine = has_name && secret_header_is_free(name) && secret_text_is_visible(value, "") &&
                   hole != SIZE_MAX && view_find(after, VIEW("{}")) == SIZE_MAX;
    if (!is_fine) {
        document_refuse(document, node, "this is no header with one {} where the secret goes");
        return error_remedy(document->err, "as in 'Authorization: Bearer {}'");
    }
    rule->field = arena_copy(document->arena, name).bytes;
    rule->before = arena_copy(document->arena, view_slice(value, 0, hole)).bytes;
    rule->after = arena_copy(document->arena, after).bytes;
    return (rule->field && rule->before && rule->after) || no_memory(document);
}

static bool place_read(const struct document *document, const struct yaml_node *node, enum key key,
                       struct secret_rule *rule)
{
    if (!document_expect(document, node, YAML_SCALAR, keys[key])) return false;
    if (rule->field) return document_refuse(document, node, "only one of header, query and basic");
    rule->place = key == KEY_HEADER ? SECRET_IN_HEADER : key == KEY_QUERY ? SECRET_IN_QUERY : SECRET_IN_BASIC;
    if (key == KEY_HEADER) return header_read(document, node, rule);
    if (!secret_text_is_visible(node->text, key == KEY_QUERY ? " &=;#+%" : ":") ||
        (key == KEY_QUERY && !node->text.length))
        return document_refuse(document, node,
                               key == KEY_QUERY ? "this is no key of a query" : "this is no user of basic");
    rule->field = arena_copy(document->arena, node->text).bytes;
    return rule->field || no_memory(document);
}

static bool is_path(struct view text)
{
    size_t star = view_find_byte(text, '*');
    return text.length && text.bytes[0] == '/' && secret_text_is_visible(text, " ?#%;\\") &&
           (star == SIZE_MAX || star + 1 == text.length) && view_find(text, VIEW("/.")) == SIZE_MAX &&
           view_find(text, VIEW("//")) == SIZE_MAX;
}

static bool is_method(struct view text)
{
    for (size_t i = 0; i < text.length; i++)
        if (text.bytes[i] < 'A' || text.bytes[i] > 'Z') return false;
    return text.length > 0 && text.length <= 16 && !view_equals(text, VIEW("TRACE")) &&
           !view_equals(text, VIEW("TRACK")) && !view_equals(text, VIEW("CONNECT"));
}

bool secret_addresses_read(const struct document *document, const struct yaml_node *node,
                           struct secret_rule *rule)
{
    rule->addresses = list_read(document, node, "address", is_number, "this is no address in numbers");
    return rule->addresses != NULL;
}

static bool key_read(const struct document *document, const struct yaml_node *node, enum key key,
                     struct secret_rule *rule)
{
    switch (key) {
    case KEY_FROM:
        return from_read(document, node, rule);
    case KEY_HOST:
        return document_expect(document, node, YAML_SCALAR, "host") &&
               secret_host_read(document, node, node->text, rule);
    case KEY_ADDRESS:
        return secret_addresses_read(document, node, rule);
    case KEY_HEADER:
    case KEY_QUERY:
    case KEY_BASIC:
        return place_read(document, node, key, rule);
    case KEY_PATHS:
        rule->paths = list_read(document, node, "paths", is_path,
                                "this is no path: it begins with / and may end with *");
        return rule->paths != NULL;
    case KEY_METHODS:
        rule->methods = list_read(document, node, "methods", is_method,
                                  "this is no method that a secret goes with (GET, POST ...)");
        return rule->methods != NULL;
    case KEY_PLACEHOLDER:
        if (!document_expect(document, node, YAML_SCALAR, "placeholder")) return false;
        if (!is_variable(node->text)) return document_refuse(document, node, "this is no name of a variable");
        rule->placeholder = arena_copy(document->arena, node->text).bytes;
        return rule->placeholder || no_memory(document);
    case KEY_FOR:
        if (!document_expect(document, node, YAML_SCALAR, "for")) return false;
        rule->is_for_tools = view_equals(node->text, VIEW("tools"));
        return rule->is_for_tools ||
               document_refuse(document, node, "a secret is 'for: tools', or for programs");
    case KEY_COUNT:
        break;
    }
    return false;
}

/* Quoted where a list or a mapping on one line would read it as something else. */
static void text_show(FILE *out, struct view text)
{
    bool is_plain = text.length > 0;
    for (size_t i = 0; i < text.length; i++) {
        char byte = text.bytes[i];
        bool is_letter = (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z');
        is_plain &= is_letter || (byte >= '0' && byte <= '9') || strchr("_./", byte) || (byte == '-' && i);
    }
    if (is_plain) {
        style_put(out, text);
        return;
    }
    fputc('"', out);
    for (size_t i = 0; i < text.length; i++) {
        if (strchr("\"\\", text.bytes[i])) fputc('\\', out);
        style_put(out, view_slice(text, i, i + 1));
    }
    fputc('"', out);
}

/* As it was written, on one line. */
static void node_show(FILE *out, const struct yaml_node *node)
{
    if (node->kind == YAML_SCALAR) {
        text_show(out, node->text);
        return;
    }
    fputc(node->kind == YAML_SEQUENCE ? '[' : '{', out);
    for (uint32_t i = 0; i < node->count; i++) {
        if (i) fputs(", ", out);
        if (node->kind == YAML_MAPPING) {
            text_show(out, node->pairs[i].key->text);
            fputs(": ", out);
        }
        node_show(out, node->kind == YAML_SEQUENCE ? node->items[i] : node->pairs[i].value);
    }
    fputc(node->kind == YAML_SEQUENCE ? ']' : '}', out);
}

static bool secret_read(const struct document *document, const struct yaml_node *name,
                        const struct yaml_node *node)
{
    struct secret_rule rule = {.name = arena_copy(document->arena, name->text).bytes};
    if (!is_name(name->text))
        return document_refuse(
            document, name, "the name of a secret has lower case letters, digits and hyphens between them");
    if (!document_expect(document, node, YAML_MAPPING, "a secret")) return false;
    for (uint32_t i = 0; i < node->count; i++) {
        int key = 0;
        while (key < KEY_COUNT && !view_equals_cstr(node->pairs[i].key->text, keys[key])) key++;
        if (key == KEY_COUNT) return document_key_refuse(document, node->pairs[i].key, keys, KEY_COUNT);
        if (!key_read(document, node->pairs[i].value, (enum key)key, &rule)) return false;
    }
    if (!rule.from) return document_refuse(document, name, "a secret without 'from'");
    if (!rule.host) return document_refuse(document, name, "a secret without 'host'");
    if (!rule.field) return document_refuse(document, name, "a secret without 'header', 'query' or 'basic'");
    if (rule.is_for_tools && rule.placeholder)
        return document_refuse(document, name, "a secret for tools alone has no placeholder in the cell");
    rule.place_text = arena_format(document->arena, "%s:%u", document->origin, name->line).bytes;
    AUTO_FREE char *shown = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&shown, &length);
    if (!out) return no_memory(document);
    node_show(out, node);
    if (fclose(out) != 0 || !rule.name || !rule.place_text) return no_memory(document);
    return document_placed(document, name,
                           policy_add_secret(document->policy, document->arena, &rule,
                                             view_make(shown, length), document->origin, name->line,
                                             document->err));
}

bool secrets_read(const struct document *document, const struct yaml_node *node)
{
    if (!document_expect(document, node, YAML_MAPPING, "secrets")) return false;
    for (uint32_t i = 0; i < node->count; i++)
        if (!secret_read(document, node->pairs[i].key, node->pairs[i].value)) return false;
    return true;
}

static struct view address_of(struct arena *arena, const struct secret_rule *rule, uint16_t port)
{
    bool is_address = strchr(rule->host, ':') != NULL;
    return arena_format(arena, "%s%s%s:%u", is_address ? "[" : "", rule->host, is_address ? "]" : "", port);
}

/* What programs ask for: the endpoint and, of a host that speaks TLS, its name by plain HTTP to the proxy, or
 * by https where the gateway intercepts it. */
static bool uses_allow(struct policy *policy, struct arena *arena, struct error *err)
{
    struct capability_set *allowed = &policy->allowed;
    ARRAY_FOREACH (struct secret_rule, rule, &policy->secrets) {
        if (rule->is_for_tools) continue;
        struct view endpoint = arena_format(arena, "%s" SECRET_DOMAIN ":80", rule->name);
        struct view host = address_of(arena, rule, rule->port);
        struct capability use = {CAPABILITY_NET, true, host};
        bool is_asked = !rule->is_tls || capability_set_allows(&policy->intercepts, use);
        bool is_allowed =
            capability_set_grant(allowed, arena, CAPABILITY_NET, endpoint, err) &&
            capability_set_grant(allowed, arena, CAPABILITY_NET, address_of(arena, rule, 80), err) &&
            (!is_asked || capability_set_grant(allowed, arena, CAPABILITY_NET, host, err)) &&
            (!rule->placeholder ||
             capability_set_grant(allowed, arena, CAPABILITY_ENV, view_of_cstr(rule->placeholder), err));
        if (!is_allowed) return false;
    }
    return true;
}

bool policy_add_secret(struct policy *policy, struct arena *arena, const struct secret_rule *rule,
                       struct view shown, const char *origin, uint32_t line, struct error *err)
{
    bool is_there = false;
    ARRAY_FOREACH (struct secret_rule, earlier, &policy->secrets) {
        if (strcmp(earlier->name, rule->name) != 0) continue;
        *earlier = *rule;
        is_there = true;
    }
    if (!is_there && policy->secrets.count == SECRET_RULES_MAX)
        return error_set(err, ERROR_LIMIT, "more than %d secrets", SECRET_RULES_MAX);
    if (!is_there && !ARRAY_PUSH(arena, &policy->secrets, *rule))
        return error_set(err, ERROR_LIMIT, "the policy is too large");
    struct policy_entry entry = {"secrets", view_of_cstr(rule->name), shown, origin, line};
    return uses_allow(policy, arena, err) && policy_note(policy, arena, entry, err);
}

/* Hosts, added to those of what is extended. */
static bool intercept_read(const struct document *document, const struct yaml_node *node)
{
    struct policy *policy = document->policy;
    uint32_t count = node->kind == YAML_SEQUENCE ? node->count : 1;
    for (uint32_t i = 0; i < count; i++) {
        const struct yaml_node *item = node->kind == YAML_SEQUENCE ? node->items[i] : node;
        if (!document_expect(document, item, YAML_SCALAR, "intercept")) return false;
        bool is_odd = view_find_byte(item->text, ' ') != SIZE_MAX;
        if (is_odd) return document_refuse(document, item, "a host to intercept is HOST or HOST:PORT");
        if (!document_placed(document, item,
                             capability_set_grant(&policy->intercepts, document->arena, CAPABILITY_NET,
                                                  item->text, document->err)))
            return false;
        struct policy_entry entry = {"gateway.intercept", {0}, item->text, document->origin, item->line};
        if (!policy_note(policy, document->arena, entry, document->err)) return false;
    }
    return uses_allow(policy, document->arena, document->err);
}

bool gateway_read(const struct document *document, const struct yaml_node *node)
{
    static const char *const known[] = {"ca", "intercept"};
    if (!document_expect(document, node, YAML_MAPPING, "gateway")) return false;
    for (uint32_t i = 0; i < node->count; i++) {
        const struct yaml_node *key = node->pairs[i].key, *value = node->pairs[i].value;
        if (view_equals_cstr(key->text, known[1])) {
            if (!intercept_read(document, value)) return false;
            continue;
        }
        if (!view_equals_cstr(key->text, known[0])) return document_key_refuse(document, key, known, 2);
        if (!document_expect(document, value, YAML_SCALAR, "ca")) return false;
        if (!value->text.length) return document_refuse(document, value, "an empty path");
        document->policy->authorities = document_path(document, value->text);
        if (!document->policy->authorities) return no_memory(document);
        struct policy_entry entry = {"gateway", key->text, view_of_cstr(document->policy->authorities),
                                     document->origin, key->line};
        if (!policy_note(document->policy, document->arena, entry, document->err)) return false;
    }
    return true;
}
