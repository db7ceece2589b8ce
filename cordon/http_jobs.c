#include "cordon/http_jobs.h"

#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

/* How often somebody who waits looks whether its client is still there. */
enum { LOOK_EVERY_MS = 100 };

static void job_cancel(const struct http_job *job)
{
    uint64_t one = 1;
    if (write(job->cancel_fd, &one, sizeof one) < 0) return; /* it is readable already */
}

/* A half-closed connection counts as left: HTTP clients that wait for an answer keep theirs open. The jobs
 * are looked up by number, since a descriptor may be somebody else's by now. */
static void *clients_watch(void *argument)
{
    struct http_jobs *jobs = argument;
    for (;;) {
        struct epoll_event event;
        if (epoll_wait(jobs->epoll_fd, &event, 1, -1) < 1) {
            if (errno == EINTR) continue;
            return NULL;
        }
        if (event.data.u64 == 0) return NULL; /* http_jobs_close */
        pthread_mutex_lock(&jobs->lock);
        for (struct http_job *job = jobs->jobs; job; job = job->next)
            if (job->id == event.data.u64) job_cancel(job);
        pthread_mutex_unlock(&jobs->lock);
    }
}

bool http_jobs_open(struct http_jobs *jobs, unsigned slots, unsigned queue, struct error *err)
{
    *jobs = (struct http_jobs){.slots = slots, .queue = queue};
    pthread_condattr_t monotonic;
    pthread_mutex_init(&jobs->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&jobs->changed, &monotonic);
    jobs->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (jobs->epoll_fd >= 0 && pthread_create(&jobs->watcher, NULL, clients_watch, jobs) == 0) return true;
    return error_set_errno(err, ERROR_SYSTEM, errno, "cannot watch clients");
}

void http_jobs_close(struct http_jobs *jobs)
{
    int last = eventfd(1, EFD_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.u64 = 0};
    epoll_ctl(jobs->epoll_fd, EPOLL_CTL_ADD, last, &event);
    pthread_join(jobs->watcher, NULL);
    close(last);
    close(jobs->epoll_fd);
    pthread_cond_destroy(&jobs->changed);
    pthread_mutex_destroy(&jobs->lock);
}

static bool is_canceled(const struct http_job *job)
{
    struct pollfd fd = {.fd = job->cancel_fd, .events = POLLIN};
    return poll(&fd, 1, 0) > 0;
}

/* With the lock held. */
static void changed_wait(struct http_jobs *jobs, unsigned ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (long)ms * 1000000;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_cond_timedwait(&jobs->changed, &jobs->lock, &until);
}

/* With the lock held. */
static void job_forget(struct http_jobs *jobs, struct http_job *job)
{
    struct http_job **at = &jobs->jobs;
    while (*at != job) at = &(*at)->next;
    *at = job->next;
    epoll_ctl(jobs->epoll_fd, EPOLL_CTL_DEL, job->socket_fd, NULL);
    close(job->cancel_fd);
    pthread_cond_broadcast(&jobs->changed);
}

enum http_entry http_jobs_enter(struct http_jobs *jobs, struct http_job *job, int socket_fd)
{
    *job = (struct http_job){.cancel_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), .socket_fd = socket_fd};
    if (job->cancel_fd < 0) return ENTRY_BUSY;
    pthread_mutex_lock(&jobs->lock);
    bool is_full = jobs->running >= jobs->slots && jobs->waiting >= jobs->queue;
    enum http_entry entry = jobs->is_stopping ? ENTRY_STOPPING : is_full ? ENTRY_BUSY : ENTRY_GIVEN;
    if (entry == ENTRY_GIVEN) {
        job->id = ++jobs->last_id;
        job->next = jobs->jobs;
        jobs->jobs = job;
        struct epoll_event event = {.events = EPOLLRDHUP | EPOLLONESHOT, .data.u64 = job->id};
        epoll_ctl(jobs->epoll_fd, EPOLL_CTL_ADD, socket_fd, &event);
        jobs->waiting++;
        while (jobs->running >= jobs->slots && !is_canceled(job) && !jobs->is_stopping)
            changed_wait(jobs, LOOK_EVERY_MS);
        jobs->waiting--;
        entry = jobs->is_stopping ? ENTRY_STOPPING : is_canceled(job) ? ENTRY_LEFT : ENTRY_GIVEN;
        if (entry == ENTRY_GIVEN)
            jobs->running++;
        else
            job_forget(jobs, job);
    } else {
        close(job->cancel_fd);
    }
    pthread_mutex_unlock(&jobs->lock);
    return entry;
}

void http_jobs_leave(struct http_jobs *jobs, struct http_job *job)
{
    pthread_mutex_lock(&jobs->lock);
    jobs->running--;
    job_forget(jobs, job);
    pthread_mutex_unlock(&jobs->lock);
}

bool http_jobs_stop(struct http_jobs *jobs, bool at_once, unsigned wait_ms)
{
    pthread_mutex_lock(&jobs->lock);
    jobs->is_stopping = true;
    pthread_cond_broadcast(&jobs->changed);
    for (struct http_job *job = jobs->jobs; at_once && job; job = job->next) job_cancel(job);
    for (unsigned waited = 0; jobs->jobs && waited < wait_ms; waited += LOOK_EVERY_MS)
        changed_wait(jobs, LOOK_EVERY_MS);
    bool is_idle = !jobs->jobs;
    pthread_mutex_unlock(&jobs->lock);
    return is_idle;
}
