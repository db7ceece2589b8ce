/* elf.h - what a program file needs to start: its loader, the libraries it names, where it looks for them; or
 * the interpreter of a script. Only this machine's own kind of ELF file is read. Everything that the file
 * says is bounded. The arena owns the texts. */
#ifndef CORDON_RUNNER_ELF_H
#define CORDON_RUNNER_ELF_H

#include <stdbool.h>

#include "base/arena.h"

enum { ELF_NEEDED_MAX = 128 };

struct elf {
    const char *loader;      /* PT_INTERP; NULL: a library, or a static program */
    const char *search;      /* DT_RUNPATH or DT_RPATH, as it stands there; NULL: none */
    const char *interpreter; /* of a script: the path behind #!; NULL: no script */
    const char *argument;    /* of its first line, as in #!/usr/bin/env NAME; NULL: none */
    const char *needed[ELF_NEEDED_MAX];
    unsigned needed_count;
};

/* False: the file cannot be read, or is neither. */
bool elf_read(struct elf *elf, struct arena *arena, const char *path);

#endif
