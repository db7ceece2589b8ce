/* pattern_index.h - where a pattern can match at all: the kinds of nodes where a match starts and the texts
 * that a source must contain. */
#ifndef CORDON_ANALYZER_PATTERN_INDEX_H
#define CORDON_ANALYZER_PATTERN_INDEX_H

#include "analyzer/pattern.h"

/* Sets the pattern's root kinds and needs from its nodes. */
bool pattern_index(struct pattern_context *context, struct pattern *pattern, struct error *err);

#endif
