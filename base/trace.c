#include "base/trace.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/view.h"

bool trace_is_on(const char *stage)
{
    const char *wanted = secure_getenv("CORDON_TRACE");
    if (!wanted || !*wanted) return false;
    struct view rest = view_of_cstr(wanted), word;
    bool has_more = true;
    while (has_more) {
        has_more = view_split(rest, ',', &word, &rest);
        if (view_equals_cstr(word, stage) || view_equals_cstr(word, "all")) return true;
    }
    return false;
}

void trace_print(const char *stage, const char *format, ...)
{
    char line[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    fprintf(stderr, "cordon[%s]: %s\n", stage, line);
}
