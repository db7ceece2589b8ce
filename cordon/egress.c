#include "cordon/egress.h"

#include <stdlib.h>

#include "gateway/gateway.h"

struct egress {
    const struct capability_set *grant;
    struct gateway *gateway;
    struct error error;
};

static bool network_take(void *network, int listener_fd)
{
    struct egress *egress = network;
    egress->gateway = gateway_start(egress->grant, listener_fd, &egress->error);
    return egress->gateway != NULL;
}

bool egress_run(struct pool *pool, struct arena *arena, const struct spec *spec,
                const struct capability_set *grant, const struct cell_io *io, struct result *result,
                struct error *err)
{
    if (!spec->has_network) return pool_run(pool, arena, spec, io, result, err);
    struct egress egress = {.grant = grant};
    struct cell_io own = *io;
    own.on_network = network_take;
    own.network = &egress;
    bool has_run = pool_run(pool, arena, spec, &own, result, err);
    json_t *asked = gateway_stop(egress.gateway);
    AUTO_FREE char *text = asked ? json_dumps(asked, JSON_COMPACT) : NULL;
    if (text) result->network = arena_copy(arena, view_of_cstr(text)).bytes;
    json_decref(asked);
    if (egress.error.code == ERROR_NONE) return has_run;
    *err = egress.error;
    return false;
}
