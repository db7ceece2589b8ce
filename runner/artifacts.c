#include "runner/artifacts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "base/json.h"
#include "base/utf8.h"
#include "runner/cell_protocol.h"

enum {
    DEPTH_MAX = 32,      /* folders in folders */
    LOOKS_MAX = 50000,   /* entries that are looked at */
    PATH_BYTES = 4096,   /* of a collected name */
    CHUNK_BYTES = 65536, /* copied at a time; the clock is looked at between */
};

/* One collection under way. */
struct collection {
    struct artifacts *artifacts;
    struct arena *arena;
    const struct limits *limits;
    struct error *err;
    uint64_t deadline_ms;
    uint32_t looks;
    bool is_over;   /* the number, the size or the time is used up */
    bool is_failed; /* `err` is set */
    char path[PATH_BYTES];
    size_t path_length;
};

/* A folder of the cell and, once something is put there, ours. */
struct level {
    const struct level *above; /* NULL: the outermost */
    const char *name;
    int from, to; /* to: -1 while there is none */
};

static int beneath(int folder, const char *name, int flags, mode_t mode, uint64_t more)
{
    struct open_how how = {
        .flags = (unsigned)(flags | O_CLOEXEC | O_NOFOLLOW),
        .mode = mode,
        .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS | more,
    };
    return (int)syscall(SYS_openat2, folder, name, &how, sizeof how);
}

static void skip(struct collection *collection, const char *reason)
{
    struct artifacts *artifacts = collection->artifacts;
    if (artifacts->skipped_count < ARTIFACTS_SKIPPED_MAX) {
        struct view name =
            arena_copy(collection->arena, view_make(collection->path, collection->path_length));
        artifacts->skipped[artifacts->skipped_count] = (struct artifact_skipped){name, reason};
    }
    artifacts->skipped_count++;
}

static bool fail(struct collection *collection, const char *what)
{
    collection->is_failed = collection->is_over = true;
    return error_set_errno(collection->err, ERROR_SYSTEM, errno, "cannot %s in the folder for artifacts",
                           what);
}

/* Why a name stays behind, or NULL. */
static const char *name_fault(struct view name)
{
    if (name.bytes[0] == '.') return "hidden";
    if (name.bytes[0] == '-') return "its name looks like an option";
    if (utf8_find_invalid(name) != SIZE_MAX) return "its name is not UTF-8";
    for (struct view rest = name; rest.length;) {
        uint32_t code;
        unsigned length = utf8_decode(rest, &code);
        bool is_odd = code < 0x20 || (code >= 0x7f && code < 0xa0) || code == '\\' || code == ':' ||
                      (code >= 0x200b && code <= 0x200f) || (code >= 0x2028 && code <= 0x202e) ||
                      (code >= 0x2066 && code <= 0x2069) || code == 0xfeff;
        if (is_odd) return "its name has control characters";
        rest = view_slice(rest, length, rest.length);
    }
    return NULL;
}

/* Our folder for a level, with those above it, made when the first file needs it. */
static int level_to(struct collection *collection, struct level *level)
{
    if (level->to >= 0 || !level->above) return level->to;
    int above = level_to(collection, (struct level *)(uintptr_t)level->above);
    if (above < 0) return -1;
    if (mkdirat(above, level->name, 0755) < 0 && errno != EEXIST) return -1;
    return level->to = beneath(above, level->name, O_PATH | O_DIRECTORY, 0, 0);
}

/* The program's file, open for reading. A mode that keeps its owner out keeps an unprivileged supervisor out
 * too, until it is changed, by descriptor. */
