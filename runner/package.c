#include "runner/package.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/embed.h"
#include "runner/bwrap_args.h"
#include "runner/seccomp_filter.h"

extern const struct embedded_file boot_script_files[];

struct texts {
    const char *const *items;
    uint32_t count;
};

static size_t texts_bytes(const struct texts *parts, size_t part_count)
{
    size_t bytes = 0;
    for (size_t i = 0; i < part_count; i++)
        for (uint32_t j = 0; j < parts[i].count; j++) bytes += strlen(parts[i].items[j]) + 1;
    return bytes;
}

static struct cell_job job_head(const struct spec *spec, const struct package *package)
{
    bool has_boot = package->boot.length > 0;
    return (struct cell_job){
        .magic = CELL_MAGIC,
        .allows_exec = spec->allows_exec,
        .is_waiting = package->is_waiting,
        .program_argument =
            1 + spec->runtime.argument_count + (has_boot ? spec->runtime.boot_argument_count : 0),
        .gives_scratch = spec->has_artifacts_folder,
        .seals_mounts = !spec->allows_native,
        .has_loopback = spec->has_network || spec->allows_listen,
        .has_network = spec->has_network,
        .has_tools = spec->has_tools,
        .cpu_ms = spec->limits.values[LIMIT_CPU],
        .memory_bytes = spec->limits.values[LIMIT_MEMORY],
        .processes = spec->limits.values[LIMIT_PROCESSES],
        .files = spec->limits.values[LIMIT_FILES],
        .file_size_bytes = spec->limits.values[LIMIT_FILE_SIZE],
        .disk_bytes = spec->limits.values[LIMIT_DISK],
        .inodes = spec->limits.values[LIMIT_INODES],
    };
}

/* Node compiles as it runs, and of granted programs nobody knows. */
static unsigned filter_allowed(const struct spec *spec)
{
    bool makes_code = spec->allows_native || spec->allows_exec || spec->runtime.kind == RUNTIME_NODE;
    return (spec->allows_exec ? SECCOMP_ALLOW_EXEC : 0) | (spec->allows_listen ? SECCOMP_ALLOW_LISTEN : 0) |
           (makes_code ? SECCOMP_ALLOW_CODE : 0);
}

/* The head, the filter, the argument vector and the environment. */
static bool job_make(struct package *package, struct arena *arena, const struct spec *spec, struct error *err)
{
    struct view filter;
    if (!seccomp_filter_make(filter_allowed(spec), &filter, err)) return false;
    const struct runtime *runtime = &spec->runtime;
    bool is_waiting = package->is_waiting;
    const char *names[SPEC_FILES_MAX];
    for (uint32_t i = 0; i < package->file_count; i++) names[i] = spec->files[i].name;
    const struct texts parts[] = {
        {&runtime->interpreter, 1},
        {runtime->arguments, runtime->argument_count},
        {runtime->boot_arguments, package->boot.length ? runtime->boot_argument_count : 0},
        {&runtime->program_file, 1},
        {spec->arguments, is_waiting ? 0 : spec->argument_count},
        {spec->environment, is_waiting ? 0 : spec->environment_count},
        {names, package->file_count},
    };
    enum { PARTS = sizeof parts / sizeof *parts };
    size_t bytes = texts_bytes(parts, PARTS);
    struct cell_job head = job_head(spec, package);
    char *all = bytes <= CELL_JOB_BYTES_MAX ? arena_alloc(arena, sizeof head + filter.length + bytes) : NULL;
    if (!all) return error_set(err, ERROR_LIMIT, "the arguments and the environment are too long");
    head.filter_bytes = (uint32_t)filter.length;
    head.text_bytes = (uint32_t)bytes;
    head.file_count = package->file_count;
    head.environment_count = parts[PARTS - 2].count;
    for (int i = 0; i < PARTS - 2; i++) head.argument_count += parts[i].count;
    memcpy(all, &head, sizeof head);
    memcpy(all + sizeof head, filter.bytes, filter.length);
    char *at = all + sizeof head + filter.length;
    for (int i = 0; i < PARTS; i++)
        for (uint32_t j = 0; j < parts[i].count; j++) at = stpcpy(at, parts[i].items[j]) + 1;
    package->job = view_make(all, (size_t)(at - all));
    return true;
}

