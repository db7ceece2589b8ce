/* diagnostic.h - findings as people read them: rule, severity, message, place, excerpt, caret, help. */
#ifndef CORDON_CORDON_DIAGNOSTIC_H
#define CORDON_CORDON_DIAGNOSTIC_H

#include <stdbool.h>
#include <stdio.h>

#include "analyzer/analyzer.h"

/* The findings of a report, in source order; those that are granted only where they are asked for. */
void diagnostic_print(FILE *out, const struct report *report, bool shows_granted, bool has_color);

#endif
