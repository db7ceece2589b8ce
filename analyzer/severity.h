/* severity.h - how bad a finding is; the order is the order of the enum. */
#ifndef CORDON_ANALYZER_SEVERITY_H
#define CORDON_ANALYZER_SEVERITY_H

#include <stdbool.h>

#include "base/view.h"

enum severity {
#define SEVERITY(name, word, older, newer) SEVERITY_##name,
#include "analyzer/severity.def"
#undef SEVERITY
    SEVERITY_COUNT
};

const char *severity_word(enum severity severity);

/* Knows our words and both of Semgrep's sets, in their spelling. False where the word is none of them. */
bool severity_of_word(struct view word, enum severity *severity);

#endif
