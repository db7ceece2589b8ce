/* policy_install.c - the section `install` of a policy: a package manager by its name, with the registry that
 * it may ask. One name stands for all that it takes: the program, its files, the registry's host, and the
 * variables by which it finds them and stays within the scratch folder. */
#include <limits.h>
#include <stdlib.h>

#include "cordon/policy_document.h"

#define PACKAGES SPEC_SCRATCH "/packages"
#define MODULES  SPEC_SCRATCH "/node_modules"

struct manager {
    const char *name, *program; /* the program's file, through links */
    const char *const *folders; /* of its files, those that are there; NULL: the one above the program's */
    const char *const *variables;
    const char *registry_variable;
    const char *const
        *faults; /* what the check says of modules that are not there before they are installed */
};

static const struct manager managers[] = {
    {"pip", "/usr/bin/pip3",
     (const char *const[]){"/usr/lib/python3/dist-packages/pip", "/usr/lib/python3/dist-packages/setuptools",
                           "/usr/lib/python3/dist-packages/pkg_resources",
                           "/usr/lib/python3/dist-packages/wheel", NULL},
     (const char *const[]){"PIP_TARGET=" PACKAGES, "PYTHONPATH=" PACKAGES, "PIP_NO_CACHE_DIR=1",
                           "PIP_DISABLE_PIP_VERSION_CHECK=1", "PIP_NO_INPUT=1", "PIP_ROOT_USER_ACTION=ignore",
                           "PIP_CONFIG_FILE=/dev/null", NULL},
     "PIP_INDEX_URL",
     (const char *const[]){"python.fault.missing-module", "python.fault.absent-package", NULL}},
    {"npm", "/usr/bin/npm", NULL,
     (const char *const[]){"NPM_CONFIG_CACHE=" SPEC_SCRATCH "/.npm", "NPM_CONFIG_PREFIX=" SPEC_SCRATCH,
                           "NPM_CONFIG_IGNORE_SCRIPTS=true", "NPM_CONFIG_AUDIT=false",
                           "NPM_CONFIG_FUND=false", "NPM_CONFIG_UPDATE_NOTIFIER=false", "NODE_PATH=" MODULES,
                           NULL},
     "NPM_CONFIG_REGISTRY",
     (const char *const[]){"javascript.fault.missing-module", "javascript.fault.absent-package", NULL}},
};

enum { MANAGER_COUNT = sizeof managers / sizeof *managers };

/* "HOST:PORT" of an http or https URL without userinfo and query; empty: it is none. */
static struct view host_of(struct arena *arena, struct view url, bool *is_tls)
{
    *is_tls = view_starts_with(url, VIEW("https://"));
    if (!*is_tls && !view_starts_with(url, VIEW("http://"))) return (struct view){0};
    struct view host = view_slice(url, *is_tls ? 8 : 7, url.length), rest;
    for (size_t i = 0; i < url.length; i++)
        if (url.bytes[i] <= ' ' || url.bytes[i] > '~' || strchr("@?#\\*", url.bytes[i]))
            return (struct view){0};
    view_split(host, '/', &host, &rest);
    size_t name = view_starts_with(host, VIEW("[")) ? view_find_byte(host, ']') : 0;
    if (name == SIZE_MAX || !host.length) return (struct view){0};
    if (view_find_byte(view_slice(host, name, host.length), ':') != SIZE_MAX) return host;
    return arena_format(arena, "%.*s:%d", VIEW_ARGS(host), *is_tls ? 443 : 80);
}

/* A registry is read. What it is asked within a tunnel nobody sees, unless the policy intercepts it. */
static bool host_grant(const struct document *document, const struct yaml_node *node, struct view host,
                       bool is_tls)
{
    struct policy *policy = document->policy;
    struct capability use = {CAPABILITY_NET, true, host};
    bool is_seen = !is_tls || capability_set_allows(&policy->intercepts, use);
    if (is_seen) host = arena_format(document->arena, "%.*s methods GET,HEAD", VIEW_ARGS(host));
    return document_placed(document, node,
                           policy_grant(policy, document->arena, CAPABILITY_NET, host, document->origin,
                                        node->line, document->err));
}

static bool variable_add(const struct document *document, const char *variable)
{
    return (variable && ARRAY_PUSH(document->arena, &document->policy->install, variable)) ||
           error_set(document->err, ERROR_LIMIT, "the policy is too large");
}

