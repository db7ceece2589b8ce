/* policy_check.h - whether what a policy says of rules is said of any. */
#ifndef CORDON_CORDON_POLICY_CHECK_H
#define CORDON_CORDON_POLICY_CHECK_H

#include <stdio.h>

#include "cordon/policy.h"

/* Loads the rules that are in force and looks for a rule behind every override and suppression: one that fits
 * none does nothing, which its author did not mean. Suppressions that have ended are named on `out`. False
 * with the place. */
bool policy_check_rules(const struct policy *policy, struct arena *arena, FILE *out, struct error *err);

#endif
