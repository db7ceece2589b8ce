/* log_query.h - which records of the audit log somebody wants to see. */
#ifndef CORDON_CORDON_LOG_QUERY_H
#define CORDON_CORDON_LOG_QUERY_H

#include <jansson.h>

#include "cordon/options.h"

/* A query with its times worked out: RFC 3339 texts compare as texts. */
struct log_filter {
    const struct log_query *query;
    const char *actor;
    char since[32], until[32];
};

/* False: a time that cannot be read. The query and the actor outlive the filter. */
bool log_filter_make(struct log_filter *filter, const struct log_query *query, const char *actor,
                     struct error *err);

bool log_filter_fits(const struct log_filter *filter, const json_t *record);

/* A text of a record by its keys (`inner` may be NULL), or "". */
const char *log_text(const json_t *record, const char *key, const char *inner);

#endif
