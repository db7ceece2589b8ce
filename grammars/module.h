/* module.h - which modules a language has of its own, which names they have, and which packages are well
 * known: facts in grammars/modules/, embedded. Made once for the process, then immutable; any thread.
 *
 * They are those of every supported version and system together, so that what they lack is nowhere. */
#ifndef CORDON_GRAMMARS_MODULE_H
#define CORDON_GRAMMARS_MODULE_H

#include <stdbool.h>

#include "grammars/language.h"

enum module_name {
    MODULE_NAME_UNKNOWN, /* no such module, or its names are not all known */
    MODULE_NAME_THERE,
    MODULE_NAME_MISSING,
};

/* Whether the language has this module ("os.path", "fs/promises"). */
bool module_is_own(enum language_family family, struct view module);

/* Whether a module has this name. A global object of JavaScript is the module "global:Math". */
enum module_name module_has(enum language_family family, struct view module, struct view name);

/* The nearest of a module's names to a wrong one, or empty. */
struct view module_name_nearest(enum language_family family, struct view module, struct view name);

/* The nearest of the language's modules, or what took the place of one that was there once; or empty. */
struct view module_nearest(enum language_family family, struct view module);

/* Whether a package is well known: by the name that it is imported by; in JavaScript by its scope as well. */
bool package_is_known(enum language_family family, struct view package);

/* The well-known package that is one letter (left out, added, changed, or two exchanged) away; or empty. */
struct view package_lookalike(enum language_family family, struct view package);

#endif
