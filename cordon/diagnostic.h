/* diagnostic.h - findings as people read them: rule, severity, message, place, excerpt, caret, help. */
#ifndef CORDON_CORDON_DIAGNOSTIC_H
#define CORDON_CORDON_DIAGNOSTIC_H

#include <stdbool.h>
#include <stdio.h>

#include "analyzer/analyzer.h"

/* Every finding of a report, in source order. Nothing for a source without findings. */
void diagnostic_print(FILE *out, const struct report *report, bool has_color);

#endif
