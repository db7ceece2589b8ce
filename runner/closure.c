#include "runner/closure.h"

#include <dirent.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "runner/elf.h"

enum { CACHE_BYTES_MAX = 8 << 20 };

/* The loader's cache, in the format that glibc writes since 2.32 and reads since 2.2. */
static const char cache_magic[] = "glibc-ld.so.cache1.1";

struct cache_head {
    char magic[20];
    uint32_t count, text_bytes;
    uint32_t reserved[5]; /* may all be 0 */
};

struct cache_entry {
    int32_t flags;
    uint32_t name, path; /* from the start of the file */
    uint32_t version;
    uint64_t hardware; /* not 0: for some processors alone */
};

#if defined(__x86_64__)
enum { CACHE_FLAGS = 0x0303 };
#else
enum { CACHE_FLAGS = 0x0a03 };
#endif

static struct view cache_text(struct view cache, uint32_t offset)
{
    struct view text = view_slice(cache, offset, cache.length), rest;
    return view_split(text, '\0', &text, &rest) ? text : (struct view){0};
}

/* How many entries the cache has; 0: there is none, or it is of another format. */
static uint32_t cache_open(struct closure *closure, struct arena *arena)
{
    struct cache_head head;
    if (!closure->cache.bytes &&
        !io_read_file(arena, "/etc/ld.so.cache", CACHE_BYTES_MAX, &closure->cache, NULL))
        closure->cache = VIEW("-");
    if (closure->cache.length < sizeof head) return 0;
    memcpy(&head, closure->cache.bytes, sizeof head);
    if (memcmp(head.magic, cache_magic, sizeof head.magic) != 0) return 0;
    size_t most = (closure->cache.length - sizeof head) / sizeof(struct cache_entry);
    return head.count < most ? head.count : (uint32_t)most;
}

/* The entry of that number. False: not for any processor of this machine. */
static bool cache_entry(const struct closure *closure, uint32_t number, struct cache_entry *entry)
{
    size_t at = sizeof(struct cache_head) + (size_t)number * sizeof *entry;
    memcpy(entry, closure->cache.bytes + at, sizeof *entry);
    return entry->flags == CACHE_FLAGS && entry->hardware == 0;
}

static const char *cache_find(struct closure *closure, struct arena *arena, const char *name)
{
    uint32_t count = cache_open(closure, arena);
    for (uint32_t i = 0; i < count; i++) {
        struct cache_entry entry;
        if (cache_entry(closure, i, &entry) && view_equals_cstr(cache_text(closure->cache, entry.name), name))
            return arena_copy(arena, cache_text(closure->cache, entry.path)).bytes;
    }
    return NULL;
}

/* "FOLDER/NAME" as a file without links, or NULL. */
static const char *file_find(struct arena *arena, struct view folder, const char *name)
{
    char resolved[PATH_MAX];
    struct view path = arena_format(arena, "%.*s/%s", VIEW_ARGS(folder), name);
    if (!path.bytes || !realpath(path.bytes, resolved)) return NULL;
    return arena_copy(arena, view_of_cstr(resolved)).bytes;
}

/* A list of folders with colons between them; $ORIGIN is where the file lies that has the list. */
static const char *search_find(struct arena *arena, const char *search, const char *of, const char *name)
{
    static const char *const words[] = {"$ORIGIN", "${ORIGIN}"};
    struct view rest = view_of_cstr(search ? search : ""), folder;
    struct view origin = view_slice(view_of_cstr(of), 0, (size_t)(strrchr(of, '/') - of));
    bool has_more = rest.length > 0;
    while (has_more) {
        has_more = view_split(rest, ':', &folder, &rest);
        for (size_t i = 0; i < 2; i++)
            if (view_starts_with(folder, view_of_cstr(words[i])))
                folder = arena_format(arena, "%.*s%.*s", VIEW_ARGS(origin),
                                      VIEW_ARGS(view_slice(folder, strlen(words[i]), folder.length)));
        const char *found = folder.length && folder.bytes[0] == '/' ? file_find(arena, folder, name) : NULL;
        if (found) return found;
    }
    return NULL;
}

static const char *library_find(struct closure *closure, struct arena *arena, const char *of,
                                const struct elf *elf, const char *name)
{
    static const char *const folders[] = {
        "/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib"};
    if (strchr(name, '/')) return file_find(arena, VIEW(""), name + (name[0] == '/'));
    const char *found = search_find(arena, elf->search, of, name);
    const char *cached = found ? NULL : cache_find(closure, arena, name);
    char resolved[PATH_MAX];
    if (cached && realpath(cached, resolved)) found = arena_copy(arena, view_of_cstr(resolved)).bytes;
    for (size_t i = 0; i < sizeof folders / sizeof *folders && !found; i++)
        found = file_find(arena, view_of_cstr(folders[i]), name);
    return found;
}

static bool library_is_known(const struct closure *closure, const char *name)
{
    for (uint32_t i = 0; i < closure->count; i++)
        if (strcmp(closure->items[i].name, name) == 0) return true;
    return false;
}

