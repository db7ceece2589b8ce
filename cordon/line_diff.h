/* line_diff.h - which lines of a text are not in the text before. */
#ifndef CORDON_CORDON_LINE_DIFF_H
#define CORDON_CORDON_LINE_DIFF_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/view.h"

struct line_set {
    const bool *has; /* by line, from 1 */
    uint32_t count;  /* lines of the text; has[1..count] */
};

/* The lines of `after` outside of a longest common subsequence with `before`; an end of line LF or CR LF is
 * no difference. Texts that differ in very many lines get a smaller subsequence: a line is then called
 * changed that is not, never the reverse. False where the arena is exhausted. */
bool line_diff(struct line_set *changed, struct arena *arena, struct view before, struct view after);

#endif
