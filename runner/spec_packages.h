/* spec_packages.h - the runtime's packages in the cell: a folder of the host, read-only, where the
 * interpreter looks for modules by itself, so that no search path and no variable has to be set. Inside the
 * runner only. */
#ifndef CORDON_RUNNER_SPEC_PACKAGES_H
#define CORDON_RUNNER_SPEC_PACKAGES_H

#include "runner/spec.h"

/* Adds the job's folder of packages, if it has one, to the binds. False: it cannot be given. */
bool spec_packages_add(struct spec *spec, struct arena *arena, const struct spec_job *job, struct error *err);

#endif
