/* modules.h - what a program may import beside its language's own modules: the folder of packages, and for a
 * check of files the modules that lie beside them. The arena owns the list. */
#ifndef CORDON_CORDON_MODULES_H
#define CORDON_CORDON_MODULES_H

#include "analyzer/analyzer.h"
#include "cordon/walk.h"

/* `packages` NULL: no such folder. A grant of a tool brings the module `cordon`. `walk` NULL: the program is
 * alone, as in a cell. False: no memory. */
bool modules_collect(struct module_list *list, struct arena *arena, const char *packages,
                     const struct capability_set *grant, const struct walk *walk, struct error *err);

#endif
