/* format_spec.h - `:=` in a hole of a formatted string: Python reads f"{x:=^30}" as x with the format `=^30`,
 * the grammar as an assignment to x. Found by the tree; another sign is put in its place in what the parser
 * is given, and it parses again. */
#ifndef CORDON_ANALYZER_FORMAT_SPEC_H
#define CORDON_ANALYZER_FORMAT_SPEC_H

#include "analyzer/syntax.h"

/* Puts `>` into `reading` (as long as the source) for each such `=`, and returns how many. */
uint32_t format_specs_mend(const struct syntax *syntax, char *reading);

#endif
