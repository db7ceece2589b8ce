/* rulepack.h - the rules in force: the shipped pack, which is inside the program, or those that the operator
 * names. */
#ifndef CORDON_CORDON_RULEPACK_H
#define CORDON_CORDON_RULEPACK_H

#include "analyzer/analyzer.h"

/* Compiled; the caller frees it. No path: the shipped pack. NULL with the place. */
struct ruleset *rulepack_open(const char *const *paths, uint32_t path_count, struct error *err);

#endif
