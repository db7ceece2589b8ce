/* fingerprint.h - what stays the same of a finding while other lines come and go: for baselines and for
 * services that follow a finding from report to report. */
#ifndef CORDON_ANALYZER_FINGERPRINT_H
#define CORDON_ANALYZER_FINGERPRINT_H

#include "analyzer/finding.h"
#include "analyzer/source.h"

/* Sets `fingerprint` of every finding, which are in source order: 32 hexadecimal digits of a hash of the rule
 * and of the text it was found in, without regard to the white space, then a colon and which of the equal
 * ones in this source it is, from 1. Neither the path nor line numbers are in it. False where the arena is
 * exhausted. */
bool fingerprint_findings(const struct source *source, struct arena *arena, struct finding_list *findings);

#endif