static bool library_put(struct closure *closure, const char *name, const char *path, struct error *err)
{
    if (library_is_known(closure, name)) return true;
    if (closure->count == CLOSURE_MAX)
        return error_set(err, ERROR_LIMIT, "more than %d libraries", CLOSURE_MAX);
    closure->items[closure->count++] = (struct library){name, path};
    return true;
}

/* What one file names, without what that needs. */
static bool direct_add(struct closure *closure, struct arena *arena, const char *path, struct error *err)
{
    struct elf elf;
    char resolved[PATH_MAX];
    if (!elf_read(&elf, arena, path) || elf.interpreter) return true;
    if (elf.loader && !closure->loader) {
        if (!realpath(elf.loader, resolved))
            return error_set(err, ERROR_CELL, "%s has no loader %s", path, elf.loader);
        closure->loader = elf.loader;
        closure->loader_path = arena_copy(arena, view_of_cstr(resolved)).bytes;
    }
    for (unsigned i = 0; i < elf.needed_count; i++) {
        if (library_is_known(closure, elf.needed[i])) continue;
        const char *found = library_find(closure, arena, path, &elf, elf.needed[i]);
        if (!found) return error_set(err, ERROR_CELL, "%s needs %s, which is not here", path, elf.needed[i]);
        if (!library_put(closure, elf.needed[i], found, err)) return false;
    }
    return true;
}

/* What the libraries from `next` on need, and so on. */
static bool rest_add(struct closure *closure, struct arena *arena, uint32_t next, struct error *err)
{
    for (; next < closure->count; next++)
        if (!direct_add(closure, arena, closure->items[next].path, err)) return false;
    return true;
}

bool closure_add(struct closure *closure, struct arena *arena, const char *path, struct error *err)
{
    uint32_t next = closure->count;
    if (direct_add(closure, arena, path, err) && rest_add(closure, arena, next, err)) return true;
    return error_remedy(err, "install what it needs, or run ldconfig");
}

/* All that one file needs, or nothing of it. */
static void optional_add(struct closure *closure, struct arena *arena, const char *path)
{
    uint32_t before = closure->count;
    if (!closure_add(closure, arena, path, NULL)) closure->count = before;
}

void closure_add_folder(struct closure *closure, struct arena *arena, const char *folder)
{
    DIR *list = opendir(folder);
    for (struct dirent *entry; list && (entry = readdir(list));) {
        if (!strstr(entry->d_name, ".so")) continue;
        struct view path = arena_format(arena, "%s/%s", folder, entry->d_name);
        if (path.bytes) optional_add(closure, arena, path.bytes);
    }
    if (list) closedir(list);
}

void closure_add_name(struct closure *closure, struct arena *arena, const char *name)
{
    struct elf none = {0};
    const char *found = library_find(closure, arena, "/", &none, name);
    if (found && library_put(closure, name, found, NULL)) rest_add(closure, arena, closure->count - 1, NULL);
}

/* The number in the closure of the library that an entry leads to, or -1. */
static int entry_item(const struct closure *closure, const struct cache_entry *entry)
{
    char resolved[PATH_MAX];
    struct view name = cache_text(closure->cache, entry->name),
                path = cache_text(closure->cache, entry->path);
    for (uint32_t i = 0; i < closure->count; i++)
        if (view_equals_cstr(name, closure->items[i].name) && path.length < sizeof resolved)
            return realpath(path.bytes, resolved) && strcmp(resolved, closure->items[i].path) == 0 ? (int)i
                                                                                                   : -1;
    return -1;
}

struct view closure_cache_make(struct closure *closure, struct arena *arena, struct view folder)
{
    struct cache_head head = {0};
    uint32_t count = cache_open(closure, arena);
    size_t text_bytes = 0;
    struct cache_entry *entries = ARENA_NEW_ARRAY(arena, struct cache_entry, count + 1);
    int *items = ARENA_NEW_ARRAY(arena, int, count + 1);
    if (!entries || !items) return (struct view){0};
    /* In the order of the machine's own, which the loader counts on. */
    for (uint32_t i = 0; i < count; i++) {
        struct cache_entry *entry = &entries[head.count];
        if (!cache_entry(closure, i, entry)) continue;
        int item = entry_item(closure, entry);
        if (item < 0) continue;
        items[head.count++] = item;
        text_bytes += folder.length + 1 + strlen(closure->items[item].name) + 1;
    }
    size_t room = sizeof head + head.count * sizeof *entries;
    char *bytes = head.count ? arena_alloc(arena, room + text_bytes) : NULL;
    if (!bytes) return (struct view){0};
    memcpy(head.magic, cache_magic, sizeof head.magic);
    head.text_bytes = (uint32_t)text_bytes;
    char *text = bytes + room;
    for (uint32_t i = 0; i < head.count; i++) {
        entries[i].path = (uint32_t)(text - bytes);
        entries[i].name = entries[i].path + (uint32_t)folder.length + 1;
        memcpy(text, folder.bytes, folder.length);
        text[folder.length] = '/';
        text = stpcpy(text + folder.length + 1, closure->items[items[i]].name) + 1;
    }
    memcpy(bytes, &head, sizeof head);
    memcpy(bytes + sizeof head, entries, head.count * sizeof *entries);
    return view_make(bytes, room + text_bytes);
}
