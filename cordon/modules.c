#include "cordon/modules.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/cleanup.h"

struct name_pool {
    struct arena *arena;
    ARRAY_OF(struct view) list;
    bool is_exhausted;
};

static void name_add(struct name_pool *names, struct view name)
{
    struct view copy = arena_copy(names->arena, name);
    if (name.length && (!copy.bytes || !ARRAY_PUSH(names->arena, &names->list, copy)))
        names->is_exhausted = true;
}

/* The module that a file's name makes: all before the first dot (`x.py`,
 * `x.cpython-311-x86_64-linux-gnu.so`). */
static struct view stem_of(struct view name)
{
    return view_slice(name, 0, view_find_byte(name, '.'));
}

static DIR *folder_open(const char *path)
{
    return path ? opendir(path) : NULL;
}

/* All names in a folder, and of @scope its members. */
static void folder_add(struct name_pool *names, const char *path, unsigned depth)
{
    DIR *folder = folder_open(path);
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        struct view name = view_of_cstr(entry->d_name);
        if (name.bytes[0] == '.') continue;
        const char *inner = arena_format(names->arena, "%s/%s", path, entry->d_name).bytes;
        if (name.bytes[0] == '@' || (depth == 0 && view_equals(name, VIEW("node_modules")))) {
            folder_add(names, inner, depth + 1);
            continue;
        }
        name_add(names, stem_of(name));
        name_add(names, name);
        size_t at = view_find(view_of_cstr(path), VIEW("/@"));
        if (depth && at != SIZE_MAX)
            name_add(names,
                     view_of_cstr(arena_format(names->arena, "%s/%s", path + at + 1, entry->d_name).bytes));
    }
    if (folder) closedir(folder);
}

/* The folders of a path and its file: each may be imported by another file of the walk. */
static void path_add(struct name_pool *names, struct view path)
{
    struct view part, rest = path;
    for (bool has_more = true; has_more;) {
        has_more = view_split(rest, '/', &part, &rest);
        name_add(names, has_more ? part : stem_of(part));
    }
}

static int view_order(const void *left, const void *right)
{
    return view_compare(*(const struct view *)left, *(const struct view *)right);
}

static void walked_add(struct name_pool *names, const struct walk *walk)
{
    struct view last = {0};
    for (uint32_t i = 0; i < walk->files.count; i++) {
        struct view path = view_of_cstr(walk->files.items[i].path), folder = path;
        if (strcmp(walk->files.items[i].path, "-") == 0) continue;
        while (folder.length && folder.bytes[folder.length - 1] != '/') folder.length--;
        bool is_new = !last.bytes || !view_equals(folder, last);
        last = folder;
        if (is_new && walk->files.items[i].is_named) /* what lies beside it */
            folder_add(names, folder.length ? arena_copy(names->arena, folder).bytes : ".", 1);
        if (is_new || !walk->files.items[i].is_named) path_add(names, path);
    }
}

bool modules_collect(struct module_list *list, struct arena *arena, const char *packages,
                     const struct capability_set *grant, const struct walk *walk, struct error *err)
{
    struct name_pool names = {.arena = arena};
    *list = (struct module_list){0};
    if (packages) folder_add(&names, packages, 0);
    for (uint32_t i = 0; i < grant->count; i++)
        if (grant->items[i].kind == CAPABILITY_TOOL) name_add(&names, VIEW("cordon"));
    if (walk) {
        walked_add(&names, walk);
        list->is_project = walk->files.count > 1;
    }
    if (names.list.count) qsort(names.list.items, names.list.count, sizeof *names.list.items, view_order);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < names.list.count; i++)
        if (kept == 0 || !view_equals(names.list.items[kept - 1], names.list.items[i]))
            names.list.items[kept++] = names.list.items[i];
    list->names = names.list.items;
    list->count = kept;
    return !names.is_exhausted || error_set(err, ERROR_LIMIT, "too many modules beside the program");
}