static int source_open(const struct level *level, const char *name, struct stat *status, int flags)
{
    AUTO_FD int place = beneath(level->from, name, O_PATH, 0, RESOLVE_NO_XDEV);
    if (place < 0 || fstat(place, status) < 0) return -1;
    if (S_ISLNK(status->st_mode)) return errno = ELOOP, -1;
    if (!S_ISREG(status->st_mode) && !S_ISDIR(status->st_mode)) return errno = EINVAL, -1;
    int fd = beneath(level->from, name, flags | O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, RESOLVE_NO_XDEV);
    if (fd < 0 && errno == EACCES) {
        char link[64];
        snprintf(link, sizeof link, "/proc/self/fd/%d", place);
        if (chmod(link, S_ISDIR(status->st_mode) ? 0700 : 0600) == 0)
            fd = beneath(level->from, name, flags | O_RDONLY | O_NONBLOCK | O_NOCTTY, 0, RESOLVE_NO_XDEV);
    }
    if (fd >= 0 && fstat(fd, status) < 0) cleanup_fd(&fd); /* of what was opened, whatever was looked at */
    return fd;
}

/* Copies up to what is left of the size. A reason why not, or NULL. */
static const char *bytes_copy(struct collection *collection, int from, int to, struct artifact *artifact)
{
    uint64_t left = collection->limits->values[LIMIT_ARTIFACT_BYTES] - collection->artifacts->total_bytes;
    struct digest_sum sum;
    digest_sum_init(&sum);
    char chunk[CHUNK_BYTES];
    for (ssize_t got; (got = read(from, chunk, sizeof chunk)) != 0;) {
        if (got < 0) return "it cannot be read";
        if (io_now_ms() > collection->deadline_ms) {
            collection->is_over = true;
            return "no time is left (artifact_time)";
        }
        artifact->bytes += (uint64_t)got;
        if (artifact->bytes > left) return "it is over the size that is collected (artifact_bytes)";
        struct view bytes = view_make(chunk, (size_t)got);
        digest_sum_add(&sum, bytes);
        if (!io_write_all(to, bytes, NULL)) {
            fail(collection, "write");
            return "";
        }
    }
    artifact->digest = digest_sum_end(&sum);
    return NULL;
}

static void file_collect(struct collection *collection, struct level *level, const char *name, int from,
                         const struct stat *status)
{
    struct artifacts *artifacts = collection->artifacts;
    if (status->st_mtim.tv_sec == CELL_FILE_TIME && status->st_mtim.tv_nsec == 0)
        return; /* went in, and was not changed */
    if (artifacts->count == collection->limits->values[LIMIT_ARTIFACTS])
        return skip(collection, "there are more files than are collected (artifacts)");
    uint64_t left = collection->limits->values[LIMIT_ARTIFACT_BYTES] - artifacts->total_bytes;
    if ((uint64_t)status->st_size > left)
        return skip(collection, "it is over the size that is collected (artifact_bytes)");
    int folder = level_to(collection, level);
    AUTO_FD int to = folder < 0 ? -1 : beneath(folder, name, O_WRONLY | O_CREAT | O_EXCL, 0644, 0);
    if (to < 0) {
        bool is_taken = errno == EEXIST || errno == ELOOP || errno == ENOTDIR;
        if (is_taken)
            skip(collection, "the folder for artifacts has something there already");
        else
            fail(collection, "make a file");
        return;
    }
    struct artifact artifact = {
        .name = arena_copy(collection->arena, view_make(collection->path, collection->path_length))};
    const char *fault = bytes_copy(collection, from, to, &artifact);
    if (fault) {
        unlinkat(folder, name, 0);
        if (*fault) skip(collection, fault);
        return;
    }
    artifacts->total_bytes += artifact.bytes;
    artifacts->items[artifacts->count++] = artifact;
}

static int name_compare(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

/* The names in a folder, sorted, so that the same files give the same list. */
static char **names_read(struct collection *collection, int folder, uint32_t *count)
{
    uint32_t capacity = 64;
    char **names = ARENA_NEW_ARRAY(collection->arena, char *, capacity);
    int again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *list = again < 0 ? NULL : fdopendir(again);
    if (!list && again >= 0) close(again);
    for (struct dirent *entry; names && list && (entry = readdir(list));) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (++collection->looks > LOOKS_MAX) break;
        if (*count == capacity) {
            char **more = ARENA_NEW_ARRAY(collection->arena, char *, 2 * capacity);
            if (more) memcpy(more, names, capacity * sizeof *names);
            names = more;
            capacity *= 2;
        }
        if (names)
            names[*count] =
                (char *)(uintptr_t)arena_copy(collection->arena, view_of_cstr(entry->d_name)).bytes;
        if (!names || !names[(*count)++]) break;
    }
    if (list) closedir(list);
    if (names && *count) qsort(names, *count, sizeof *names, name_compare);
    return names;
}

