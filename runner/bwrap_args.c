#include "runner/bwrap_args.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "runner/library_cache.h"

/* Who the program is: nobody, by any name. */
#define CELL_UID "65534"

/* The root's own tmpfs: cordon-cell, the program (at most 8 MiB), mount points. Read-only once it is filled.
 */
#define ROOT_BYTES "33554432"

/* Options ended by NUL; a call takes any number of them and a NULL. */
__attribute__((sentinel)) static void put(FILE *out, const char *first, ...)
{
    va_list rest;
    va_start(rest, first);
    for (const char *text = first; text; text = va_arg(rest, const char *))
        fwrite(text, 1, strlen(text) + 1, out);
    va_end(rest);
}

__attribute__((format(printf, 2, 3))) static void put_format(FILE *out, const char *format, ...)
{
    char text[64];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    put(out, text, NULL);
}

static void put_namespaces(FILE *out, const struct spec *spec)
{
    put(out, "--unshare-user", "--uid", CELL_UID, "--gid", CELL_UID, "--disable-userns", NULL);
    put(out, "--unshare-pid", "--unshare-net", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try",
        NULL);
    put(out, "--hostname", "cell", "--cap-drop", "ALL", "--new-session", "--die-with-parent", "--as-pid-1",
        NULL);
    /* For cordon-cell, which seals the mounts of the cell and drops them. */
    if (!spec->allows_native) put(out, "--cap-add", "CAP_SYS_ADMIN", "--cap-add", "CAP_SETPCAP", NULL);
    put(out, "--clearenv", NULL);
}

/* A /dev of four devices and links, none of which keeps anything. Shared memory lies in the scratch folder,
 * so that one cap holds for all that a program writes. */
static void put_devices(FILE *out)
{
    static const char *const devices[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/urandom"};
    put(out, "--dir", "/dev", NULL);
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
        put(out, "--dev-bind", devices[i], devices[i], NULL);
    /* The same bytes since Linux 5.6; a bind is a tenth of a millisecond. */
    put(out, "--symlink", "urandom", "/dev/random", NULL);
    put(out, "--symlink", "/proc/self/fd", "/dev/fd", "--symlink", "/proc/self/fd/0", "/dev/stdin", NULL);
    put(out, "--symlink", "/proc/self/fd/1", "/dev/stdout", "--symlink", "/proc/self/fd/2", "/dev/stderr",
        NULL);
    put(out, "--symlink", SPEC_SCRATCH, "/dev/shm", NULL);
}

/* "FOLDER/NAME" as one option. */
static void put_joined(FILE *out, const char *folder, const char *name)
{
    fwrite(folder, 1, strlen(folder), out);
    fputc('/', out);
    put(out, name, NULL);
}

static void put_runtime(FILE *out, const struct runtime *runtime)
{
    for (uint32_t i = 0; i < runtime->path_count; i++)
        put(out, "--ro-bind", runtime->paths[i], runtime->paths[i], NULL);
    if (runtime->library_copies) {
        put(out, "--ro-bind", runtime->library_copies, runtime->library_place, "--symlink", NULL);
        put_joined(out, runtime->library_place, LIBRARY_CACHE_LOADER);
        put(out, "/etc/ld.so.cache", NULL);
    }
    for (uint32_t i = 0; i < runtime->library_count && !runtime->library_copies; i++) {
        put(out, "--ro-bind", runtime->libraries[i].path, NULL);
        put_joined(out, runtime->library_place, runtime->libraries[i].name);
    }
    for (uint32_t i = 0; i < runtime->link_count; i++)
        put(out, "--symlink", runtime->links[i].target, runtime->links[i].path, NULL);
}

/* By descriptor: what was granted is what is bound, whatever the path leads to by now. */
static void put_binds(FILE *out, const struct spec *spec, const struct bwrap_fds *fds)
{
    bool has_tmp = false;
    for (uint32_t i = 0; i < spec->bind_count; i++) {
        put(out, spec->binds[i].is_writable ? "--bind" : "--ro-bind", NULL);
        put_format(out, "/proc/self/fd/%d", fds->first_bind + (int)i);
        const char *place = spec->binds[i].place ? spec->binds[i].place : spec->binds[i].path;
        put(out, place, NULL);
        has_tmp |= view_starts_with(view_of_cstr(place), VIEW("/tmp"));
    }
    /* No mount point is ever made through a link: with a grant below /tmp, /tmp is a folder. */
    if (!has_tmp) put(out, "--symlink", SPEC_SCRATCH, "/tmp", NULL);
}

static void put_file(FILE *out, const char *mode, int fd, const char *path)
{
    put(out, "--perms", mode, "--file", NULL);
    put_format(out, "%d", fd);
    put(out, path, NULL);
}

bool bwrap_args_build(struct arena *arena, const struct spec *spec, const struct bwrap_fds *fds,
                      struct view *options, struct error *err)
{
    AUTO_FREE char *buffer = NULL;
    size_t size = 0;
    FILE *out = spec->is_ready ? open_memstream(&buffer, &size) : NULL;
    if (!out) return error_set(err, ERROR_CELL, "the spec allows nothing");
    put_namespaces(out, spec);
    put(out, "--size", ROOT_BYTES, "--tmpfs", "/", NULL);
    put_runtime(out, &spec->runtime);
    put(out, "--proc", "/proc", NULL);
    if (fds->memory_info >= 0) {
        put(out, "--perms", "0444", "--ro-bind-data", NULL);
        put_format(out, "%d", fds->memory_info);
        put(out, "/proc/meminfo", NULL);
    }
    put_devices(out);
    put(out, "--dir", "/etc", "--dir", "/program", "--dir", "/cordon", NULL);
    put_file(out, "0444", fds->passwd, "/etc/passwd");
    if (fds->boot >= 0) put_file(out, "0444", fds->boot, spec->runtime.boot_file);
    if (fds->certificates >= 0) put_file(out, "0444", fds->certificates, SPEC_CERTIFICATES);
    if (fds->tools >= 0) put_file(out, "0444", fds->tools, spec->runtime.tools_file);
    if (fds->binds_program) {
        put(out, "--ro-bind", NULL);
        put_format(out, "/proc/self/fd/%d", fds->program);
        put(out, spec->runtime.program_file, NULL);
    } else {
        put_file(out, "0444", fds->program, spec->runtime.program_file);
    }
    put_file(out, "0555", fds->cell_image, "/cordon/cell");
    /* A page more than the limit, so that the watch sees what goes over it before the kernel refuses. */
    put(out, "--perms", "0700", "--size", NULL);
    put_format(out, "%llu", (unsigned long long)spec->limits.values[LIMIT_DISK] + 64 * 1024);
    put(out, "--tmpfs", SPEC_SCRATCH, NULL);
    put_binds(out, spec, fds);
    /* /proc: there are the memory of each process and what it may be given. Where cordon-cell seals the
     * mounts, it does this too (cell_mounts.h), for a tenth of what it takes bubblewrap, which reads the
     * table of all mounts. */
    if (spec->allows_native) put(out, "--remount-ro", "/proc", "--remount-ro", "/", NULL);
    put(out, "--chdir", SPEC_SCRATCH, NULL);
    if (fclose(out) != 0) return error_set(err, ERROR_SYSTEM, "no memory for bubblewrap's options");
    *options = arena_copy(arena, view_make(buffer, size));
    return options->bytes ? true : error_set(err, ERROR_LIMIT, "no memory left for bubblewrap's options");
}
