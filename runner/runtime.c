#include "runner/runtime.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"
#include "runner/library_cache.h"

static const struct {
    const char *language, *program, *program_file, *module_file;
} facts[RUNTIME_COUNT] = {
#define RUNTIME(name, word, program, file, module) [RUNTIME_##name] = {word, program, file, module},
#include "runner/runtime.def"
#undef RUNTIME
};

static const struct {
    const char *language, *remedy;
} refusals[] = {
#define RUNTIME(name, word, program, file, module)
#define NO_RUNTIME(word, remedy) {word, remedy},
#include "runner/runtime.def"
#undef RUNTIME
};

static bool refuse(struct view language, struct error *err)
{
    error_set(err, ERROR_UNSUPPORTED, "no runtime for %.*s", VIEW_ARGS(language));
    for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
        if (view_equals_cstr(language, refusals[i].language))
            return error_remedy(err, "%s", refusals[i].remedy);
    return error_remedy(err, "cordon runs python and javascript");
}

/* The system's own folders first: what they hold is there for every user, and nobody else can write to it. */
static const char *program_find(struct arena *arena, const char *name)
{
    const char *path = secure_getenv("PATH");
    struct view rest = arena_format(arena, "/usr/bin:/usr/local/bin:/bin:%s", path ? path : ""), folder;
    bool has_more = true;
    while (has_more) {
        has_more = view_split(rest, ':', &folder, &rest);
        if (folder.length == 0 || folder.bytes[0] != '/') continue;
        struct view candidate = arena_format(arena, "%.*s/%s", VIEW_ARGS(folder), name);
        AUTO_FREE char *resolved = candidate.bytes ? realpath(candidate.bytes, NULL) : NULL;
        if (resolved && access(resolved, X_OK) == 0) return arena_copy(arena, view_of_cstr(resolved)).bytes;
    }
    return NULL;
}

/* Whether every user may go down to the path and read it: the cell runs as one that owns nothing. */
static bool is_readable_by_all(const char *path)
{
    char prefix[PATH_MAX];
    size_t length = strlen(path);
    if (length >= sizeof prefix) return false;
    for (size_t at = 1; at <= length; at++) {
        if (path[at] != '/' && path[at] != '\0') continue;
        memcpy(prefix, path, at);
        prefix[at] = '\0';
        struct stat status;
        if (stat(prefix, &status) < 0 || !(status.st_mode & (S_ISDIR(status.st_mode) ? S_IXOTH : S_IROTH)))
            return false;
    }
    return true;
}

static void path_add(struct runtime *runtime, struct arena *arena, const char *path)
{
    AUTO_FREE char *resolved = realpath(path, NULL);
    if (!resolved || strcmp(resolved, "/") == 0) return;
    for (uint32_t i = 0; i < runtime->path_count; i++) {
        size_t length = strlen(runtime->paths[i]);
        bool is_below = strncmp(runtime->paths[i], resolved, length) == 0 &&
                        (resolved[length] == '/' || resolved[length] == '\0');
        if (is_below) return;
    }
    if (runtime->path_count < RUNTIME_PATHS_MAX)
        runtime->paths[runtime->path_count++] = arena_copy(arena, view_of_cstr(resolved)).bytes;
}

/* The links by which the host's merged /usr is reached; the loader's path is one of them. */
static void link_add(struct runtime *runtime, struct arena *arena, const char *path)
{
    char target[PATH_MAX];
    ssize_t length = readlink(path, target, sizeof target);
    if (length <= 0 || runtime->link_count == RUNTIME_LINKS_MAX) return;
    struct view copy = arena_copy(arena, view_make(target, (size_t)length));
    runtime->links[runtime->link_count++] = (struct runtime_link){path, copy.bytes};
}

/* Where the interpreter looks first, by its build: PREFIX/lib/pythonXY.zip. Hosts have no such file; a cell
 * that waits has a folder of that name, in which the boot script is the sitecustomize of site.py; one with
 * host tools has their module there. */
