/* log_event.h - the records of what a run did outside its cell, for people. */
#ifndef CORDON_CORDON_LOG_EVENT_H
#define CORDON_CORDON_LOG_EVENT_H

#include <jansson.h>
#include <stdbool.h>

enum { LOG_EVENT_BYTES = 640 };

/* Whether a record is one. */
bool log_event_is(const json_t *record);

/* What came of it, in a word. */
const char *log_event_outcome(const json_t *record);

/* What it was, in a line. Returns `out`. Texts are as the record has them, to be escaped. */
const char *log_event_text(const json_t *record, char out[LOG_EVENT_BYTES]);

#endif
