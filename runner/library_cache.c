#include "runner/library_cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/digest.h"
#include "base/io.h"
#include "base/own_folder.h"

enum {
    LIST_BYTES_MAX = 1 << 18,
    COPY_MODE = 0555,
    UNUSED_MAX_S = 7 * 24 * 3600, /* no cell runs for that long */
    TOUCH_AFTER_S = 3600,
    MEMO_COUNT = 4, /* runtimes and grants that are in use at once */
    MEMO_MS = 100   /* a waiting cell holds what it holds for longer */
};

/* The lists that were found to be right a moment ago, so that runs in quick succession do not look at every
 * library. A change of the program, the loader's cache or the folder of modules is another key. */
static struct {
    pthread_mutex_t lock; /* only tried, so that a child that the host forks is not stuck */
    struct memo {
        char key[DIGEST_HEX_BYTES + 1];
        uint64_t looked_ms;
        char folder[PATH_MAX];
        char *list;
        size_t length;
    } items[MEMO_COUNT];
    unsigned next;
} memos = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* The user's cache, as a path and, checked, as a descriptor. */
struct cache {
    char path[PATH_MAX];
    int fd;
};

/* What tells one state of a file from another. */
static struct view signature(struct arena *arena, const char *path)
{
    struct stat status;
    if (stat(path, &status) < 0) return arena_format(arena, "%s -", path);
    return arena_format(arena, "%s %ju %ju %jd %jd.%09ld %jd.%09ld", path, (uintmax_t)status.st_dev,
                        (uintmax_t)status.st_ino, (intmax_t)status.st_size, (intmax_t)status.st_mtim.tv_sec,
                        status.st_mtim.tv_nsec, (intmax_t)status.st_ctim.tv_sec, status.st_ctim.tv_nsec);
}

static struct digest roots_digest(const struct closure_roots *roots, struct arena *arena)
{
    struct digest_sum sum;
    digest_sum_init(&sum);
    digest_sum_add(&sum, VIEW("cordon libraries 2"));
    for (uint32_t i = 0; i < roots->program_count; i++)
        digest_sum_add(&sum, signature(arena, roots->programs[i]));
    if (roots->folder) digest_sum_add(&sum, signature(arena, roots->folder));
    for (const char *const *name = roots->names; *name; name++) digest_sum_add(&sum, view_of_cstr(*name));
    digest_sum_add(&sum, signature(arena, "/etc/ld.so.cache"));
    return digest_sum_end(&sum);
}

static bool cache_open(struct cache *cache)
{
    cache->fd = own_folder_open(cache->path);
    return cache->fd >= 0;
}

/* The next field of a line of the list, ended by a tab or the end. */
static const char *field_take(struct arena *arena, struct view *line)
{
    struct view field;
    view_split(*line, '\t', &field, line);
    return arena_copy(arena, field).bytes;
}

/* The list of a folder of copies: "name, path, signature" a line; the loader's first, under the name by which
 * programs ask for it. False: the list is not whole, or, unless that `is_known`, a file has changed since. */
static bool list_take(struct closure *closure, struct arena *arena, struct view text, bool is_known)
{
    struct view line, rest;
    bool has_more = text.length > 0, is_first = true, is_whole = false;
    for (rest = text; has_more && !is_whole; is_first = false) {
        has_more = view_split(rest, '\n', &line, &rest);
        is_whole = view_equals(line, VIEW("end"));
        if (is_whole || closure->count == CLOSURE_MAX) break;
        const char *name = field_take(arena, &line), *path = field_take(arena, &line);
        if (!name || !path || (!is_known && !view_equals(line, signature(arena, path)))) return false;
        if (!is_first) closure->items[closure->count++] = (struct library){name, path};
        if (!is_first || !*name) continue;
        closure->loader = name;
        closure->loader_path = path;
    }
    return is_whole;
}

