/* io.h - files and descriptors, whole reads and whole writes. Nothing here follows a policy; callers do. */
#ifndef CORDON_BASE_IO_H
#define CORDON_BASE_IO_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/view.h"

/* Reads at most `cap_bytes` + 1 bytes, so that a caller can tell "at the cap" from "over it". The bytes
 * live in the arena. io_read_file takes regular files only and sets the path as the error's place; io_read_fd
 * takes anything that can be read to its end (regular files, pipes, sockets, a terminal). */
bool io_read_file(struct arena *arena, const char *path, size_t cap_bytes, struct view *bytes,
                  struct error *err);
bool io_read_fd(struct arena *arena, int fd, size_t cap_bytes, struct view *bytes, struct error *err);

/* Writes all of it, through EINTR and short writes. */
bool io_write_all(int fd, struct view bytes, struct error *err);

/* Milliseconds or nanoseconds of CLOCK_MONOTONIC. */
unsigned long long io_now_ms(void);
unsigned long long io_now_ns(void);

/* Nanoseconds of processor time that the calling thread has used. */
unsigned long long io_thread_ns(void);

#endif
