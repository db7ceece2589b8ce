/* entropy.h - whether a text looks like a secret: more information than words carry (metavariable-analysis).
 * Pure; any thread. */
#ifndef CORDON_ANALYZER_ENTROPY_H
#define CORDON_ANALYZER_ENTROPY_H

#include <stdbool.h>

#include "base/view.h"

/* More than some 64 bits in all, and more than 4.8 a byte, measured against English. */
bool entropy_is_high(struct view text);

#endif
