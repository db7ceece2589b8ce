#include "cordon/egress.h"

#include <stdlib.h>

#include "base/io.h"

/* One run under way. */
struct way {
    struct egress *egress;
    const struct capability_set *grant;
    struct journal *journal;
    struct gateway *gateway;
    struct error error;
};

/* A program that had the variable would have the secret. */
static bool sources_check(const struct policy *policy, struct error *err)
{
    ARRAY_FOREACH (const struct secret_rule, rule, &policy->secrets) {
        if (rule->source != SECRET_FROM_ENV) continue;
        struct capability use = {CAPABILITY_ENV, true, view_of_cstr(rule->from[0])};
        if (!capability_set_allows(&policy->grant, use)) continue;
        error_set(err, ERROR_POLICY, "the variable %.100s holds the secret %s and is granted to the program",
                  rule->from[0], rule->name);
        return error_remedy(err, "take the grant away; 'placeholder: %.60s' gives it a value to be replaced",
                            rule->from[0]);
    }
    return true;
}

bool egress_open(struct egress *egress, const struct policy *policy, const struct keyring *kept,
                 struct error *err)
{
    *egress = (struct egress){0};
    bool needs_trust = false; /* of tools that ask servers */
    ARRAY_FOREACH (const struct tool, tool, &policy->tools) needs_trust |= tool->run == tool_http_run;
    if (!policy->secrets.count && !policy->intercepts.count && !needs_trust) return true;
    if (!sources_check(policy, err)) return false;
    struct keyring_plan plan = {policy->secrets.items, policy->secrets.count, policy->authorities,
                                &policy->intercepts, needs_trust};
    egress->keyring = keyring_open(&plan, kept, err);
    return egress->keyring != NULL;
}

void egress_close(struct egress *egress)
{
    keyring_free(egress->keyring);
    egress->keyring = NULL;
}

/* What the machine's clients know servers by, and the gateway's own certificate. */
static struct view bundle_make(struct arena *arena, struct view certificate)
{
    enum { BUNDLE_BYTES = 4 << 20 };
    struct view machine = {0};
    struct error none; /* a machine may have none */
    if (!certificate.length) return certificate;
    if (!io_read_file(arena, SPEC_CERTIFICATES, BUNDLE_BYTES, &machine, &none)) machine.length = 0;
    return arena_format(arena, "%.*s\n%.*s", VIEW_ARGS(machine), VIEW_ARGS(certificate));
}

void egress_plan(const struct egress *egress, const struct policy *policy, struct arena *arena,
                 struct spec_job *job)
{
    uint32_t count = 0;
    const struct texts *install = &policy->install;
    if (egress->keyring) job->certificates = bundle_make(arena, keyring_certificate(egress->keyring));
    ARRAY_FOREACH (const struct secret_rule, rule, &policy->secrets)
        job->needs_gateway |= !rule->is_for_tools;
    const char **variables = ARENA_NEW_ARRAY(arena, const char *, policy->secrets.count + install->count + 1);
    if (!variables) return; /* the arena is exhausted, which the spec says */
    const char *const *placeholders = egress->keyring ? keyring_variables(egress->keyring) : NULL;
    for (; placeholders && placeholders[count]; count++) variables[count] = placeholders[count];
    ARRAY_FOREACH (const struct secret_rule, rule, &policy->secrets)
        if (!placeholders && rule->placeholder)
            variables[count++] =
                arena_format(arena, "%s=cordon-placeholder-*-%s", rule->placeholder, rule->name).bytes;
    for (uint32_t i = 0; i < install->count; i++) variables[count++] = install->items[i];
    job->variables = variables;
}

static bool network_take(void *network, int listener_fd)
{
    struct way *way = network;
    struct keyring *keyring = way->egress->keyring;
    way->egress->keyring = NULL; /* the gateway's */
    way->gateway = gateway_start(way->grant, keyring, way->journal, listener_fd, &way->error);
    return way->gateway != NULL;
}

bool egress_run(struct egress *egress, struct pool *pool, struct arena *arena, const struct spec *spec,
                const struct capability_set *grant, struct journal *journal, const struct cell_io *io,
                struct result *result, struct error *err)
{
    if (!spec->has_network) return pool_run(pool, arena, spec, io, result, err);
    struct way way = {.egress = egress, .grant = grant, .journal = journal};
    struct cell_io own = *io;
    own.on_network = network_take;
    own.network = &way;
    bool has_run = pool_run(pool, arena, spec, &own, result, err);
    json_t *asked = gateway_stop(way.gateway);
    AUTO_FREE char *text = asked ? json_dumps(asked, JSON_COMPACT) : NULL;
    if (text) result->network = arena_copy(arena, view_of_cstr(text)).bytes;
    json_decref(asked);
    if (way.error.code == ERROR_NONE) return has_run;
    *err = way.error;
    return false;
}
