#include "runner/spec.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/json.h"
#include "runner/elf.h"
#include "runner/path.h"
#include "runner/spec_files.h"
#include "runner/spec_network.h"
#include "runner/spec_packages.h"

/* Places that the cell makes itself: a grant of them would replace a part of the cell. */
static bool path_is_reserved(struct view path)
{
    static const char *const reserved[] = {"/proc",   "/sys",       "/dev", "/program",
                                           "/cordon", SPEC_SCRATCH, "/run"};
    if (view_equals(path, VIEW("/"))) return true;
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        struct view place = view_of_cstr(reserved[i]);
        bool is_there =
            view_starts_with(path, place) && (path.length == place.length || path.bytes[place.length] == '/');
        if (is_there) return true;
    }
    return false;
}

/* Opens the granted path without following a link in any part of it, so that what is bound is what was named.
 */
static bool bind_add(struct spec *spec, struct arena *arena, struct view path, bool is_writable,
                     struct error *err)
{
    if (view_equals(path, VIEW("*"))) {
        error_set(err, ERROR_POLICY, "a cell cannot be given every path");
        return error_remedy(err, "name the file or the folder");
    }
    if (path_is_reserved(path)) {
        error_set(err, ERROR_POLICY, "'%.*s' cannot be granted: it is the cell's own place", VIEW_ARGS(path));
        return error_remedy(err, "copy the file in (--file), or grant a copy elsewhere");
    }
    if (spec->bind_count == SPEC_BINDS_MAX)
        return error_set(err, ERROR_LIMIT, "more than %d path grants", SPEC_BINDS_MAX);
    struct view copy = arena_copy(arena, path);
    if (!copy.bytes) return error_set(err, ERROR_LIMIT, "no memory left for the spec");
    int fd = path_open(copy.bytes, O_PATH, "grant", err);
    if (fd < 0) return false;
    spec->binds[spec->bind_count++] =
        (struct spec_bind){.fd = fd, .path = copy.bytes, .is_writable = is_writable};
    return true;
}

static int bind_compare(const void *left, const void *right)
{
    return strcmp(((const struct spec_bind *)left)->path, ((const struct spec_bind *)right)->path);
}

static bool bind_is_below(const struct spec_bind *bind, const struct spec_bind *above)
{
    size_t length = strlen(above->path);
    return strncmp(bind->path, above->path, length) == 0 &&
           (bind->path[length] == '/' || bind->path[length] == '\0');
}

/* A folder before what lies in it, and nothing twice. bubblewrap makes no mount point in a folder that
 * programs write to: it could be made through a link that one of them put there. */
static bool binds_order(struct spec *spec, struct error *err)
{
    uint32_t count = 0;
    qsort(spec->binds, spec->bind_count, sizeof *spec->binds, bind_compare);
    for (uint32_t i = 0; i < spec->bind_count; i++) {
        struct spec_bind *bind = &spec->binds[i], *above = NULL;
        for (uint32_t j = 0; j < count; j++)
            if (bind_is_below(bind, &spec->binds[j])) above = &spec->binds[j]; /* the last is the nearest */
        if (above && strcmp(above->path, bind->path) == 0) above->is_writable |= bind->is_writable;
        bool is_refused =
            above && above->is_writable && !bind->is_writable && strcmp(above->path, bind->path) != 0;
        if (is_refused) {
            error_set(err, ERROR_POLICY,
                      "'%s' is granted for reading inside '%s', which is granted for writing", bind->path,
                      above->path);
            error_remedy(err, "a folder is writable with all that is in it: grant one of the two");
        }
        if (is_refused || (above && above->is_writable >= bind->is_writable)) {
            close(bind->fd);
            bind->fd = -1;
        }
        if (is_refused) return false;
        if (bind->fd >= 0) spec->binds[count++] = *bind;
    }
    spec->bind_count = count;
    return true;
}

/* Programs that were granted, with the interpreters of those that are scripts. */
struct programs {
    const char *paths[SPEC_BINDS_MAX];
    uint32_t count;
};

/* A granted program: its file, at its own place, also under the name by which it was given. A script brings
 * its interpreter, and env what it is told to start. */
