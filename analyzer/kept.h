/* kept.h - where a name is a value that is kept: handed to a function, put into a list, returned, set as an
 * attribute. What is done with it is not seen where it is done, so a rule takes it for a call with arguments
 * that are not known. Where names.h follows it (a variable, a destructuring), or nothing can come of it (a
 * comparison, a type), it is not kept. Pure; any thread. */
#ifndef CORDON_ANALYZER_KEPT_H
#define CORDON_ANALYZER_KEPT_H

#include "analyzer/names.h"

struct kept_list {
    const uint32_t *nodes; /* in the order of the source; each denotes a name and is kept */
    uint32_t count;
};

/* False: the arena is exhausted. */
bool kept_find(struct arena *arena, const struct syntax *syntax, const struct names *names,
               struct kept_list *kept);

#endif
