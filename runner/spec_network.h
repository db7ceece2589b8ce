/* spec_network.h - what a cell with a net grant has for it. Inside the runner. */
#ifndef CORDON_RUNNER_SPEC_NETWORK_H
#define CORDON_RUNNER_SPEC_NETWORK_H

#include "runner/spec.h"

/* With a net grant, or where the job needs it: the loopback, the gateway's own variables, the variables by
 * which clients find the proxy, and the certificates by which they know servers. Variables that the job gives
 * stay. False: no memory. */
bool spec_network_add(struct spec *spec, struct arena *arena, const struct capability_set *grant,
                      const struct spec_job *job);

#endif
