#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FIRST_READ_BYTES = 16 * 1024 };

bool io_read_fd(struct arena *arena, int fd, size_t cap_bytes, struct view *bytes, struct error *err)
{
    struct stat status;
    if (fstat(fd, &status) < 0) return error_set_errno(err, ERROR_INPUT, errno, "cannot stat");
    if (S_ISDIR(status.st_mode)) return error_set(err, ERROR_INPUT, "is a folder, not a file");
    if (S_ISBLK(status.st_mode)) return error_set(err, ERROR_INPUT, "is a device, not a file");
    size_t wanted = cap_bytes + 1, capacity = FIRST_READ_BYTES, length = 0;
    if (S_ISREG(status.st_mode)) capacity = (size_t)status.st_size + 1;
    if (capacity > wanted) capacity = wanted;
    char *buffer = arena_alloc(arena, capacity);
    while (buffer && length < wanted) {
        if (length == capacity) {
            size_t grown = 2 * capacity > wanted ? wanted : 2 * capacity;
            char *moved = arena_alloc(arena, grown);
            if (moved) memcpy(moved, buffer, length);
            buffer = moved;
            capacity = grown;
            continue;
        }
        ssize_t got = read(fd, buffer + length, capacity - length);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return error_set_errno(err, ERROR_INPUT, errno, "cannot read");
        if (got == 0) break;
        length += (size_t)got;
    }
    if (!buffer) return error_set(err, ERROR_LIMIT, "no memory left under the cap of this request");
    *bytes = view_make(buffer, length);
    return true;
}

bool io_read_file(struct arena *arena, const char *path, size_t cap_bytes, struct view *bytes,
                  struct error *err)
{
    /* O_NONBLOCK: opening a FIFO that nobody writes must not hang. */
    AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) {
        error_set_errno(err, ERROR_INPUT, errno, "cannot open");
        return error_place(err, view_of_cstr(path), 0, 0);
    }
    struct stat status;
    if (fstat(fd, &status) == 0 && !S_ISREG(status.st_mode)) {
        error_set(err, ERROR_INPUT, "is not a regular file");
        return error_place(err, view_of_cstr(path), 0, 0);
    }
    if (!io_read_fd(arena, fd, cap_bytes, bytes, err)) return error_place(err, view_of_cstr(path), 0, 0);
    return true;
}

bool io_write_all(int fd, struct view bytes, struct error *err)
{
    while (bytes.length) {
        ssize_t put = write(fd, bytes.bytes, bytes.length);
        if (put < 0 && errno == EINTR) continue;
        if (put < 0) return error_set_errno(err, ERROR_SYSTEM, errno, "cannot write");
        bytes = view_slice(bytes, (size_t)put, bytes.length);
    }
    return true;
}

unsigned long long io_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (unsigned long long)now.tv_sec * 1000000000ull + (unsigned long long)now.tv_nsec;
}

unsigned long long io_thread_ns(void)
{
    struct timespec used;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
    return (unsigned long long)used.tv_sec * 1000000000ull + (unsigned long long)used.tv_nsec;
}

unsigned long long io_now_ms(void)
{
    return io_now_ns() / 1000000ull;
}
