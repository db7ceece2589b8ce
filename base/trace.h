/* trace.h - what a stage did, on stderr, when CORDON_TRACE names the stage (a comma-separated list, or
 * "all"). For people at work on cordon; never for output that anyone relies on. Any thread. */
#ifndef CORDON_BASE_TRACE_H
#define CORDON_BASE_TRACE_H

#include <stdbool.h>

bool trace_is_on(const char *stage);
__attribute__((format(printf, 2, 3))) void trace_print(const char *stage, const char *format, ...);

#define TRACE(stage, ...)                                        \
    do {                                                         \
        if (trace_is_on(stage)) trace_print(stage, __VA_ARGS__); \
    } while (0)

#endif
