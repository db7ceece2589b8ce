#include "runner/caller.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

enum { PAGE_BYTES = 4096 };

size_t caller_read(uint32_t pid, uint64_t address, void *bytes, size_t size)
{
    /* Up to the end of the page first: the next one need not exist. */
    size_t first = PAGE_BYTES - (size_t)(address % PAGE_BYTES);
    if (first > size) first = size;
    struct iovec here = {bytes, size};
    struct iovec there[] = {{(void *)(uintptr_t)address, first},
                            {(void *)(uintptr_t)(address + first), size - first}};
    ssize_t got = process_vm_readv((pid_t)pid, &here, 1, there, 2, 0);
    return got > 0 ? (size_t)got : 0;
}

void caller_text(uint32_t pid, uint64_t address, char *text, size_t size)
{
    text[caller_read(pid, address, text, size - 1)] = '\0';
}

void caller_address(uint32_t pid, uint64_t address, char *text, size_t size)
{
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
        struct sockaddr_un local;
    } place = {0};
    char host[INET6_ADDRSTRLEN] = "?";
    caller_read(pid, address, &place, sizeof place - 1);
    switch (place.any.sa_family) {
    case AF_INET:
        inet_ntop(AF_INET, &place.v4.sin_addr, host, sizeof host);
        snprintf(text, size, "%s:%u", host, ntohs(place.v4.sin_port));
        return;
    case AF_INET6:
        inet_ntop(AF_INET6, &place.v6.sin6_addr, host, sizeof host);
        snprintf(text, size, "[%s]:%u", host, ntohs(place.v6.sin6_port));
        return;
    case AF_UNIX: {
        bool is_abstract = place.local.sun_path[0] == '\0';
        snprintf(text, size, "unix:%s%.*s", is_abstract ? "@" : "",
                 (int)sizeof place.local.sun_path - 1 - is_abstract, place.local.sun_path + is_abstract);
        return;
    }
    default:
        snprintf(text, size, "family %d", place.any.sa_family);
    }
}

void caller_path(uint32_t pid, int folder_fd, uint64_t address, char *path, size_t size)
{
    char link[64];
    caller_text(pid, address, path, size);
    if (path[0] == '/' || path[0] == '\0') return;
    if (folder_fd == AT_FDCWD)
        snprintf(link, sizeof link, "/proc/%u/cwd", pid);
    else
        snprintf(link, sizeof link, "/proc/%u/fd/%d", pid, folder_fd);
    size_t length = strlen(path);
    char folder[256];
    ssize_t above = readlink(link, folder, sizeof folder);
    if (above <= 0 || (size_t)above + 1 + length + 1 > size) return;
    memmove(path + above + 1, path, length + 1);
    memcpy(path, folder, (size_t)above);
    path[above] = '/';
}

unsigned long caller_fd_count(const char *pid)
{
    char path[64];
    struct stat status;
    snprintf(path, sizeof path, "/proc/%.20s/fd", pid);
    if (stat(path, &status) < 0) return 0;
    if (status.st_size > 0) return (unsigned long)status.st_size; /* from Linux 6.2 on */
    unsigned long count = 0;
    DIR *folder = opendir(path);
    while (folder && readdir(folder)) count++;
    if (folder) closedir(folder);
    return count > 2 ? count - 2 : 0;
}
