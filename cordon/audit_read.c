#include "cordon/audit_read.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cordon/audit_chain.h"
#include "cordon/audit_file.h"

enum { BUFFER_BYTES = 2 * CHAIN_LINE_BYTES };

struct audit_reader {
    char path[PATH_MAX];
    char file[PATH_MAX + 16]; /* the one that is open */
    int fd;
    bool is_live;   /* it is the one that is written to, or was when it was opened */
    bool skips;     /* behind an oversized line, up to its LF */
    unsigned next;  /* the lowest number of a rotated file that was not read yet */
    uint64_t lines; /* of this file, so far */
    size_t start, end;
    char *buffer;
};

/* The lowest rotated number from `from` on; 0: none. */
static unsigned rotated_find(const char *path, unsigned from)
{
    char folder[PATH_MAX];
    const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
    snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
    size_t length = strlen(base);
    unsigned lowest = 0;
    DIR *entries = opendir(folder);
    if (!entries) return 0;
    for (struct dirent *entry; (entry = readdir(entries));) {
        const char *name = entry->d_name, *digits = name + length + 1;
        if (strncmp(name, base, length) != 0 || strlen(name) != length + 1 + AUDIT_ROTATED_DIGITS) continue;
        if (name[length] != '.' || strspn(digits, "0123456789") != AUDIT_ROTATED_DIGITS) continue;
        unsigned number = (unsigned)strtoul(digits, NULL, 10);
        if (number >= from && (lowest == 0 || number < lowest)) lowest = number;
    }
    closedir(entries);
    return lowest;
}

/* False: there is none; errno is ENOENT where that is all. */
static bool file_next(struct audit_reader *reader)
{
    unsigned number = rotated_find(reader->path, reader->next);
    cleanup_fd(&reader->fd);
    if (number)
        snprintf(reader->file, sizeof reader->file, "%s.%06u", reader->path, number);
    else
        snprintf(reader->file, sizeof reader->file, "%s", reader->path);
    reader->fd = audit_file_open(reader->file, O_RDONLY);
    if (reader->fd < 0) return false;
    if (number) reader->next = number + 1;
    reader->is_live = number == 0;
    reader->lines = 0;
    reader->start = reader->end = 0;
    reader->skips = false;
    return true;
}

struct audit_reader *audit_reader_open(const char *path, struct error *err)
{
    struct audit_reader *reader = calloc(1, sizeof *reader);
    if (reader) reader->buffer = malloc(BUFFER_BYTES);
    if (!reader || !reader->buffer) {
        error_set(err, ERROR_SYSTEM, "no memory for the audit log");
        free(reader);
        return NULL;
    }
    reader->fd = -1;
    reader->next = 1;
    int length = snprintf(reader->path, sizeof reader->path, "%s", path);
    if (length > 0 && (size_t)length < sizeof reader->path && file_next(reader)) return reader;
    error_set_errno(err, ERROR_INPUT, errno, "the audit log cannot be read");
    error_place(err, view_of_cstr(path), 0, 0);
    if (errno == ENOENT) error_remedy(err, "nothing was recorded here yet; --log PATH names another");
    audit_reader_close(reader);
    return NULL;
}

void audit_reader_close(struct audit_reader *reader)
{
    if (!reader) return;
    cleanup_fd(&reader->fd);
    free(reader->buffer);
    free(reader);
}

/* Whether the file that was written to has been rotated away under us. */
static bool was_rotated(const struct audit_reader *reader)
{
    struct stat ours, there;
    return fstat(reader->fd, &ours) == 0 && stat(reader->path, &there) == 0 && ours.st_ino != there.st_ino;
}

/* 1: more bytes; 0: the end of this file; -1: errno. */
static int buffer_fill(struct audit_reader *reader)
{
    memmove(reader->buffer, reader->buffer + reader->start, reader->end - reader->start);
    reader->end -= reader->start;
    reader->start = 0;
    for (;;) {
        ssize_t got = read(reader->fd, reader->buffer + reader->end, BUFFER_BYTES - reader->end);
        if (got < 0 && errno == EINTR) continue;
        if (got > 0) reader->end += (size_t)got;
        return got > 0 ? 1 : got == 0 ? 0 : -1;
    }
}

static void line_take(struct audit_reader *reader, struct audit_line *line, size_t length, size_t taken)
{
    *line = (struct audit_line){
        .text = view_make(reader->buffer + reader->start, length),
        .file = reader->file,
        .number = ++reader->lines,
    };
    reader->start += taken;
}

/* The next line of what is in the buffer. */
static bool line_next(struct audit_reader *reader, struct audit_line *line)
{
    struct view rest = view_make(reader->buffer + reader->start, reader->end - reader->start);
    size_t at = view_find_byte(rest, '\n');
    if (reader->skips) {
        reader->start += at == SIZE_MAX ? rest.length : at + 1;
        reader->skips = at == SIZE_MAX;
        return !reader->skips && line_next(reader, line);
    }
    if (at != SIZE_MAX && at <= CHAIN_LINE_BYTES) {
        line_take(reader, line, at, at + 1);
        return true;
    }
    if (rest.length <= CHAIN_LINE_BYTES) return false;
    line_take(reader, line, CHAIN_LINE_BYTES, CHAIN_LINE_BYTES);
    line->is_oversized = reader->skips = true;
    return true;
}

bool audit_reader_next(struct audit_reader *reader, bool follows, struct audit_line *line, struct error *err)
{
    for (;;) {
        if (line_next(reader, line)) return true;
        int more = buffer_fill(reader);
        if (more > 0) continue;
        if (more < 0) {
            error_set_errno(err, ERROR_SYSTEM, errno, "cannot read");
            return error_place(err, view_of_cstr(reader->file), 0, 0);
        }
        bool is_done = reader->is_live && !was_rotated(reader);
        if (is_done && follows) return false;
        if (reader->end > reader->start && !reader->skips) {
            line_take(reader, line, reader->end - reader->start, reader->end - reader->start);
            line->is_torn = true;
            return true;
        }
        if (is_done) return false;
        /* What was written to has a number by now. */
        if (reader->is_live) reader->next++;
        if (!file_next(reader)) return false;
    }
}