/* The files: granted where they are on this machine; without the program a run says so. */
static bool files_grant(const struct document *document, const struct yaml_node *node,
                        const struct manager *manager)
{
    struct policy *policy = document->policy;
    struct arena *arena = document->arena;
    const char *const *folders = manager->folders;
    char resolved[PATH_MAX];
    bool is_there = realpath(manager->program, resolved) != NULL;
    /* "…/npm/bin/npm-cli.js": npm's own folder or, of Debian's, the one that all modules are in. */
    struct view above = view_of_cstr(resolved), debian = VIEW("/usr/share/nodejs");
    for (int up = 0; is_there && !folders && up < 2; up++)
        while (above.length && above.bytes[--above.length] != '/') continue;
    if (is_there && !folders && view_starts_with(above, debian)) above = debian;
    const char *const own[] = {is_there && !folders ? arena_copy(arena, above).bytes : NULL, NULL};
    if (!folders) folders = own;
    for (size_t i = 0; folders[i]; i++) {
        if (access(folders[i], R_OK) < 0) continue;
        if (!document_placed(document, node,
                             policy_grant(policy, arena, CAPABILITY_FS_READ, view_of_cstr(folders[i]),
                                          document->origin, node->line, document->err)))
            return false;
    }
    /* By its name, as the check sees it, and its file, which the cell starts. */
    return document_placed(document, node,
                           policy_grant(policy, arena, CAPABILITY_EXEC, view_of_cstr(manager->name),
                                        document->origin, node->line, document->err));
}

static bool manager_take(const struct document *document, const struct manager *manager,
                         const struct yaml_node *node, const struct yaml_node *registry)
{
    struct arena *arena = document->arena;
    bool is_tls;
    if (!document_expect(document, registry, YAML_SCALAR, "registry")) return false;
    struct view host = host_of(arena, registry->text, &is_tls);
    if (!host.length)
        return document_refuse(document, registry, "this is no http or https URL of a registry");
    bool is_done =
        host_grant(document, registry, host, is_tls) && files_grant(document, node, manager) &&
        variable_add(
            document,
            arena_format(arena, "%s=%.*s", manager->registry_variable, VIEW_ARGS(registry->text)).bytes);
    for (size_t i = 0; is_done && manager->variables[i]; i++)
        is_done = variable_add(document, manager->variables[i]);
    if (is_done && !is_tls &&
        manager == &managers[0]) /* pip asks by plain HTTP only whom it is told to trust */
        is_done = variable_add(document, arena_format(arena, "PIP_TRUSTED_HOST=%.*s", VIEW_ARGS(host)).bytes);
    for (size_t i = 0; is_done && manager->faults[i]; i++) {
        struct rule_override override = {.rule = manager->faults[i], .is_off = true};
        is_done = ARRAY_PUSH(arena, &document->policy->overrides, override);
    }
    struct policy_entry entry = {"install", view_of_cstr(manager->name), registry->text, document->origin,
                                 node->line};
    return is_done && policy_note(document->policy, arena, entry, document->err);
}

/* URL, or {registry: URL, hosts: [HOST...]} where files come from other hosts. */
static bool entry_read(const struct document *document, const struct manager *manager,
                       const struct yaml_node *node)
{
    static const char *const known[] = {"registry", "hosts"};
    if (node->kind == YAML_SCALAR) return manager_take(document, manager, node, node);
    if (!document_expect(document, node, YAML_MAPPING, manager->name)) return false;
    for (uint32_t i = 0; i < node->count; i++) {
        const struct yaml_node *key = node->pairs[i].key, *value = node->pairs[i].value;
        bool is_hosts = view_equals_cstr(key->text, known[1]);
        if (!is_hosts && !view_equals_cstr(key->text, known[0]))
            return document_key_refuse(document, key, known, 2);
        if (!is_hosts) continue;
        if (!document_expect(document, value, YAML_SEQUENCE, "hosts")) return false;
        for (uint32_t j = 0; j < value->count; j++)
            if (!document_expect(document, value->items[j], YAML_SCALAR, "hosts") ||
                !host_grant(document, value->items[j], value->items[j]->text, true))
                return false;
    }
    const struct yaml_node *registry = yaml_get(node, "registry");
    if (!registry) return document_refuse(document, node, "a package manager without 'registry'");
    return manager_take(document, manager, node, registry);
}

bool install_read(const struct document *document, const struct yaml_node *node)
{
    const char *known[MANAGER_COUNT];
    for (size_t i = 0; i < MANAGER_COUNT; i++) known[i] = managers[i].name;
    if (!document_expect(document, node, YAML_MAPPING, "install")) return false;
    for (uint32_t i = 0; i < node->count; i++) {
        size_t at = 0;
        while (at < MANAGER_COUNT && !view_equals_cstr(node->pairs[i].key->text, known[at])) at++;
        if (at == MANAGER_COUNT)
            return document_key_refuse(document, node->pairs[i].key, known, MANAGER_COUNT);
        if (!entry_read(document, &managers[at], node->pairs[i].value)) return false;
    }
    return true;
}