/* Node goes without where it does not wait; so does a Python for which the build had no compiler. */
static struct view boot_script(const struct spec *spec, bool is_waiting)
{
    const struct runtime *runtime = &spec->runtime;
    if (runtime->boot_is_compiled) return embedded_bytes(&boot_script_files[2 * RUNTIME_COUNT + 1]);
    if (spec->has_network && runtime->kind == RUNTIME_NODE)
        return embedded_bytes(&boot_script_files[RUNTIME_COUNT]); /* such a cell never waits */
    return is_waiting ? embedded_bytes(&boot_script_files[runtime->kind]) : (struct view){0};
}

bool package_make(struct package *package, struct arena *arena, const struct spec *spec, bool is_waiting,
                  struct error *err)
{
    *package = (struct package){.is_waiting = is_waiting,
                                .limits = spec->limits,
                                .accepts_shared_uid = spec->accepts_shared_uid,
                                .has_tools = spec->has_tools};
    if (!spec->is_ready) return error_set(err, ERROR_CELL, "the spec allows nothing");
    if (is_waiting && !spec->runtime.boot_file)
        return error_set(err, ERROR_UNSUPPORTED, "%s cannot wait for a program", spec->runtime.interpreter);
    package->boot = boot_script(spec, is_waiting);
    package->certificates = spec->certificates;
    if (spec->has_tools)
        package->tools_module = embedded_bytes(&boot_script_files[RUNTIME_COUNT + 1 + spec->runtime.kind]);
    uint64_t kib = spec->runtime.memory_shown_bytes >> 10;
    if (kib)
        snprintf(package->memory_info, sizeof package->memory_info,
                 "MemTotal: %" PRIu64 " kB\nMemFree: %" PRIu64 " kB\nMemAvailable: %" PRIu64 " kB\n", kib,
                 kib, kib);
    for (; package->bind_count < spec->bind_count; package->bind_count++)
        package->binds[package->bind_count] = spec->binds[package->bind_count].fd;
    for (; !is_waiting && package->file_count < spec->file_count; package->file_count++)
        package->files[package->file_count] = spec->files[package->file_count].fd;
    struct bwrap_fds numbers = {.cell_image = FD_CELL_IMAGE,
                                .program = FD_PROGRAM,
                                .boot = package->boot.length ? FD_BOOT : -1,
                                .binds_program = is_waiting,
                                .passwd = FD_PASSWD,
                                .certificates = spec->certificates.length ? FD_CERTIFICATES : -1,
                                .tools = spec->has_tools ? FD_TOOLS : -1,
                                .memory_info = kib ? FD_MEMORY_INFO : -1,
                                .first_bind = FD_FIRST_BIND};
    return bwrap_args_build(arena, spec, &numbers, &package->options, err) &&
           job_make(package, arena, spec, err);
}

struct digest package_digest(const struct package *package, struct arena *arena)
{
    /* Where a path was granted and leads to another file by now, it is another cell. */
    struct {
        dev_t device;
        ino_t inode;
    } places[SPEC_BINDS_MAX + 1] = {0};
    for (uint32_t i = 0; i < package->bind_count; i++) {
        struct stat status;
        if (fstat(package->binds[i], &status) < 0) continue;
        places[i].device = status.st_dev;
        places[i].inode = status.st_ino;
    }
    struct view all =
        arena_format(arena, "%zu %zu %u ", package->options.length, package->job.length, package->bind_count);
    size_t head = all.length, length = head + package->options.length + package->job.length + sizeof places;
    char *bytes = arena_alloc(arena, length);
    if (!bytes || !all.bytes) return (struct digest){0};
    memcpy(bytes, all.bytes, head);
    memcpy(bytes + head, package->options.bytes, package->options.length);
    memcpy(bytes + head + package->options.length, package->job.bytes, package->job.length);
    memcpy(bytes + length - sizeof places, places, sizeof places);
    return digest_sha256(view_make(bytes, length));
}