static void python_boot_add(struct runtime *runtime, struct arena *arena, struct view prefix,
                            struct view version)
{
    size_t dot = view_find_byte(version, '.');
    if (dot == SIZE_MAX) return;
    struct view folder = arena_format(arena, "%.*s/lib/python%.*s%.*s.zip", VIEW_ARGS(prefix), (int)dot,
                                      version.bytes, VIEW_ARGS(view_slice(version, dot + 1, version.length)));
    if (!folder.bytes || access(folder.bytes, F_OK) == 0) return;
    for (uint32_t i = 0; i < runtime->path_count; i++) {
        struct view path = view_of_cstr(runtime->paths[i]);
        bool is_inside = view_starts_with(folder, path) && folder.bytes[path.length] == '/';
        if (is_inside) return; /* a mount of the host's, in which nothing is made */
    }
    runtime->boot_is_compiled = view_equals(version, VIEW(BOOT_PYTHON));
    const char *suffix = runtime->boot_is_compiled ? "pyc" : "py";
    runtime->boot_file = arena_format(arena, "%.*s/sitecustomize.%s", VIEW_ARGS(folder), suffix).bytes;
    runtime->tools_file = arena_format(arena, "%.*s/cordon.py", VIEW_ARGS(folder)).bytes;
}

/* The standard library of the interpreter PREFIX/bin/pythonX.Y: PREFIX/lib/pythonX.Y. */
static bool python_add(struct runtime *runtime, struct arena *arena, struct error *err)
{
    struct view interpreter = view_of_cstr(runtime->interpreter);
    size_t bin = view_find(interpreter, VIEW("/bin/"));
    struct view name = view_slice(interpreter, bin + 5, interpreter.length);
    struct view prefix = view_slice(interpreter, 0, bin);
    struct view library = arena_format(arena, "%.*s/lib/%.*s", VIEW_ARGS(prefix), VIEW_ARGS(name));
    if (bin == SIZE_MAX || !library.bytes || access(library.bytes, R_OK) < 0) {
        error_set(err, ERROR_CELL, "no standard library beside the interpreter %s", runtime->interpreter);
        return error_remedy(err, "install Python: apt-get install -y python3");
    }
    path_add(runtime, arena, library.bytes);
    runtime->module_folder = arena_format(arena, "%.*s/lib-dynload", VIEW_ARGS(library)).bytes;
    /* -I: no folder of the program's making is searched for modules, no variable of the environment is read.
     * -B: the standard library is read-only. */
    runtime->arguments[runtime->argument_count++] = "-I";
    runtime->arguments[runtime->argument_count++] = "-B";
    runtime->arguments[runtime->argument_count++] = "-Xutf8";
    python_boot_add(runtime, arena, prefix, view_slice(name, strlen("python"), name.length));
    return true;
}

static bool node_add(struct runtime *runtime, struct arena *arena, uint64_t memory_bytes)
{
    path_add(runtime, arena, "/usr/share/nodejs"); /* where Debian's Node keeps some of its own modules */
    /* The heap is a part of what the process takes; the rest is code, buffers and stacks. V8 bounds it by
     * half of the machine's memory, and with any flag of its own does not take the code cache of Node's
     * modules, which costs a fifth of the start: a cell is shown a smaller machine. */
    enum { BOUNDED_BY_FLAG_MIB = 256, /* V8's least bound without one */ LEAST_SHOWN_MIB = 768 };
    uint64_t memory_mib = memory_bytes >> 20, shown_mib = memory_mib * 3 / 2;
    if (memory_mib < BOUNDED_BY_FLAG_MIB) {
        struct view flag = arena_format(arena, "--max-old-space-size=%" PRIu64, memory_mib * 3 / 4);
        if (!flag.bytes) return false;
        runtime->arguments[runtime->argument_count++] = flag.bytes;
    } else {
        /* Less would make the space of young objects so small that every program feels it. */
        runtime->memory_shown_bytes = (shown_mib < LEAST_SHOWN_MIB ? LEAST_SHOWN_MIB : shown_mib) << 20;
    }
    runtime->boot_file = "/cordon/boot.cjs";
    runtime->tools_file = "/node_modules/cordon/index.js";
    runtime->boot_arguments[runtime->boot_argument_count++] = "--require";
    runtime->boot_arguments[runtime->boot_argument_count++] = "/cordon/boot.cjs";
    return true;
}

