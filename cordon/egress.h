/* egress.h - a cell's run with the gateway beside it: what a net grant lets a program reach, while it runs.
 */
#ifndef CORDON_CORDON_EGRESS_H
#define CORDON_CORDON_EGRESS_H

#include "base/capability.h"
#include "runner/runner.h"

/* As pool_run, with a gateway where the spec has a network. What the gateway was asked goes into the result.
 */
bool egress_run(struct pool *pool, struct arena *arena, const struct spec *spec,
                const struct capability_set *grant, const struct cell_io *io, struct result *result,
                struct error *err);

#endif
