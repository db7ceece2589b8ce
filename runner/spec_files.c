#include "runner/spec_files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "runner/cell_protocol.h"
#include "runner/path.h"

_Static_assert((int)SPEC_FILES_MAX == (int)CELL_FILES_MAX, "what a spec holds is what a job carries");

/* Relative, and no part of it empty, "." or "..". */
static bool name_is_inside(struct view name)
{
    struct view part, rest = name;
    bool has_more = true;
    if (name.length == 0 || name.length >= CELL_FILE_NAME_BYTES) return false;
    while (has_more) {
        has_more = view_split(rest, '/', &part, &rest);
        if (part.length == 0 || view_equals(part, VIEW(".")) || view_equals(part, VIEW(".."))) return false;
    }
    return true;
}

/* "HOST" or "HOST:NAME": the last colon parts them; without one, the name is the last part of the path. */
static void parts_split(struct view text, struct view *host, struct view *name)
{
    size_t colon = SIZE_MAX, slash = SIZE_MAX;
    for (size_t i = 0; i < text.length; i++) {
        if (text.bytes[i] == ':') colon = i;
        if (text.bytes[i] == '/') slash = i;
    }
    *host = colon == SIZE_MAX ? text : view_slice(text, 0, colon);
    *name = colon != SIZE_MAX   ? view_slice(text, colon + 1, text.length)
            : slash != SIZE_MAX ? view_slice(text, slash + 1, text.length)
                                : text;
}

static bool file_add(struct spec *spec, struct arena *arena, const char *text, struct error *err)
{
    struct view host, name;
    struct stat status;
    parts_split(view_of_cstr(text), &host, &name);
    if (!name_is_inside(name)) {
        error_set(err, ERROR_USAGE, "'%.*s' is no name below the scratch folder",
                  VIEW_ARGS(view_slice(name, 0, 100)));
        return error_remedy(err, "write HOST:NAME with a relative name, as in data/in.csv:in.csv");
    }
    host = arena_copy(arena, host);
    name = arena_copy(arena, name);
    if (!host.bytes || !name.bytes) return error_set(err, ERROR_LIMIT, "no memory left for the spec");
    for (uint32_t i = 0; i < spec->file_count; i++)
        if (view_equals_cstr(name, spec->files[i].name))
            return error_set(err, ERROR_USAGE, "two files are named '%s' in the cell", name.bytes);
    if (spec->file_count == SPEC_FILES_MAX)
        return error_set(err, ERROR_LIMIT, "more than %d files", SPEC_FILES_MAX);
    /* O_NONBLOCK: opening a FIFO that nobody writes must not hang. */
    int fd = path_open(host.bytes, O_RDONLY | O_NONBLOCK | O_NOCTTY, "pass", err);
    if (fd < 0) return false;
    spec->files[spec->file_count++] = (struct spec_file){fd, name.bytes};
    if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
        error_set(err, ERROR_POLICY, "'%s' is not a regular file", host.bytes);
        return error_remedy(err, "grant a folder with --allow-read");
    }
    if ((uint64_t)status.st_size <= spec->limits.values[LIMIT_DISK]) return true;
    error_set(err, ERROR_POLICY, "'%s' is larger than the scratch folder", host.bytes);
    return error_remedy(err, "raise --disk, or grant the file with --allow-read");
}

static bool artifacts_open(struct spec *spec, const char *folder, struct error *err)
{
    if (mkdir(folder, 0755) < 0 && errno != EEXIST) {
        error_set_errno(err, ERROR_POLICY, errno, "cannot make the folder for artifacts '%s'", folder);
        return error_remedy(err, "name a folder whose parent is there");
    }
    int fd = path_open(folder, O_RDONLY | O_DIRECTORY, "use", err);
    if (fd < 0) return error_prefix(err, "the folder for artifacts");
    spec->artifacts_fd = fd;
    spec->has_artifacts_folder = true;
    return true;
}

bool spec_files_open(struct spec *spec, struct arena *arena, const struct spec_job *job, struct error *err)
{
    for (uint32_t i = 0; i < job->file_count; i++)
        if (!file_add(spec, arena, job->files[i], err)) return false;
    return !job->artifacts_folder || artifacts_open(spec, job->artifacts_folder, err);
}
