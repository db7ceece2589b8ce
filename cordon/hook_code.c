#include "cordon/hook_code.h"

#include <stdarg.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/io.h"

bool hook_code_add(struct hook_codes *codes, struct arena *arena, struct hook_code code)
{
    if (codes->items.count == HOOK_CODES_MAX)
        return hook_problem_add(codes, arena, "more than %d programs in one call", HOOK_CODES_MAX);
    return ARRAY_PUSH(arena, &codes->items, code);
}

bool hook_problem_add(struct hook_codes *codes, struct arena *arena, const char *format, ...)
{
    char text[600];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    if (codes->problems.count == HOOK_PROBLEMS_MAX) return true; /* one is enough to deny */
    struct view copy = arena_copy(arena, view_of_cstr(text));
    return copy.bytes && ARRAY_PUSH(arena, &codes->problems, copy);
}

struct view hook_file_read(struct arena *arena, struct view path, bool *is_whole)
{
    struct view bytes = {0}, name = arena_copy(arena, path);
    struct stat status;
    struct error ignored = {0};
    *is_whole = true;
    if (!name.bytes || memchr(name.bytes, '\0', name.length) || stat(name.bytes, &status) < 0 ||
        !S_ISREG(status.st_mode))
        return (struct view){0};
    *is_whole = io_read_file(arena, name.bytes, HOOK_FILE_BYTES_MAX, &bytes, &ignored) &&
                bytes.length <= HOOK_FILE_BYTES_MAX;
    return bytes.bytes ? bytes : VIEW("");
}
