#include "cordon/walk.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "cordon/gitignore.h"

/* Folders inside folders: deeper than any real tree, shallow enough for descriptors and paths. */
enum { WALK_DEPTH_MAX = 128, SHEBANG_BYTES = 256 };

struct walking {
    struct walk *walk;
    struct arena *arena;
    const struct options *options;
    struct error *err;
    bool is_exhausted;
};

static void walk_error_add(struct walking *walking, const char *path, const char *message)
{
    struct walk_error error = {path, arena_copy(walking->arena, view_of_cstr(message)).bytes};
    if (!error.message || !ARRAY_PUSH(walking->arena, &walking->walk->errors, error))
        walking->is_exhausted = true;
}

static bool is_excluded(const struct walking *walking, const char *path, const char *name)
{
    for (uint32_t i = 0; i < walking->options->excludes.count; i++) {
        const char *glob = walking->options->excludes.items[i];
        if (fnmatch(glob, path, 0) == 0 || fnmatch(glob, name, 0) == 0) return true;
    }
    return false;
}

static void file_add(struct walking *walking, const char *path, bool is_named)
{
    struct walk_file file = {.path = path, .language = walking->options->language, .is_named = is_named};
    if (!file.language) file.language = language_of_path(view_of_cstr(path));
    bool may_have_shebang = strrchr(path, '.') <= strrchr(path, '/');
    if (!file.language && !is_named && !may_have_shebang) {
        walking->walk->other_count++;
        return;
    }
    if (!ARRAY_PUSH(walking->arena, &walking->walk->files, file)) walking->is_exhausted = true;
}

static int name_order(const void *left, const void *right)
{
    return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* The names in a folder, sorted. False where it cannot be read. */
static bool names_read(struct walking *walking, const char *path, struct texts *names)
{
    DIR *folder = opendir(path);
    if (!folder) {
        walk_error_add(walking, path, strerrordesc_np(errno));
        return false;
    }
    for (struct dirent *entry; (entry = readdir(folder));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        const char *name = arena_copy(walking->arena, view_of_cstr(entry->d_name)).bytes;
        if (!name || !ARRAY_PUSH(walking->arena, names, name)) walking->is_exhausted = true;
    }
    closedir(folder);
    if (names->count) qsort(names->items, names->count, sizeof *names->items, name_order);
    return !walking->is_exhausted;
}

static void path_walk(struct walking *walking, const char *path, const char *name, unsigned depth);

static void folder_walk(struct walking *walking, const char *path, unsigned depth)
{
    struct texts names = {0};
    if (depth == WALK_DEPTH_MAX) {
        walk_error_add(walking, path, "folders nest too deep");
        return;
    }
    if (!names_read(walking, path, &names)) return;
    for (uint32_t i = 0; i < names.count && !walking->is_exhausted; i++) {
        bool has_slash = path[strlen(path) - 1] == '/';
        struct view inner =
            arena_format(walking->arena, "%s%s%s", path, has_slash ? "" : "/", names.items[i]);
        if (!inner.bytes) walking->is_exhausted = true;
        if (inner.bytes) path_walk(walking, inner.bytes, names.items[i], depth + 1);
    }
}

/* Something found below a named folder. */
static void path_walk(struct walking *walking, const char *path, const char *name, unsigned depth)
{
    struct stat status;
    if (is_excluded(walking, path, name)) {
        walking->walk->excluded_count++;
    } else if (lstat(path, &status) < 0) {
        walk_error_add(walking, path, strerrordesc_np(errno));
    } else if (S_ISLNK(status.st_mode)) {
        walking->walk->link_count++;
    } else if (S_ISDIR(status.st_mode)) {
        folder_walk(walking, path, depth);
    } else if (S_ISREG(status.st_mode)) {
        file_add(walking, path, false);
    } else {
        walking->walk->special_count++;
    }
}

bool walk_collect(struct walk *walk, struct arena *arena, const struct options *options, struct error *err)
{
    *walk = (struct walk){0};
    struct walking walking = {walk, arena, options, err, false};
    for (uint32_t i = 0; i < options->operands.count; i++) {
        const char *path = options->operands.items[i];
        struct stat status;
        if (strcmp(path, "-") == 0)
            file_add(&walking, path, true);
        else if (stat(path, &status) < 0)
            walk_error_add(&walking, path, strerrordesc_np(errno));
        else if (S_ISDIR(status.st_mode))
            folder_walk(&walking, path, 0);
        else
            file_add(&walking, path, true);
    }
    if (walking.is_exhausted) return error_set(err, ERROR_LIMIT, "too many files to list");
    return !options->uses_gitignore || gitignore_apply(walk, arena, err);
}

bool walk_add(struct walk *walk, struct arena *arena, const struct options *options, const char *path)
{
    struct walking walking = {walk, arena, options, NULL, path == NULL};
    if (!path) return false;
    const char *slash = strrchr(path, '/');
    if (is_excluded(&walking, path, slash ? slash + 1 : path))
        walk->excluded_count++;
    else
        file_add(&walking, path, false);
    return !walking.is_exhausted;
}
