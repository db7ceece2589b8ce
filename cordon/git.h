/* git.h - what git knows of a repository, asked so that nothing which the repository names is run: only
 * plumbing that compares no work tree (so no filter, text conversion, external diff or monitor), no hook, no
 * transport, no pager, no replaced objects. Comparing is done here. Git's own refusal of another user's
 * repository stays in force.
 *
 * The arena given to a function owns what it returns. */
#ifndef CORDON_CORDON_GIT_H
#define CORDON_CORDON_GIT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/array.h"
#include "base/error.h"
#include "base/view.h"

/* Runs git with arguments (NULL-ended, without "git") and bytes for its standard input; takes its output, at
 * most `cap_bytes`. `*status` (may be NULL: anything but 0 is an error) gets how it ended. False with git's
 * own first words. */
bool git_ask(struct arena *arena, const char *const *arguments, struct view input, size_t cap_bytes,
             struct view *output, int *status, struct error *err);

/* Where this repository's pre-commit hook is. */
bool git_hooks_path(struct view *path, struct arena *arena, struct error *err);

/* A file in a tree or in the index. */
struct git_entry {
    struct view path; /* from the top of the work tree */
    struct view oid;  /* hexadecimal, of the blob */
    bool is_file;     /* neither symbolic link nor submodule */
};

struct git_tree {
    struct git_entry *items; /* sorted by path, as bytes */
    uint32_t count, capacity;
};

bool git_tree_of_revision(struct git_tree *tree, struct arena *arena, const char *revision,
                          struct error *err);
/* The same of HEAD, or nothing where no commit is there yet. */
bool git_tree_of_head(struct git_tree *tree, struct arena *arena, struct error *err);
/* False too where paths are unmerged: which of their contents counts is not decided. */
bool git_tree_of_index(struct git_tree *tree, struct arena *arena, struct error *err);
/* NULL: not there. */
const struct git_entry *git_tree_find(const struct git_tree *tree, struct view path);

/* The folder of the work tree (absolute, no symbolic links), and the current folder below it ("" or "a/b/").
 */
bool git_place(struct view *top, struct view *prefix, struct arena *arena, struct error *err);

/* The contents of blobs, in order. */
bool git_blobs(struct arena *arena, const struct view *oids, uint32_t count, struct view *contents,
               struct error *err);

/* Whether these bytes would be the blob of this id. */
bool git_is_blob(struct view bytes, struct view oid);

#endif
