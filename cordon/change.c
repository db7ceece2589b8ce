#include "cordon/change.h"

#include <stdlib.h>

#include "base/io.h"
#include "cordon/git.h"
#include "cordon/place.h"

/* Blobs to fetch, and whose they are. */
struct wanted {
    struct {
        struct view *items;
        uint32_t count, capacity;
    } oids;
    struct {
        uint32_t *items;
        uint32_t count, capacity;
    } files; /* index in the walk */
};

static bool wanted_add(struct wanted *wanted, struct arena *arena, struct view oid, uint32_t file)
{
    return ARRAY_PUSH(arena, &wanted->oids, oid) && ARRAY_PUSH(arena, &wanted->files, file);
}

static bool exhausted(struct error *err)
{
    return error_set(err, ERROR_LIMIT, "too many files to compare");
}

/* The contents that the revision has, into `before` of the files. */
static bool before_fetch(struct walk *walk, struct arena *arena, const struct wanted *wanted,
                         struct error *err)
{
    struct view *contents = ARENA_NEW_ARRAY(arena, struct view, wanted->oids.count + 1);
    if (!contents) return exhausted(err);
    if (!git_blobs(arena, wanted->oids.items, wanted->oids.count, contents, err)) return false;
    for (uint32_t i = 0; i < wanted->files.count; i++) {
        struct walk_file *file = &walk->files.items[wanted->files.items[i]];
        file->before = contents[i];
        file->has_before = true;
    }
    return true;
}

/* Where a file of the walk is in the repository; an error where it is in none. */
static bool path_in_repository(struct view *path, struct arena *arena, const char *file, struct view top,
                               struct error *err)
{
    AUTO_FREE char *real = realpath(file, NULL);
    if (!real) {
        *path = view_of_cstr(file); /* reading it will say why */
        return true;
    }
    struct view below = place_below(view_of_cstr(real), top);
    if (!below.bytes) {
        error_set(err, ERROR_USAGE, "the file is not in the repository of this folder");
        error_place(err, view_of_cstr(file), 0, 0);
        return error_remedy(err, "leave out --diff, or name files of this repository");
    }
    *path = arena_copy(arena, below);
    return path->bytes || exhausted(err);
}

/* Whether a file has the content of a blob. What cannot be read has not; the check will say so. */
static bool file_is_blob(const struct walk_file *file, struct view oid)
{
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 2 * (size_t)LIMIT_SOURCE_BYTES_MAX + (1 << 16));
    struct view bytes = file->bytes;
    struct error ignored = {0};
    if (!file->has_bytes && !io_read_file(&arena, file->path, LIMIT_SOURCE_BYTES_MAX, &bytes, &ignored))
        return false;
    return git_is_blob(bytes, oid);
}

/* Compares the files of the walk, whose places in the repository are known, with a tree. */
static bool files_compare(struct walk *walk, struct arena *arena, const struct view *paths,
                          const struct git_tree *tree, struct error *err)
{
    struct wanted wanted = {0};
    uint32_t kept = 0;
    for (uint32_t i = 0; i < walk->files.count; i++) {
        struct walk_file file = walk->files.items[i];
        const struct git_entry *entry = git_tree_find(tree, paths[i]);
        bool was_there = entry && entry->is_file;
        if (was_there && file_is_blob(&file, entry->oid)) {
            walk->unchanged_count++;
            continue;
        }
        if (was_there && !wanted_add(&wanted, arena, entry->oid, kept)) return exhausted(err);
        walk->files.items[kept++] = file;
    }
    walk->files.count = kept;
    return before_fetch(walk, arena, &wanted, err);
}

bool change_since(struct walk *walk, struct arena *arena, const char *revision, struct error *err)
{
    struct git_tree tree;
    struct view top, prefix;
    walk->is_of_changes = true;
    if (!git_place(&top, &prefix, arena, err) || !git_tree_of_revision(&tree, arena, revision, err))
        return false;
    struct view *paths = ARENA_NEW_ARRAY(arena, struct view, walk->files.count + 1);
    if (!paths) return exhausted(err);
    for (uint32_t i = 0; i < walk->files.count; i++) {
        const char *path = walk->files.items[i].path;
        if (strcmp(path, "-") == 0) return error_set(err, ERROR_USAGE, "standard input is in no revision");
        if (!path_in_repository(&paths[i], arena, path, top, err)) return false;
    }
    return files_compare(walk, arena, paths, &tree, err);
}

