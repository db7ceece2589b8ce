#include "runner/spec_network.h"

#include <fcntl.h>
#include <string.h>

#define PROXY "http://127.0.0.1:3128"

/* Each client reads its own: in either case, and Node since 24 only where it is told to look. */
static const char *const variables[] = {
    "HTTP_PROXY=" PROXY,
    "HTTPS_PROXY=" PROXY,
    "http_proxy=" PROXY,
    "https_proxy=" PROXY,
    "NODE_USE_ENV_PROXY=1",
    "SSL_CERT_FILE=" SPEC_CERTIFICATES,
    "NODE_EXTRA_CA_CERTS=" SPEC_CERTIFICATES,
    /* Where the gateway intercepts, also for those that bring certificates of their own. */
    "REQUESTS_CA_BUNDLE=" SPEC_CERTIFICATES,
    "CURL_CA_BUNDLE=" SPEC_CERTIFICATES,
    "PIP_CERT=" SPEC_CERTIFICATES,
    "NPM_CONFIG_CAFILE=" SPEC_CERTIFICATES,
    "GIT_SSL_CAINFO=" SPEC_CERTIFICATES,
};

enum { VARIABLE_COUNT = sizeof variables / sizeof *variables, PLAIN_COUNT = 7 };

static bool has_net(const struct capability_set *grant)
{
    for (uint32_t i = 0; i < grant->count; i++)
        if (grant->items[i].kind == CAPABILITY_NET) return true;
    return false;
}

static bool is_given(const struct spec *spec, const char *variable)
{
    size_t length = (size_t)(strchr(variable, '=') - variable) + 1;
    for (uint32_t i = 0; i < spec->environment_count; i++)
        if (strncmp(spec->environment[i], variable, length) == 0) return true;
    return false;
}

bool spec_network_add(struct spec *spec, struct arena *arena, const struct capability_set *grant,
                      const struct spec_job *job)
{
    uint32_t given = 0;
    if (!has_net(grant) && !job->needs_gateway) return true;
    while (job->variables && job->variables[given]) given++;
    spec->has_network = true;
    spec->certificates = arena_copy(arena, job->certificates);
    size_t variable_count = spec->certificates.length ? VARIABLE_COUNT : PLAIN_COUNT;
    bool is_bound = !spec->certificates.length && spec->bind_count < SPEC_BINDS_MAX;
    int fd = is_bound ? open(SPEC_CERTIFICATES, O_PATH | O_CLOEXEC) : -1;
    if (fd >= 0) /* a machine without them reaches servers that need none */
        spec->binds[spec->bind_count++] = (struct spec_bind){.fd = fd, .path = SPEC_CERTIFICATES};
    const char **all =
        ARENA_NEW_ARRAY(arena, const char *, spec->environment_count + given + VARIABLE_COUNT + 1);
    if (!all) return false;
    uint32_t count = spec->environment_count;
    memcpy(all, spec->environment, count * sizeof *all);
    for (uint32_t i = 0; i < given; i++) {
        all[count] = arena_copy(arena, view_of_cstr(job->variables[i])).bytes;
        if (!all[count++]) return false;
    }
    for (size_t i = 0; i < variable_count; i++)
        if (!is_given(spec, variables[i])) all[count++] = variables[i];
    spec->environment = all;
    spec->environment_count = count;
    return true;
}
