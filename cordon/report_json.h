/* report_json.h - verdicts as JSON (docs/json.md, docs/schema). Each returns a new reference, or NULL without
 * memory. */
#ifndef CORDON_CORDON_REPORT_JSON_H
#define CORDON_CORDON_REPORT_JSON_H

#include <jansson.h>

#include "analyzer/analyzer.h"

/* One element of sources[]. */
json_t *report_json_source(const struct report *report);

/* The object around sources[] and errors[] (both references are taken): decision over all, capabilities. */
json_t *report_json_verdict(json_t *sources, json_t *errors, bool is_approved,
                            const struct capability_set *used, const struct capability_set *granted,
                            const struct capability_set *missing);

/* One element of errors[]. */
json_t *report_json_error(const struct error *err);

#endif
