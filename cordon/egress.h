/* egress.h - a cell's run with the gateway beside it: what a net grant or a secret lets a program reach,
 * while it runs. */
#ifndef CORDON_CORDON_EGRESS_H
#define CORDON_CORDON_EGRESS_H

#include "cordon/policy.h"
#include "gateway/gateway.h"
#include "runner/runner.h"

/* What one run needs of the gateway. Zero: nothing but the grant's hosts. */
struct egress {
    struct keyring *keyring;
};

/* Reads the values of the policy's secrets. `kept`: those of variables, read before; or NULL. False: one
 * cannot be had, or its variable is granted to the program. */
bool egress_open(struct egress *egress, const struct policy *policy, const struct keyring *kept,
                 struct error *err);
void egress_close(struct egress *egress);

/* What the job of a spec has for the gateway: that there is one, and the placeholders; as they are in the
 * cell, or, of an egress that is not open, masked. The arena owns what is new. */
void egress_plan(const struct egress *egress, const struct policy *policy, struct arena *arena,
                 struct spec_job *job);

/* As pool_run, with a gateway where the spec has a network. What the gateway was asked goes into the result,
 * and, as it happens, into the journal, which may be NULL. */
bool egress_run(struct egress *egress, struct pool *pool, struct arena *arena, const struct spec *spec,
                const struct capability_set *grant, struct journal *journal, const struct cell_io *io,
                struct result *result, struct error *err);

#endif
