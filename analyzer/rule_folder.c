#include "analyzer/rule_folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "analyzer/limits.h"
#include "base/io.h"

struct walk {
    struct arena *arena;
    rule_folder_visit *visit;
    void *context;
};

static bool is_rule_file(const char *name)
{
    struct view text = view_of_cstr(name);
    if (name[0] == '.') return false;
    if (view_ends_with(text, VIEW(".test.yaml")) || view_ends_with(text, VIEW(".test.yml"))) return false;
    return view_ends_with(text, VIEW(".yaml")) || view_ends_with(text, VIEW(".yml"));
}

static bool visit_file(struct walk *walk, const char *path, struct error *err)
{
    struct view bytes;
    if (!io_read_file(walk->arena, path, LIMIT_RULE_FILE_BYTES, &bytes, err)) return false;
    if (bytes.length > LIMIT_RULE_FILE_BYTES) {
        error_set(err, ERROR_LIMIT, "a rule file has at most %u bytes", LIMIT_RULE_FILE_BYTES);
        return error_place(err, view_of_cstr(path), 0, 0);
    }
    return walk->visit(walk->context, view_of_cstr(path), bytes, err);
}

static bool visit_at(struct walk *walk, const char *path, unsigned depth, struct error *err);

static int not_hidden(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static bool visit_folder(struct walk *walk, const char *path, unsigned depth, struct error *err)
{
    struct dirent **entries = NULL;
    if (depth > LIMIT_RULE_FOLDER_DEPTH)
        return error_set(err, ERROR_LIMIT, "%s: rule folders nest at most %u levels", path,
                         LIMIT_RULE_FOLDER_DEPTH);
    int count = scandir(path, &entries, not_hidden, alphasort);
    if (count < 0) return error_set_errno(err, ERROR_SYSTEM, errno, "cannot read the folder %s", path);
    bool is_fine = true;
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        struct stat status;
        struct view below = arena_format(walk->arena, "%s/%s", path, name);
        bool is_folder = below.bytes && stat(below.bytes, &status) == 0 && S_ISDIR(status.st_mode);
        if (!below.bytes) is_fine = error_set(err, ERROR_SYSTEM, "no memory for rules");
        if (is_fine && (is_folder || is_rule_file(name)))
            is_fine =
                is_folder ? visit_at(walk, below.bytes, depth + 1, err) : visit_file(walk, below.bytes, err);
        free(entries[i]);
    }
    free(entries);
    return is_fine;
}

static bool visit_at(struct walk *walk, const char *path, unsigned depth, struct error *err)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return error_set_errno(err, ERROR_SYSTEM, errno, "cannot read the rules at %s", path);
    return S_ISDIR(status.st_mode) ? visit_folder(walk, path, depth, err) : visit_file(walk, path, err);
}

bool rule_folder_walk(struct arena *arena, const char *path, rule_folder_visit *visit, void *context,
                      struct error *err)
{
    struct walk walk = {arena, visit, context};
    return visit_at(&walk, path, 0, err);
}
