/* rule_paths.h - the `paths` of a rule: which sources it is for. Pure; any thread. */
#ifndef CORDON_ANALYZER_RULE_PATHS_H
#define CORDON_ANALYZER_RULE_PATHS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/view.h"

struct rule_paths {
    const struct view *includes, *excludes; /* globs */
    uint32_t include_count, exclude_count;
};

/* Whether a glob names the path, a part of its end (`*.conf`), or a folder on the way (`vendor/`). A star
 * stays within a name, two stars are any number of folders. */
bool rule_glob_matches(struct view glob, struct view path);

/* Excluded by none, and, where there are any, included by one. */
bool rule_paths_allow(const struct rule_paths *paths, struct view path);

#endif