/* The operands as places in the repository. No operand: everything. */
static bool operands_place(struct view *places, struct arena *arena, const struct options *options,
                           struct view top, struct view prefix, struct error *err)
{
    struct view folder = arena_format(arena, "%.*s/%.*s", VIEW_ARGS(top), VIEW_ARGS(prefix));
    for (uint32_t i = 0; i < options->operands.count; i++) {
        struct view path = place_absolute(arena, folder, view_of_cstr(options->operands.items[i]));
        places[i] = path.bytes ? place_below(path, top) : path;
        if (places[i].bytes) continue;
        error_set(err, ERROR_USAGE, "'%.100s' is not in the repository of this folder",
                  options->operands.items[i]);
        return false;
    }
    return true;
}

static bool is_below_any(const struct view *places, uint32_t count, struct view path)
{
    bool is_below = count == 0;
    for (uint32_t i = 0; i < count && !is_below; i++)
        is_below = places[i].length == 0 || place_below(path, places[i]).bytes != NULL;
    return is_below;
}

/* A path of the repository as it is named from the current folder. */
static const char *path_from_here(struct arena *arena, struct view path, struct view prefix)
{
    struct view below = prefix.length ? place_below(path, view_slice(prefix, 0, prefix.length - 1)) : path;
    if (below.bytes) return arena_copy(arena, below).bytes;
    struct view shown = path;
    for (size_t i = 0; i < prefix.length; i++)
        if (prefix.bytes[i] == '/') shown = arena_format(arena, "../%.*s", VIEW_ARGS(shown));
    return arena_copy(arena, shown).bytes;
}

static bool staged_list(struct walk *walk, struct arena *arena, const struct options *options,
                        const struct git_tree *index, const struct view *places, struct view prefix,
                        struct wanted *wanted, struct error *err)
{
    struct git_tree head;
    if (!git_tree_of_head(&head, arena, err)) return false;
    for (uint32_t i = 0; i < index->count; i++) {
        const struct git_entry *entry = &index->items[i], *old = git_tree_find(&head, entry->path);
        bool is_same = old && view_equals(old->oid, entry->oid) && old->is_file == entry->is_file;
        if (is_same || !is_below_any(places, options->operands.count, entry->path)) continue;
        if (!entry->is_file) {
            walk->link_count++;
            continue;
        }
        uint32_t count = walk->files.count;
        if (!walk_add(walk, arena, options, path_from_here(arena, entry->path, prefix)))
            return exhausted(err);
        if (walk->files.count > count && !wanted_add(wanted, arena, entry->oid, i)) return exhausted(err);
    }
    return true;
}

bool change_staged(struct walk *walk, struct arena *arena, const struct options *options, struct error *err)
{
    struct git_tree index, tree;
    struct view top, prefix;
    struct wanted wanted = {0};
    *walk = (struct walk){.is_of_changes = true};
    struct view *places = ARENA_NEW_ARRAY(arena, struct view, options->operands.count + 1);
    if (!places) return exhausted(err);
    if (!git_place(&top, &prefix, arena, err) || !operands_place(places, arena, options, top, prefix, err) ||
        !git_tree_of_index(&index, arena, err) ||
        !staged_list(walk, arena, options, &index, places, prefix, &wanted, err))
        return false;
    struct view *contents = ARENA_NEW_ARRAY(arena, struct view, wanted.oids.count + 1);
    struct view *paths = ARENA_NEW_ARRAY(arena, struct view, wanted.oids.count + 1);
    if (!contents || !paths) return exhausted(err);
    if (!git_blobs(arena, wanted.oids.items, wanted.oids.count, contents, err)) return false;
    for (uint32_t i = 0; i < walk->files.count; i++) {
        walk->files.items[i].bytes = contents[i];
        walk->files.items[i].has_bytes = true;
        paths[i] = index.items[wanted.files.items[i]].path;
    }
    if (!options->diff) return true;
    return git_tree_of_revision(&tree, arena, options->diff, err) &&
           files_compare(walk, arena, paths, &tree, err);
}
