/* nested_repeat.h - whether a regex repeats what can itself be repeated, with something behind it that can
 * fail: what rules call redos (metavariable-analysis). By the look of it alone, as those rules expect;
 * redos.h answers what is really exponential. Pure; any thread. */
#ifndef CORDON_ANALYZER_NESTED_REPEAT_H
#define CORDON_ANALYZER_NESTED_REPEAT_H

#include <stdbool.h>

#include "base/view.h"

/* The text of a regex as the literal contains it. False for what is no regex, or nests deeper than 100. */
bool nested_repeat_is_there(struct view regex);

#endif
