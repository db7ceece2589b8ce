/* change.h - the files of a walk that differ from a revision, or those in git's index, with their contents
 * there. */
#ifndef CORDON_CORDON_CHANGE_H
#define CORDON_CORDON_CHANGE_H

#include "base/arena.h"
#include "base/error.h"
#include "cordon/walk.h"

/* Keeps the files of the walk that differ from a revision, each with its content there (a new one has none);
 * the others are counted. False: git did not answer, or a file is in no repository. */
bool change_since(struct walk *walk, struct arena *arena, const char *revision, struct error *err);

/* Makes the walk of what the index has and HEAD has not (with --diff: and that revision has not), below the
 * operands or everywhere, with the contents of the index. */
bool change_staged(struct walk *walk, struct arena *arena, const struct options *options, struct error *err);

#endif
