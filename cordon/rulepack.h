/* rulepack.h - the rules in force: the shipped pack, which is inside the program, or those that the operator
 * names. */
#ifndef CORDON_CORDON_RULEPACK_H
#define CORDON_CORDON_RULEPACK_H

#include "analyzer/analyzer.h"

/* The shipped pack, if it is wanted, then the paths; compiled. The caller frees it. NULL with the place. The
 * first one compiles the shipped rules for some languages alone (1 << enum language_id), which is most of the
 * time that a check of one file takes. */
struct ruleset *rulepack_open_for(uint32_t language_mask, bool has_shipped, const char *const *paths,
                                  uint32_t path_count, struct error *err);
struct ruleset *rulepack_open(bool has_shipped, const char *const *paths, uint32_t path_count,
                              struct error *err);

#endif
