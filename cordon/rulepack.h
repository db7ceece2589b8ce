/* rulepack.h - the rules in force: the shipped pack, which is inside the program, or those that the operator
 * names. */
#ifndef CORDON_CORDON_RULEPACK_H
#define CORDON_CORDON_RULEPACK_H

#include "analyzer/analyzer.h"

/* The shipped pack, if it is wanted, then the paths; compiled. The caller frees it. NULL with the place. The
 * shipped pack alone was compiled by the build. */
struct ruleset *rulepack_open(bool has_shipped, const char *const *paths, uint32_t path_count,
                              struct error *err);

/* The same, compiled here and now whatever the build has done: what rulepack_open is measured by. */
struct ruleset *rulepack_compile(bool has_shipped, const char *const *paths, uint32_t path_count,
                                 struct error *err);

#endif
