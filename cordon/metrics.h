/* metrics.h - what `cordon serve` counts, in the text format of Prometheus 0.0.4. Any thread. */
#ifndef CORDON_CORDON_METRICS_H
#define CORDON_CORDON_METRICS_H

#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>

#include "cordon/http_jobs.h"
#include "cordon/service.h"

enum metric {
#define METRIC(name, family, labels, help) METRIC_##name,
#include "cordon/metrics.def"
#undef METRIC
    METRIC_COUNT
};

/* Upper ends of the histogram of wall times, in milliseconds; behind them all others. */
enum { METRICS_BUCKETS = 9 };

struct metrics {
    _Atomic uint64_t counts[METRIC_COUNT];
    _Atomic uint64_t wall_buckets[METRICS_BUCKETS + 1];
    _Atomic uint64_t wall_ms;
};

void metrics_count(struct metrics *metrics, enum metric metric);
void metrics_status(struct metrics *metrics, unsigned status);
void metrics_answer(struct metrics *metrics, const struct service_answer *answer);
/* `pool` may be NULL. */
void metrics_write(struct metrics *metrics, struct http_jobs *jobs, struct pool *pool, FILE *out);

#endif
