/* gitignore.h - leaves out of a walk what git ignores, by asking git itself: its rules are its own. */
#ifndef CORDON_CORDON_GITIGNORE_H
#define CORDON_CORDON_GITIGNORE_H

#include "base/arena.h"
#include "base/error.h"
#include "cordon/walk.h"

/* Takes ignored files out of `walk->files` and counts them. Named files stay. False: git is not there, or
 * this is no repository. */
bool gitignore_apply(struct walk *walk, struct arena *arena, struct error *err);

#endif