static bool list_read(struct closure *closure, struct arena *arena, int folder, struct view *text)
{
    AUTO_FD int fd = openat(folder, "list", O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    return fd >= 0 && io_read_fd(arena, fd, LIST_BYTES_MAX, text, NULL) &&
           list_take(closure, arena, *text, false);
}

/* What was found under this key a moment ago. */
static bool memo_find(const char *key, struct closure *closure, const char **folder, struct arena *arena)
{
    bool is_found = false;
    if (pthread_mutex_trylock(&memos.lock) != 0) return false;
    for (int i = 0; i < MEMO_COUNT && !is_found; i++) {
        const struct memo *memo = &memos.items[i];
        if (strcmp(memo->key, key) != 0 || io_now_ms() - memo->looked_ms >= MEMO_MS) continue;
        *folder = arena_copy(arena, view_of_cstr(memo->folder)).bytes;
        is_found = *folder && list_take(closure, arena, view_make(memo->list, memo->length), true);
    }
    pthread_mutex_unlock(&memos.lock);
    return is_found;
}

static void memo_keep(const char *key, const char *folder, struct view list)
{
    if (pthread_mutex_trylock(&memos.lock) != 0) return;
    struct memo *memo = NULL;
    for (int i = 0; i < MEMO_COUNT; i++)
        if (strcmp(memos.items[i].key, key) == 0) memo = &memos.items[i];
    if (!memo) memo = &memos.items[memos.next++ % MEMO_COUNT];
    char *copy = realloc(memo->list, list.length + 1);
    memo->key[0] = '\0';
    if (copy) {
        memcpy(copy, list.bytes, list.length);
        memo->list = copy;
        memo->length = list.length;
        memo->looked_ms = io_now_ms();
        snprintf(memo->folder, sizeof memo->folder, "%s", folder);
        snprintf(memo->key, sizeof memo->key, "%s", key);
    }
    pthread_mutex_unlock(&memos.lock);
}

static bool file_copy(int folder, const char *name, const char *path)
{
    AUTO_FD int from = open(path, O_RDONLY | O_CLOEXEC);
    AUTO_FD int to = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    ssize_t sent = from < 0 || to < 0 ? -1 : 1;
    while (sent > 0) sent = sendfile(to, from, NULL, 1 << 24);
    return sent == 0 && fchmod(to, COPY_MODE) == 0;
}

static const char *last_part(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* The cell's own cache of the loader, beside the libraries, which lie where the loader does. */
static bool loader_cache_put(struct closure *closure, struct arena *arena, int libraries)
{
    const char *slash = closure->loader_path ? strrchr(closure->loader_path, '/') : NULL;
    if (!slash) return true;
    struct view place = view_make(closure->loader_path, (size_t)(slash - closure->loader_path));
    struct view bytes = closure_cache_make(closure, arena, place);
    AUTO_FD int fd = openat(libraries, LIBRARY_CACHE_LOADER, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0444);
    return fd >= 0 && io_write_all(fd, bytes, NULL) && fchmod(fd, 0444) == 0;
}

/* Copies and list into a folder of a name of its own, which then becomes the wanted one. */
static bool folder_fill(struct closure *closure, struct arena *arena, int folder)
{
    AUTO_FD int libraries = -1;
    if (mkdirat(folder, "lib", 0755) < 0) return false;
    libraries = openat(folder, "lib", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    AUTO_FD int list = openat(folder, "list", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (libraries < 0 || list < 0 || fchmod(libraries, 0755) < 0 || fchmod(folder, 0755) < 0) return false;
    const char *loader = closure->loader ? closure->loader : "", *path = closure->loader_path;
    struct view line = arena_format(arena, "%s\t%s\t%.*s\n", loader, path ? path : "",
                                    VIEW_ARGS(signature(arena, path ? path : "")));
    bool is_done = line.bytes && io_write_all(list, line, NULL);
    if (is_done && path) is_done = file_copy(libraries, last_part(path), path);
    for (uint32_t i = 0; i < closure->count && is_done; i++) {
        const struct library *item = &closure->items[i];
        line = arena_format(arena, "%s\t%s\t%.*s\n", item->name, item->path,
                            VIEW_ARGS(signature(arena, item->path)));
        bool is_loader = path && strcmp(item->name, last_part(path)) == 0;
        is_done = line.bytes && io_write_all(list, line, NULL) &&
                  (is_loader || file_copy(libraries, item->name, item->path));
    }
    return is_done && loader_cache_put(closure, arena, libraries) && io_write_all(list, VIEW("end\n"), NULL);
}

/* Removes a folder that was not finished, or has become wrong. */
static void folder_remove(int cache, const char *name)
{
    AUTO_FD int folder = openat(cache, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    AUTO_FD int libraries =
        folder < 0 ? -1 : openat(folder, "lib", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *list = libraries < 0 ? NULL : fdopendir(dup(libraries));
    for (struct dirent *entry; list && (entry = readdir(list));)
        if (entry->d_name[0] != '.') unlinkat(libraries, entry->d_name, 0);
    if (list) closedir(list);
    if (folder >= 0) unlinkat(folder, "lib", AT_REMOVEDIR);
    if (folder >= 0) unlinkat(folder, "list", 0);
    unlinkat(cache, name, AT_REMOVEDIR);
}

/* Folders that nothing has used for long: other libraries, another interpreter, or not finished. */
static void cache_sweep(int cache)
{
    AUTO_FD int again = openat(cache, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); /* the cache's is O_PATH */
    DIR *list = again < 0 ? NULL : fdopendir(dup(again));
    time_t now = time(NULL);
    for (struct dirent *entry; list && (entry = readdir(list));) {
        struct stat status;
        bool is_ours = strncmp(entry->d_name, "libraries-", 10) == 0 &&
                       fstatat(cache, entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0;
        if (is_ours && S_ISDIR(status.st_mode) && now - status.st_mtim.tv_sec > UNUSED_MAX_S)
            folder_remove(cache, entry->d_name);
    }
    if (list) closedir(list);
}

/* Says that the folder is in use, so that no sweep takes it. Its time of use is that of its last change. */
static void folder_touch(int folder)
{
    struct stat status;
    if (fstat(folder, &status) == 0 && time(NULL) - status.st_mtim.tv_sec > TOUCH_AFTER_S)
        futimens(folder, NULL);
}

static bool folder_make(const struct cache *cache, struct closure *closure, struct arena *arena,
                        const char *name)
{
    char own[96];
    snprintf(own, sizeof own, "%s.%d.%llx", name, (int)getpid(), io_now_ns());
    if (mkdirat(cache->fd, own, 0700) < 0) return false;
    AUTO_FD int folder = openat(cache->fd, own, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    bool is_made = folder >= 0 && folder_fill(closure, arena, folder);
    /* A folder of that name that is not right any more is in nobody's way: cells that have it keep it. */
    if (is_made && renameat(cache->fd, own, cache->fd, name) == 0) return true;
    if (is_made && (errno == EEXIST || errno == ENOTEMPTY)) {
        struct closure *theirs = ARENA_NEW(arena, struct closure); /* of another process, meanwhile */
        struct view list;
        AUTO_FD int there = openat(cache->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        if (theirs && there >= 0 && own_folder_check(there, true) && list_read(theirs, arena, there, &list)) {
            folder_remove(cache->fd, own);
            return true;
        }
        char old[112];
        snprintf(old, sizeof old, "%s.old", own);
        is_made =
            renameat(cache->fd, name, cache->fd, old) == 0 && renameat(cache->fd, own, cache->fd, name) == 0;
        if (is_made) return true;
    }
    folder_remove(cache->fd, own);
    return false;
}

static bool closure_make(const struct closure_roots *roots, struct closure *closure, struct arena *arena,
                         struct error *err)
{
    *closure = (struct closure){0};
    for (uint32_t i = 0; i < roots->program_count; i++)
        if (!closure_add(closure, arena, roots->programs[i], err)) return false;
    for (const char *const *name = roots->names; *name; name++) closure_add_name(closure, arena, *name);
    if (roots->folder) closure_add_folder(closure, arena, roots->folder);
    return true;
}

bool library_cache_find(const struct closure_roots *roots, struct closure *closure, const char **folder,
                        struct arena *arena, struct error *err)
{
    struct cache cache;
    struct digest key = roots_digest(roots, arena);
    char name[48];
    struct view list;
    *closure = (struct closure){0};
    *folder = NULL;
    if (memo_find(key.hex, closure, folder, arena)) return true;
    snprintf(name, sizeof name, "libraries-%.32s", key.hex);
    bool has_cache = cache_open(&cache);
    AUTO_FD int cache_fd = cache.fd;
    AUTO_FD int known =
        has_cache ? openat(cache_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) : -1;
    *closure = (struct closure){0};
    bool is_found = known >= 0 && own_folder_check(known, true) && list_read(closure, arena, known, &list),
         was_known = is_found;
    if (!is_found && !closure_make(roots, closure, arena, err)) return false;
    if (is_found) folder_touch(known);
    if (!is_found && has_cache) {
        is_found = folder_make(&cache, closure, arena, name);
        cache_sweep(cache_fd);
    }
    if (is_found) *folder = arena_format(arena, "%s/%s/lib", cache.path, name).bytes;
    if (was_known && *folder) memo_keep(key.hex, *folder, list);
    return true;
}
