/* log_show.h - records as people read them, on a terminal and as a page. */
#ifndef CORDON_CORDON_LOG_SHOW_H
#define CORDON_CORDON_LOG_SHOW_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "cordon/audit_verify.h"

/* Some lines of text, made safe for a terminal. */
void log_show_record(FILE *out, const json_t *record, bool has_color);

/* "approve", "exited 0", "limit memory", ...: what became of it. The text lives in `out`. */
const char *log_outcome(const json_t *record, char out[80]);

/* One self-contained HTML page over the records (an array, oldest first): no script, nothing fetched. Sources
 * come from the store beside the log at `path`, and only where their digest is right. */
void log_page_write(FILE *out, const char *path, const json_t *records, const struct audit_verdict *verdict);

#endif
