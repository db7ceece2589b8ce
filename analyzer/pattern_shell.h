/* pattern_shell.h - pattern text of a shell to text that its grammar can parse (see pattern_text.h). Pure. */
#ifndef CORDON_ANALYZER_PATTERN_SHELL_H
#define CORDON_ANALYZER_PATTERN_SHELL_H

#include "base/arena.h"

/* `$X` becomes `$cordonvar_X`, or the bare word where the shell has a name (`for $X in`, `${$X}`, `$X=`,
 * `$X()`); `...` a word where it stands for itself. Capital letters behind `$` are a metavariable; `${PATH}`
 * and `$path` are themselves. The zero view where the arena is exhausted. */
struct view pattern_shell_prepare(struct arena *arena, struct view text);

#endif