static bool program_add(struct spec *spec, struct programs *programs, struct arena *arena,
                        struct view program, struct error *err)
{
    struct view path = program;
    char resolved[PATH_MAX];
    if (view_find_byte(program, '/') == SIZE_MAX)
        path = arena_format(arena, "/usr/bin/%.*s", VIEW_ARGS(program));
    if (!path.bytes || !realpath(arena_copy(arena, path).bytes, resolved) || access(resolved, X_OK) < 0) {
        error_set(err, ERROR_POLICY, "no program '%.*s' to grant", VIEW_ARGS(program));
        return error_remedy(err, "give its absolute path");
    }
    struct view copy = arena_copy(arena, view_of_cstr(resolved));
    if (!copy.bytes) return error_set(err, ERROR_LIMIT, "no memory left for the spec");
    if (!view_equals(path, copy) && spec->runtime.link_count < RUNTIME_LINKS_MAX)
        spec->runtime.links[spec->runtime.link_count++] = (struct runtime_link){path.bytes, copy.bytes};
    for (uint32_t i = 0; i < programs->count; i++)
        if (view_equals_cstr(copy, programs->paths[i])) return true;
    if (!bind_add(spec, arena, copy, false, err)) return false;
    programs->paths[programs->count++] = copy.bytes; /* no more than binds */
    struct elf elf;
    if (!elf_read(&elf, arena, copy.bytes) || !elf.interpreter) return true;
    struct view interpreter = view_of_cstr(elf.interpreter);
    if (!program_add(spec, programs, arena, interpreter, err)) return error_prefix(err, "%s", copy.bytes);
    bool is_env = view_ends_with(interpreter, VIEW("/env")) && elf.argument && elf.argument[0] != '-';
    return !is_env || program_add(spec, programs, arena, view_of_cstr(elf.argument), err);
}

static bool grant_apply(struct spec *spec, struct programs *programs, struct arena *arena,
                        const struct capability *grant, struct error *err)
{
    switch ((int)grant->kind) {
    case CAPABILITY_FS_READ:
        return bind_add(spec, arena, grant->argument, false, err);
    case CAPABILITY_FS_WRITE:
        return bind_add(spec, arena, grant->argument, true, err);
    case CAPABILITY_EXEC:
        spec->allows_exec = true;
        return program_add(spec, programs, arena, grant->argument, err);
    case CAPABILITY_NATIVE:
        spec->allows_native = true;
        return true;
    case CAPABILITY_NET_LISTEN:
        spec->allows_listen = true;
        return true;
    default:
        return true; /* nothing in the cell changes: the check alone decides these, or the gateway */
    }
}

/* A copy of an array of texts. NULL where the arena is exhausted. */
static const char **texts_copy(struct arena *arena, const char *const *texts, uint32_t count)
{
    const char **copy = ARENA_NEW_ARRAY(arena, const char *, count + 1);
    for (uint32_t i = 0; copy && i < count; i++)
        if (!(copy[i] = arena_copy(arena, view_of_cstr(texts[i])).bytes)) return NULL;
    return copy;
}

bool spec_from_grant(struct spec *spec, struct arena *arena, const struct capability_set *grant,
                     const struct spec_job *job, struct error *err)
{
    *spec = (struct spec){.source = job->source,
                          .limits = job->limits,
                          .accepts_shared_uid = job->accepts_shared_uid,
                          .has_tools = job->has_tools};
    if (!limits_check(&job->limits, err)) return false;
    if (job->argument_count > SPEC_TEXTS_MAX || job->environment_count > SPEC_TEXTS_MAX)
        return error_set(err, ERROR_LIMIT, "more than %d arguments or variables", SPEC_TEXTS_MAX);
    if (!runtime_find(&spec->runtime, arena, job->language, job->is_module, job->limits.values[LIMIT_MEMORY],
                      err))
        return false;
    if (spec->has_tools && !spec->runtime.tools_file) {
        error_set(err, ERROR_CELL, "the interpreter %s has no place for the module of the tools",
                  spec->runtime.interpreter);
        return error_remedy(err, "use the system's Python, or grant no tool");
    }
    struct programs programs = {0};
    bool is_given = true;
    for (uint32_t i = 0; i < grant->count && is_given; i++)
        is_given = grant_apply(spec, &programs, arena, &grant->items[i], err);
    is_given = is_given &&
               runtime_libraries_find(&spec->runtime, arena, programs.paths, programs.count,
                                      job->packages != NULL, err) &&
               binds_order(spec, err) && spec_files_open(spec, arena, job, err) &&
               spec_packages_add(spec, arena, job, err);
    if (!is_given) {
        spec_clear(spec);
        return false;
    }
    spec->arguments = texts_copy(arena, job->arguments, job->argument_count);
    spec->environment = texts_copy(arena, job->environment, job->environment_count);
    spec->argument_count = job->argument_count;
    spec->environment_count = job->environment_count;
    spec->is_ready = spec->arguments && spec->environment && spec_network_add(spec, arena, grant, job);
    return spec->is_ready || error_set(err, ERROR_LIMIT, "no memory left for the spec");
}

