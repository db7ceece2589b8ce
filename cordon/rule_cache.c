#include "cordon/rule_cache.h"

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/own_folder.h"

#define ENTRY_PREFIX "rules-"

enum { ENTRY_BYTES_MAX = 256 << 20, NAME_BYTES = sizeof ENTRY_PREFIX + DIGEST_HEX_BYTES + 24 };

/* What stands behind the image in an entry. */
struct trailer {
    uint64_t sum;
    char key[DIGEST_HEX_BYTES];
};

/* Tells whether an entry is whole; that nobody else wrote it is for its owner and mode to say. Four lanes,
 * because it is run over megabytes at each start. */
static uint64_t bytes_sum(struct view bytes)
{
    uint64_t lanes[4] = {1, 2, 3, 4}, words[4];
    size_t at = 0;
    for (; at + sizeof words <= bytes.length; at += sizeof words) {
        memcpy(words, bytes.bytes + at, sizeof words);
        for (int i = 0; i < 4; i++) {
            lanes[i] = (lanes[i] ^ words[i]) * 0x9e3779b97f4a7c15u;
            lanes[i] ^= lanes[i] >> 32;
        }
    }
    return view_hash(view_slice(bytes, at, bytes.length),
                     lanes[0] ^ (lanes[1] << 1) ^ (lanes[2] << 2) ^ (lanes[3] << 3) ^ bytes.length);
}

bool rule_cache_is_there(void)
{
    char path[PATH_MAX];
    AUTO_FD int folder = own_folder_open(path);
    return folder >= 0;
}

static void entry_name(char *name, const struct digest *key)
{
    snprintf(name, NAME_BYTES, ENTRY_PREFIX "%s", key->hex);
}

/* Whole, this key's, and nobody else's. */
static bool entry_is_sound(struct view entry, const struct digest *key, struct view *image)
{
    struct trailer trailer;
    if (entry.length < sizeof trailer) return false;
    *image = view_make(entry.bytes, entry.length - sizeof trailer);
    memcpy(&trailer, entry.bytes + image->length, sizeof trailer);
    return memcmp(trailer.key, key->hex, sizeof trailer.key) == 0 && trailer.sum == bytes_sum(*image) &&
           rule_image_is_sound(*image);
}

struct ruleset *rule_cache_find(const struct digest *key)
{
    char path[PATH_MAX], name[NAME_BYTES];
    struct stat status;
    AUTO_FD int folder = own_folder_open(path);
    if (folder < 0) return NULL;
    entry_name(name, key);
    AUTO_FD int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &status) < 0 || !S_ISREG(status.st_mode) || status.st_uid != geteuid() ||
        status.st_mode & (S_IWGRP | S_IWOTH) || status.st_size > ENTRY_BYTES_MAX)
        return NULL;
    size_t size = (size_t)status.st_size, got = 0;
    AUTO_FREE char *bytes = malloc(size + 1); /* and not a map, which a file that shrinks would end us by */
    while (bytes && got < size) {
        ssize_t count = read(fd, bytes + got, size - got);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return NULL;
        got += (size_t)count;
    }
    struct view image;
    if (!bytes || !entry_is_sound(view_make(bytes, size), key, &image)) return NULL;
    futimens(fd, NULL); /* it was used */
    struct ruleset *ruleset = rule_image_adopt(image, NULL);
    if (ruleset) (void)STEAL_POINTER(bytes);
    return ruleset;
}

/* Whether the entry was used before the one that is known so far. */
static bool is_older(int folder, const char *name, struct timespec *oldest)
{
    struct stat status;
    if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) < 0) return false;
    bool is_first = status.st_mtim.tv_sec < oldest->tv_sec ||
                    (status.st_mtim.tv_sec == oldest->tv_sec && status.st_mtim.tv_nsec < oldest->tv_nsec);
    if (is_first) *oldest = status.st_mtim;
    return is_first;
}

/* Removes the oldest entry where there are too many; one at a time, as one is added at a time. */
static void oldest_forget(int folder)
{
    int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *listing = fd < 0 ? NULL : fdopendir(fd);
    char oldest_name[NAME_MAX + 1] = "";
    struct timespec oldest = {.tv_sec = LONG_MAX};
    unsigned count = 0;
    if (!listing && fd >= 0) close(fd);
    for (struct dirent *entry; listing && (entry = readdir(listing));) {
        if (strncmp(entry->d_name, ENTRY_PREFIX, strlen(ENTRY_PREFIX)) != 0) continue;
        count++;
        if (is_older(folder, entry->d_name, &oldest))
            snprintf(oldest_name, sizeof oldest_name, "%s", entry->d_name);
    }
    if (count > RULE_CACHE_ENTRIES_MAX && oldest_name[0]) unlinkat(folder, oldest_name, 0);
    if (listing) closedir(listing);
}

void rule_cache_keep(const struct digest *key, struct view image)
{
    char path[PATH_MAX], name[NAME_BYTES], draft[NAME_BYTES];
    AUTO_FD int folder = own_folder_open(path);
    struct trailer trailer = {.sum = bytes_sum(image)};
    memcpy(trailer.key, key->hex, sizeof trailer.key);
    if (folder < 0 || image.length > ENTRY_BYTES_MAX - sizeof trailer) return;
    entry_name(name, key);
    snprintf(draft, sizeof draft, ENTRY_PREFIX "%s.%d", key->hex, getpid());
    AUTO_FD int fd = openat(folder, draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) return;
    bool is_whole = io_write_all(fd, image, NULL) &&
                    io_write_all(fd, view_make((const char *)&trailer, sizeof trailer), NULL);
    if (!is_whole || renameat(folder, draft, folder, name) < 0) unlinkat(folder, draft, 0);
    oldest_forget(folder);
}

struct build {
    struct digest_sum *sum;
    bool is_known;
};

/* The linker's digest of the program or library that this function is in. */
static int build_find(struct dl_phdr_info *object, size_t size, void *context)
{
    struct build *build = context;
    uintptr_t here = (uintptr_t)&bytes_sum;
    bool is_ours = false;
    (void)size;
    for (int i = 0; i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        uintptr_t start = object->dlpi_addr + part->p_vaddr;
        is_ours |= part->p_type == PT_LOAD && here >= start && here - start < part->p_memsz;
    }
    for (int i = 0; is_ours && i < object->dlpi_phnum; i++) {
        const ElfW(Phdr) *part = &object->dlpi_phdr[i];
        if (part->p_type != PT_NOTE) continue;
        const char *notes = (const char *)object->dlpi_addr + part->p_vaddr;
        for (size_t at = 0; at + sizeof(ElfW(Nhdr)) <= part->p_memsz;) {
            const ElfW(Nhdr) *note = (const void *)(notes + at);
            size_t name = at + sizeof *note, value = name + (note->n_namesz + 3u) / 4 * 4;
            if (note->n_type == NT_GNU_BUILD_ID && note->n_namesz == 4 &&
                memcmp(notes + name, "GNU", 4) == 0) {
                digest_sum_add(build->sum, view_make(notes + value, note->n_descsz));
                build->is_known = note->n_descsz > 0;
            }
            at = value + (note->n_descsz + 3u) / 4 * 4;
        }
    }
    return is_ours;
}

bool rule_cache_build(struct digest_sum *sum)
{
    struct build build = {.sum = sum};
    digest_sum_add(sum, VIEW("cordon rules " CORDON_VERSION));
    dl_iterate_phdr(build_find, &build);
    return build.is_known;
}
