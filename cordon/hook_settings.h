/* hook_settings.h - the settings of a host with cordon's hook in them, and without. Pure. */
#ifndef CORDON_CORDON_HOOK_SETTINGS_H
#define CORDON_CORDON_HOOK_SETTINGS_H

#include "base/arena.h"
#include "base/error.h"
#include "cordon/hook_host.h"

/* `old` (NULL bytes: there is no file) with a hook that runs `command`; an earlier one of ours is replaced,
 * all else is kept. A zero view with an error: it cannot be read. */
struct view hook_settings_add(struct arena *arena, enum hook_host host, struct view old, const char *command,
                              struct error *err);

/* Without any hook of ours. `*had_one` says whether there was one. */
struct view hook_settings_remove(struct arena *arena, enum hook_host host, struct view old, bool *had_one,
                                 struct error *err);

#endif
