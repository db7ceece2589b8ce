/* runtime.h - what a language needs to run, as data: the interpreter, the folders and files it reads, its
 * arguments.
 *
 * Found by looking at the machine. The arena owns the paths. */
#ifndef CORDON_RUNNER_RUNTIME_H
#define CORDON_RUNNER_RUNTIME_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/view.h"
#include "runner/closure.h"

enum runtime_kind {
#define RUNTIME(name, word, program, file, module) RUNTIME_##name,
#include "runner/runtime.def"
#undef RUNTIME
    RUNTIME_COUNT
};

enum { RUNTIME_PATHS_MAX = 24, RUNTIME_LINKS_MAX = 80, RUNTIME_ARGUMENTS_MAX = 8 };

struct runtime_link {
    const char *path, *target; /* a symbolic link that the cell has as the host has it */
};

struct runtime {
    enum runtime_kind kind;
    const char *interpreter;              /* absolute, no link */
    const char *paths[RUNTIME_PATHS_MAX]; /* bound read-only at the same place */
    uint32_t path_count;
    struct runtime_link links[RUNTIME_LINKS_MAX];
    uint32_t link_count;
    /* The libraries that the interpreter and granted programs need, all in one folder of the cell: a folder
     * of copies, or where there is no safe place for one (NULL) each file by itself. */
    const char *library_place, *library_copies;
    const struct library *libraries;
    uint32_t library_count;
    const char *module_folder; /* libraries that the interpreter loads while it runs; NULL: none */
    const char *arguments[RUNTIME_ARGUMENTS_MAX]; /* between the interpreter and the program's file */
    uint32_t argument_count;
    const char *program_file; /* where the program stands in the cell */
    /* To wait for the program in a cell, booted: the script that waits, where it stands, and what is said to
     * the interpreter before the program's file. NULL: this one cannot wait. */
    const char *boot_file;
    bool boot_is_compiled; /* by the build, for this version of the interpreter: cheap enough for any cell */
    const char *boot_arguments[2];
    uint32_t boot_argument_count;
    const char *tools_file;      /* where the module of host tools stands; NULL: there is no place for one */
    uint64_t memory_shown_bytes; /* of the machine, as /proc/meminfo tells it; 0: what it has */
};

/* The runtime for a language ("python", "javascript"); `is_module`: the program is an ECMAScript module. The
 * heap of a runtime that manages its own is bounded by `memory_bytes`. False with the remedy where there is
 * none. */
bool runtime_find(struct runtime *runtime, struct arena *arena, struct view language, bool is_module,
                  uint64_t memory_bytes, struct error *err);

/* Fills in the libraries, once it is known which programs (absolute paths) run beside the interpreter, and
 * whether packages come with it, which expect some of every system. False: one needs what this machine does
 * not have. */
bool runtime_libraries_find(struct runtime *runtime, struct arena *arena, const char *const *programs,
                            uint32_t program_count, bool has_packages, struct error *err);

#endif
