/* rule_folder.h - the rule files at a path. */
#ifndef CORDON_ANALYZER_RULE_FOLDER_H
#define CORDON_ANALYZER_RULE_FOLDER_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/error.h"

/* False with an error ends the walk. The path and the bytes are in the arena. */
typedef bool rule_folder_visit(void *context, struct view path, struct view bytes, struct error *err);

/* A file, or a folder's .yaml and .yml files (not hidden ones, not *.test.yaml), walked in sorted order. */
bool rule_folder_walk(struct arena *arena, const char *path, rule_folder_visit *visit, void *context,
                      struct error *err);

#endif