void spec_clear(struct spec *spec)
{
    for (uint32_t i = 0; i < spec->bind_count; i++) cleanup_fd(&spec->binds[i].fd);
    for (uint32_t i = 0; i < spec->file_count; i++) cleanup_fd(&spec->files[i].fd);
    if (spec->has_artifacts_folder) cleanup_fd(&spec->artifacts_fd);
    *spec = (struct spec){0};
}

static json_t *texts_to_json(const char *const *texts, uint32_t count)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < count; i++)
        json_array_append_new(list, json_string_of_view(view_of_cstr(texts[i])));
    return list;
}

static json_t *mounts_to_json(const struct spec *spec)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < spec->runtime.path_count; i++)
        json_array_append_new(list,
                              json_pack("{s:s, s:s}", "path", spec->runtime.paths[i], "access", "read"));
    for (uint32_t i = 0; i < spec->runtime.library_count; i++)
        json_array_append_new(list, json_pack("{s:o, s:s}", "path",
                                              json_sprintf("%s/%s", spec->runtime.library_place,
                                                           spec->runtime.libraries[i].name),
                                              "access", "read"));
    for (uint32_t i = 0; i < spec->bind_count; i++)
        json_array_append_new(list, json_pack("{s:o, s:s, s:b}", "path",
                                              json_string_of_view(view_of_cstr(spec->binds[i].path)),
                                              "access", spec->binds[i].is_writable ? "write" : "read",
                                              "granted", !spec->binds[i].place));
    json_array_append_new(list, json_pack("{s:s, s:s, s:I}", "path", SPEC_SCRATCH, "access", "write",
                                          "size_bytes", (json_int_t)spec->limits.values[LIMIT_DISK]));
    return list;
}

json_t *spec_to_json(const struct spec *spec)
{
    json_t *limits = json_object();
    for (int i = 0; i < LIMIT_COUNT; i++)
        json_object_set_new(limits, limit_word((enum limit)i),
                            json_integer((json_int_t)spec->limits.values[i]));
    json_t *arguments = texts_to_json(spec->runtime.arguments, spec->runtime.argument_count);
    json_array_insert_new(arguments, 0,
                          json_string(spec->runtime.interpreter ? spec->runtime.interpreter : ""));
    json_array_append_new(arguments,
                          json_string(spec->runtime.program_file ? spec->runtime.program_file : ""));
    json_t *own = texts_to_json(spec->arguments, spec->argument_count);
    json_array_extend(arguments, own);
    json_decref(own);
    json_t *files = json_array();
    for (uint32_t i = 0; i < spec->file_count; i++)
        json_array_append_new(files, json_string_of_view(view_of_cstr(spec->files[i].name)));
    return json_pack("{s:b, s:o, s:o, s:o, s:o, s:o, s:s, s:b, s:s}", "runs", spec->is_ready, "argv",
                     arguments, "environment", texts_to_json(spec->environment, spec->environment_count),
                     "mounts", mounts_to_json(spec), "files", files, "limits", limits, "network",
                     spec->has_network ? "gateway" : "none", "tools", spec->has_tools, "working_directory",
                     SPEC_SCRATCH);
}
