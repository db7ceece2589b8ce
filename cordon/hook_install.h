/* hook_install.h - `cordon hook install` and `uninstall`: the change is shown, confirmed, made whole, and
 * taken back exactly. */
#ifndef CORDON_CORDON_HOOK_INSTALL_H
#define CORDON_CORDON_HOOK_INSTALL_H

#include "cordon/options.h"

/* For --agent: the host's settings; for --git: the repository's pre-commit hook. Prints to stdout. False:
 * nothing was changed. */
bool hook_install(const struct options *options, struct arena *arena, bool is_removal, struct error *err);

#endif
