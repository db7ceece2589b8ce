/* hook_code.h - the code that a tool is about to run or write: what is to be checked, and what cannot be
 * known before it runs. One list for each event; the arena owns it. */
#ifndef CORDON_CORDON_HOOK_CODE_H
#define CORDON_CORDON_HOOK_CODE_H

#include "analyzer/analyzer.h"

enum {
    HOOK_CODES_MAX = 64,
    HOOK_PROBLEMS_MAX = 16,
    HOOK_DEPTH_MAX = 8,                           /* sh -c inside of sh -c ... */
    HOOK_FILE_BYTES_MAX = LIMIT_SOURCE_BYTES_MAX, /* of a file that is read */
};

struct hook_code {
    const struct language *language;
    struct view label; /* the file's path, or "python3 -c" */
    struct view text;
    struct view before; /* of a file that is changed: its content now */
    bool has_before;
    bool is_owned; /* hook_command.c: its texts are copied */
    bool is_read;  /* a command whose code in other words was taken out and is checked, or is a problem */
};

struct hook_codes {
    ARRAY_OF(struct hook_code) items;
    ARRAY_OF(struct view) problems; /* why it cannot be decided; each is a denial */
};

/* False where the arena, or the bound on what one event may hold, is reached. */
bool hook_code_add(struct hook_codes *codes, struct arena *arena, struct hook_code code);
__attribute__((format(printf, 3, 4))) bool hook_problem_add(struct hook_codes *codes, struct arena *arena,
                                                            const char *format, ...);

/* What a file of the machine holds. NULL bytes: it is not there, or is no regular file. `*is_whole` is false
 * where it is larger than the bound or cannot be read. */
struct view hook_file_read(struct arena *arena, struct view path, bool *is_whole);

#endif
