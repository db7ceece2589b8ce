/* http_jobs.h - how many programs are checked and run at once, how many requests wait, and who has left. Any
 * thread. */
#ifndef CORDON_CORDON_HTTP_JOBS_H
#define CORDON_CORDON_HTTP_JOBS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"

/* One request from its place in the queue to its end. */
struct http_job {
    int cancel_fd; /* readable: its client left, or the server stops at once */
    int socket_fd;
    uint64_t id;
    struct http_job *next;
};

enum http_entry {
    ENTRY_GIVEN,    /* it may work; http_jobs_leave afterwards */
    ENTRY_BUSY,     /* the queue is full */
    ENTRY_LEFT,     /* its client left while it waited */
    ENTRY_STOPPING, /* the server takes no more */
};

struct http_jobs {
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t changed;
    unsigned slots, queue; /* the most that work, and that wait */
    unsigned running, waiting;
    bool is_stopping;
    struct http_job *jobs;
    uint64_t last_id;
    int epoll_fd;
    pthread_t watcher;
};

/* Starts the thread that notices clients who leave. */
bool http_jobs_open(struct http_jobs *jobs, unsigned slots, unsigned queue, struct error *err);
/* No job is left. */
void http_jobs_close(struct http_jobs *jobs);

/* Waits for a slot. In every case but ENTRY_GIVEN the job is over. */
enum http_entry http_jobs_enter(struct http_jobs *jobs, struct http_job *job, int socket_fd);
void http_jobs_leave(struct http_jobs *jobs, struct http_job *job);

/* Takes no more jobs; waits until none is left. `at_once` cancels those that are there. False after
 * `wait_ms`, with some left. */
bool http_jobs_stop(struct http_jobs *jobs, bool at_once, unsigned wait_ms);

#endif
