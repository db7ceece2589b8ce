#include "cordon/metrics.h"

#include <inttypes.h>
#include <string.h>

static const struct {
    const char *family, *labels, *help;
} facts[METRIC_COUNT] = {
#define METRIC(name, family, labels, help) [METRIC_##name] = {family, labels, help},
#include "cordon/metrics.def"
#undef METRIC
};

static const unsigned bucket_ms[METRICS_BUCKETS] = {25, 50, 100, 250, 500, 1000, 2500, 10000, 60000};

void metrics_count(struct metrics *metrics, enum metric metric)
{
    atomic_fetch_add(&metrics->counts[metric], 1);
}

void metrics_status(struct metrics *metrics, unsigned status)
{
    metrics_count(metrics, status < 300 ? METRIC_HTTP_2XX : status < 500 ? METRIC_HTTP_4XX : METRIC_HTTP_5XX);
}

void metrics_answer(struct metrics *metrics, const struct service_answer *answer)
{
    static const enum metric by_ended[] = {
        [ENDED_FAILED] = METRIC_RUN_FAILED,     [ENDED_EXITED] = METRIC_RUN_EXITED,
        [ENDED_SIGNALED] = METRIC_RUN_SIGNALED, [ENDED_LIMIT] = METRIC_RUN_LIMIT,
        [ENDED_REFUSED] = METRIC_RUN_REFUSED,   [ENDED_CANCELED] = METRIC_RUN_CANCELED,
    };
    metrics_count(metrics, service_is_approved(answer) ? METRIC_CHECK_APPROVE
                           : answer->was_checked       ? METRIC_CHECK_REJECT
                                                       : METRIC_CHECK_UNDECIDED);
    if (!answer->is_run) return;
    metrics_count(metrics, by_ended[answer->result.ended]);
    if (!answer->result.wall_ms) return;
    int at = 0;
    while (at < METRICS_BUCKETS && answer->result.wall_ms > bucket_ms[at]) at++;
    atomic_fetch_add(&metrics->wall_buckets[at], 1);
    atomic_fetch_add(&metrics->wall_ms, answer->result.wall_ms);
}

static void gauge_write(FILE *out, const char *name, const char *help, uint64_t value)
{
    fprintf(out, "# HELP %s %s\n# TYPE %s gauge\n%s %" PRIu64 "\n", name, help, name, name, value);
}

static void pool_write(struct pool *pool, FILE *out)
{
    struct pool_stats stats = pool_stats(pool);
    fprintf(out,
            "# HELP cordon_pool_runs_total Runs in a cell that waited, and in one of their own.\n"
            "# TYPE cordon_pool_runs_total counter\ncordon_pool_runs_total{start=\"warm\"} %" PRIu64
            "\ncordon_pool_runs_total{start=\"cold\"} %" PRIu64 "\n",
            stats.warm, stats.cold);
    gauge_write(out, "cordon_pool_cells_waiting", "Cells that wait for their job.", stats.waiting);
}

void metrics_write(struct metrics *metrics, struct http_jobs *jobs, struct pool *pool, FILE *out)
{
    for (int i = 0; i < METRIC_COUNT; i++) {
        if (facts[i].help[0])
            fprintf(out, "# HELP %s %s\n# TYPE %s counter\n", facts[i].family, facts[i].help,
                    facts[i].family);
        bool has_labels = facts[i].labels[0] != '\0';
        fprintf(out, "%s%s%s%s %" PRIu64 "\n", facts[i].family, has_labels ? "{" : "", facts[i].labels,
                has_labels ? "}" : "", atomic_load(&metrics->counts[i]));
    }
    pthread_mutex_lock(&jobs->lock);
    unsigned running = jobs->running, waiting = jobs->waiting, slots = jobs->slots;
    pthread_mutex_unlock(&jobs->lock);
    gauge_write(out, "cordon_jobs_running", "Checks and runs under way.", running);
    gauge_write(out, "cordon_jobs_waiting", "Requests that wait for a slot.", waiting);
    gauge_write(out, "cordon_job_slots", "The most that may be under way.", slots);
    if (pool) pool_write(pool, out);
    fputs("# HELP cordon_run_seconds Wall time of programs.\n# TYPE cordon_run_seconds histogram\n", out);
    uint64_t sum = 0;
    for (int i = 0; i <= METRICS_BUCKETS; i++) {
        sum += atomic_load(&metrics->wall_buckets[i]);
        if (i < METRICS_BUCKETS)
            fprintf(out, "cordon_run_seconds_bucket{le=\"%g\"} %" PRIu64 "\n", bucket_ms[i] / 1000.0, sum);
        else
            fprintf(out, "cordon_run_seconds_bucket{le=\"+Inf\"} %" PRIu64 "\n", sum);
    }
    fprintf(out, "cordon_run_seconds_sum %g\ncordon_run_seconds_count %" PRIu64 "\n",
            (double)atomic_load(&metrics->wall_ms) / 1000.0, sum);
    fprintf(out,
            "# HELP cordon_build_info The version.\n# TYPE cordon_build_info gauge\n"
            "cordon_build_info{version=\"%s\"} 1\n",
            CORDON_VERSION);
}
