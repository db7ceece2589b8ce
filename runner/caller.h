/* caller.h - what a call that cordon-cell was asked about points to in its caller's memory. For the record
 * alone: the program can change all of it meanwhile. In cordon-cell; no memory is taken. */
#ifndef CORDON_RUNNER_CALLER_H
#define CORDON_RUNNER_CALLER_H

#include <stddef.h>
#include <stdint.h>

/* Up to `size` bytes from `address` on, as many as are there. */
size_t caller_read(uint32_t pid, uint64_t address, void *bytes, size_t size);

/* The text at `address`, cut to `size` bytes with its NUL; "" where there is none. */
void caller_text(uint32_t pid, uint64_t address, char *text, size_t size);

/* A socket address in words: "192.0.2.1:443", "[::1]:80", "unix:/run/x", "family 16". */
void caller_address(uint32_t pid, uint64_t address, char *text, size_t size);

/* The path at `address`, below the folder `folder_fd` (or AT_FDCWD) where it is relative. */
void caller_path(uint32_t pid, int folder_fd, uint64_t address, char *path, size_t size);

/* How many descriptors a process of the cell has open; 0: not known. */
unsigned long caller_fd_count(const char *pid);

#endif