bool runtime_find(struct runtime *runtime, struct arena *arena, struct view language, bool is_module,
                  uint64_t memory_bytes, struct error *err)
{
    *runtime = (struct runtime){0};
    int kind = 0;
    while (kind < RUNTIME_COUNT && !view_equals_cstr(language, facts[kind].language)) kind++;
    if (kind == RUNTIME_COUNT) return refuse(language, err);
    runtime->kind = (enum runtime_kind)kind;
    runtime->program_file = is_module ? facts[kind].module_file : facts[kind].program_file;
    runtime->interpreter = program_find(arena, facts[kind].program);
    if (!runtime->interpreter) {
        error_set(err, ERROR_CELL, "no %s on this machine", facts[kind].program);
        return error_remedy(err, "apt-get install -y %s", kind == RUNTIME_PYTHON ? "python3" : "nodejs");
    }
    if (!is_readable_by_all(runtime->interpreter)) {
        error_set(err, ERROR_CELL, "the interpreter %s cannot be read by every user", runtime->interpreter);
        return error_remedy(err, "the cell runs as a user of its own: install %s under /usr",
                            facts[kind].program);
    }
    path_add(runtime, arena, runtime->interpreter);
    link_add(runtime, arena, "/lib");
    path_add(runtime, arena, "/usr/share/zoneinfo");
    bool is_complete = runtime->kind == RUNTIME_PYTHON ? python_add(runtime, arena, err)
                                                       : node_add(runtime, arena, memory_bytes);
    return is_complete;
}

/* Where the loader stands, and so looks by itself: the place of all libraries in the cell. */
static bool loader_place(struct runtime *runtime, struct arena *arena, const struct closure *closure)
{
    const char *slash = strrchr(closure->loader_path, '/');
    size_t length = (size_t)(slash - closure->loader_path);
    runtime->library_place = arena_copy(arena, view_make(closure->loader_path, length)).bytes;
    bool is_named_so = strcmp(closure->loader, closure->loader_path) == 0;
    if (!is_named_so && runtime->link_count < RUNTIME_LINKS_MAX)
        runtime->links[runtime->link_count++] = (struct runtime_link){closure->loader, closure->loader_path};
    return runtime->library_place != NULL;
}

bool runtime_libraries_find(struct runtime *runtime, struct arena *arena, const char *const *programs,
                            uint32_t program_count, bool has_packages, struct error *err)
{
    /* What glibc and extension modules load without naming it in their own list. */
    static const char *const names[] = {"libgcc_s.so.1", "libstdc++.so.6", NULL};
    /* What wheels may expect of every system (PEP 600), but for those of a screen. */
    static const char *const wheel_names[] = {
        "libgcc_s.so.1",   "libstdc++.so.6", "libm.so.6",      "libdl.so.2",     "librt.so.1",
        "libpthread.so.0", "libutil.so.1",   "libresolv.so.2", "libatomic.so.1", "libz.so.1",
        "libexpat.so.1",   "libmvec.so.1",   "libanl.so.1",    "libnsl.so.1",    NULL};
    struct closure_roots roots = {
        .programs = {runtime->interpreter},
        .program_count = 1,
        .folder = runtime->module_folder,
        .names = has_packages ? wheel_names : names,
    };
    struct closure *closure = ARENA_NEW(arena, struct closure);
    if (!closure) return error_set(err, ERROR_LIMIT, "no memory left for the libraries");
    for (uint32_t i = 0; i < program_count && roots.program_count < CLOSURE_PROGRAMS_MAX; i++)
        roots.programs[roots.program_count++] = programs[i];
    if (!library_cache_find(&roots, closure, &runtime->library_copies, arena, err)) return false;
    if (!closure->loader) return true; /* everything is static */
    closure->items[closure->count++] =
        (struct library){strrchr(closure->loader_path, '/') + 1, closure->loader_path};
    runtime->libraries = closure->items;
    runtime->library_count = closure->count;
    return loader_place(runtime, arena, closure) ||
           error_set(err, ERROR_LIMIT, "no memory left for the libraries");
}
