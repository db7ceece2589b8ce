#include "runner/spec_packages.h"

#include <fcntl.h>
#include <sys/stat.h>

#include "runner/path.h"

static bool is_folder(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

/* Where PREFIX/bin/pythonX.Y looks for packages. Debian's own interpreter has a folder outside of the
 * standard library; elsewhere it stands in the library, which is there as the host has it. */
static const char *python_place(struct arena *arena, const char *interpreter)
{
    static const char debian[] = "/usr/lib/python3/dist-packages";
    struct view path = view_of_cstr(interpreter);
    size_t bin = view_find(path, VIEW("/bin/"));
    struct view prefix = view_slice(path, 0, bin), name = view_slice(path, bin + 5, path.length);
    if (view_equals(prefix, VIEW("/usr")) && is_folder("/usr/lib/python3")) return debian;
    const char *place =
        arena_format(arena, "%.*s/lib/%.*s/site-packages", VIEW_ARGS(prefix), VIEW_ARGS(name)).bytes;
    return place && is_folder(place) ? place : NULL;
}

bool spec_packages_add(struct spec *spec, struct arena *arena, const struct spec_job *job, struct error *err)
{
    if (!job->packages) return true;
    const char *folder = job->packages, *place = "/program/node_modules";
    if (spec->runtime.kind == RUNTIME_PYTHON) {
        place = python_place(arena, spec->runtime.interpreter);
        if (!place) {
            error_set(err, ERROR_CELL, "the interpreter %s has no folder for packages",
                      spec->runtime.interpreter);
            return error_remedy(err,
                                "make the folder site-packages in its library, or use the system's Python");
        }
    } else {
        const char *inner = arena_format(arena, "%s/node_modules", folder).bytes;
        if (inner && is_folder(inner)) folder = inner;
    }
    if (!is_folder(folder)) {
        error_set(err, ERROR_POLICY, "the packages '%.150s' are no folder", folder);
        return error_remedy(err, "name a folder as `pip install --target` or npm makes it");
    }
    if (spec->bind_count == SPEC_BINDS_MAX)
        return error_set(err, ERROR_LIMIT, "more than %d path grants", SPEC_BINDS_MAX);
    int fd = path_open(folder, O_PATH | O_DIRECTORY, "use the packages", err);
    if (fd < 0) return false;
    spec->binds[spec->bind_count++] = (struct spec_bind){.fd = fd, .path = folder, .place = place};
    return true;
}
