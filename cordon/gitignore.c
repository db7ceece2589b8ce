#include "cordon/gitignore.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "cordon/git.h"

/* Takes the files that stand in `ignored` (NUL-ended paths, in the order of the files) out of the walk. */
static void files_take_out(struct walk *walk, struct view ignored)
{
    uint32_t kept = 0;
    struct view next = {0}, rest = ignored;
    bool has_next = view_split(rest, '\0', &next, &rest);
    for (uint32_t i = 0; i < walk->files.count; i++) {
        struct walk_file file = walk->files.items[i];
        if (has_next && view_equals_cstr(next, file.path)) {
            has_next = view_split(rest, '\0', &next, &rest);
            if (!file.is_named) {
                walk->ignored_count++;
                continue;
            }
        }
        walk->files.items[kept++] = file;
    }
    walk->files.count = kept;
}

bool gitignore_apply(struct walk *walk, struct arena *arena, struct error *err)
{
    AUTO_FREE char *paths = NULL;
    size_t paths_bytes = 0;
    FILE *out = open_memstream(&paths, &paths_bytes);
    if (!out) return error_set(err, ERROR_SYSTEM, "no memory");
    for (uint32_t i = 0; i < walk->files.count; i++)
        fwrite(walk->files.items[i].path, 1, strlen(walk->files.items[i].path) + 1, out);
    fclose(out);
    const char *const arguments[] = {"check-ignore", "--stdin", "-z", NULL};
    struct view ignored;
    int status;
    if (!git_ask(arena, arguments, view_make(paths, paths_bytes), 1 << 30, &ignored, &status, err))
        return false;
    if (status > 1) {
        error_set(err, ERROR_USAGE,
                  "git did not say what it ignores: the files must be in the repository of this folder");
        return error_remedy(err, "run cordon inside the repository, or leave out --gitignore");
    }
    files_take_out(walk, ignored);
    return true;
}
