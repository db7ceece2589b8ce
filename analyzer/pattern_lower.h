/* pattern_lower.h - a parsed pattern to its program. */
#ifndef CORDON_ANALYZER_PATTERN_LOWER_H
#define CORDON_ANALYZER_PATTERN_LOWER_H

#include "analyzer/pattern.h"

/* Lowers what is below `root` of the pattern's own tree; root 0 means its statements. NULL with an error. */
const struct pattern *pattern_lower(struct pattern_context *context, const struct form_table *forms,
                                    const struct syntax *syntax, uint32_t root, struct error *err);

#endif