static void folder_collect(struct collection *collection, struct level *level, unsigned depth);

static void entry_collect(struct collection *collection, struct level *level, const char *name,
                          unsigned depth)
{
    struct stat status;
    const char *fault = name_fault(view_of_cstr(name));
    if (fault) return skip(collection, fault);
    AUTO_FD int from = source_open(level, name, &status, 0);
    if (from < 0)
        return skip(collection, errno == ELOOP    ? "a link"
                                : errno == EINVAL ? "no file"
                                                  : "it cannot be read");
    if (S_ISREG(status.st_mode)) return file_collect(collection, level, name, from, &status);
    if (!S_ISDIR(status.st_mode)) return skip(collection, "no file");
    if (depth == DEPTH_MAX) return skip(collection, "it lies too deep");
    struct level below = {.above = level, .name = name, .from = from, .to = -1};
    folder_collect(collection, &below, depth + 1);
    cleanup_fd(&below.to);
}

static void folder_collect(struct collection *collection, struct level *level, unsigned depth)
{
    uint32_t count = 0;
    char **names = names_read(collection, level->from, &count);
    size_t above = collection->path_length;
    if (!names || collection->looks > LOOKS_MAX) skip(collection, "it holds more names than are looked at");
    for (uint32_t i = 0; names && i < count && !collection->is_over; i++) {
        size_t length = strlen(names[i]);
        if (above + 1 + length >= PATH_BYTES) {
            skip(collection, "its path is too long");
            continue;
        }
        if (above) collection->path[collection->path_length++] = '/';
        memcpy(collection->path + collection->path_length, names[i], length);
        collection->path_length += length;
        if (io_now_ms() > collection->deadline_ms) {
            skip(collection, "no time is left (artifact_time)");
            collection->is_over = true;
        } else {
            entry_collect(collection, level, names[i], depth);
        }
        collection->path_length = above;
    }
}

bool artifacts_collect(struct artifacts *artifacts, struct arena *arena, int from, int to,
                       const struct limits *limits, struct error *err)
{
    *artifacts = (struct artifacts){0};
    struct collection *collection = ARENA_NEW(arena, struct collection);
    artifacts->items = ARENA_NEW_ARRAY(arena, struct artifact, limits->values[LIMIT_ARTIFACTS]);
    if (!collection || !artifacts->items) return error_set(err, ERROR_LIMIT, "no memory left for artifacts");
    collection->artifacts = artifacts;
    collection->arena = arena;
    collection->limits = limits;
    collection->err = err;
    collection->deadline_ms = io_now_ms() + limits->values[LIMIT_ARTIFACT_TIME];
    struct level outermost = {.from = from, .to = to};
    folder_collect(collection, &outermost, 0);
    return !collection->is_failed;
}

void artifacts_to_json(const struct artifacts *artifacts, json_t *object)
{
    json_t *items = json_array(), *skipped = json_array();
    for (uint32_t i = 0; i < artifacts->count; i++) {
        const struct artifact *item = &artifacts->items[i];
        json_array_append_new(items, json_pack("{s:o, s:I, s:s}", "name", json_string_of_view(item->name),
                                               "bytes", (json_int_t)item->bytes, "sha256", item->digest.hex));
    }
    for (uint32_t i = 0; i < artifacts->skipped_count && i < ARTIFACTS_SKIPPED_MAX; i++)
        json_array_append_new(skipped,
                              json_pack("{s:o, s:s}", "name", json_string_of_view(artifacts->skipped[i].name),
                                        "reason", artifacts->skipped[i].reason));
    json_object_set_new(object, "artifacts", items);
    json_object_set_new(object, "artifacts_skipped", skipped);
    json_object_set_new(object, "artifacts_skipped_count", json_integer(artifacts->skipped_count));
}
