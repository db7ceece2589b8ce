/* log_chart.h - what the records come to: over time, by capability, by limit, by rule. */
#ifndef CORDON_CORDON_LOG_CHART_H
#define CORDON_CORDON_LOG_CHART_H

#include <jansson.h>
#include <stdio.h>

/* The class of a record in the page's style: "ok" approved, "ran", "no" refused, "bad" failed or ended. */
const char *log_chart_class(const json_t *record);

void log_chart_put(FILE *out, const json_t *records);

#endif
