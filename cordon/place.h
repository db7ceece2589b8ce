/* place.h - paths as reports name them: below the current folder where they are, without "." and "..", by
 * their text alone (nothing is looked up). */
#ifndef CORDON_CORDON_PLACE_H
#define CORDON_CORDON_PLACE_H

#include "base/arena.h"
#include "base/view.h"

/* The path joined to a folder (absolute), normalized: absolute, without "." and ".." and double slashes. A
 * zero view on exhaustion. */
struct view place_absolute(struct arena *arena, struct view folder, struct view path);

/* The rest of `path` below `folder` (both absolute and normal); NULL bytes where it is not below it. */
struct view place_below(struct view path, struct view folder);

/* How reports name a path: relative to the current folder, or absolute where it is not below it. */
struct view place_shown(struct arena *arena, struct view path);

/* As a URI reference: a relative path, or file://; every byte that may not stand there as %XX. */
struct view place_uri(struct arena *arena, struct view path);
/* The path back, as place_shown has it. */
struct view place_of_uri(struct arena *arena, struct view uri);

#endif
