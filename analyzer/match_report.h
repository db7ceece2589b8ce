/* match_report.h - ranges to findings. */
#ifndef CORDON_ANALYZER_MATCH_REPORT_H
#define CORDON_ANALYZER_MATCH_REPORT_H

#include "analyzer/finding.h"
#include "analyzer/match_formula.h"

/* One finding for each range. False where the arena is exhausted. */
bool report_ranges(struct evaluation *e, const struct program *program, const struct range_list *ranges,
                   struct finding_list *findings);

/* match_beginning.c: the scheme, host and slash with which the value of a node surely begins, whatever
 * follows. False: that is not known. */
bool match_url_beginning(const struct tree_match *m, struct arena *arena, uint32_t node, struct view *url);

/* In source order; at LIMIT_FINDINGS the rest is replaced by a finding that says so. */
bool report_sort(struct finding_list *findings, struct arena *arena);

#endif
