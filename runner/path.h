/* path.h - opens what an operator named, and nothing that it leads to: no part of the path may be a link. The
 * path is resolved once, here; what follows works with the descriptor. Any thread. */
#ifndef CORDON_RUNNER_PATH_H
#define CORDON_RUNNER_PATH_H

#include "base/error.h"

/* As open(2) with O_CLOEXEC; relative to the working folder. -1 with an error that names `what`
 * ("grant", "pass"): where a link leads elsewhere, the remedy names the place itself. */
int path_open(const char *path, int flags, const char *what, struct error *err);

#endif
