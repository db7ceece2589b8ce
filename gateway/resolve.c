#include "gateway/resolve.h"

#include <arpa/inet.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/io.h"
#include "gateway/limits.h"

enum { STACK_BYTES = 512 * 1024 }; /* modules of the name service switch run on it */

/* Of one name; both threads hold it, and the last one frees it. */
struct question {
    atomic_uint holders;
    int answered_fd;
    atomic_bool is_answered; /* then these are the other thread's to read */
    struct addrinfo *places;
    char service[8];
    char host[];
};

/* Of the process, since a resolver that does not answer is the machine's, not one cell's. */
static atomic_uint asking;

static int lookup(const char *host, const char *service, struct addrinfo **places)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV | AI_ADDRCONFIG};
    int failed = getaddrinfo(host, service, &hints, places);
    if (!failed) return 0;
    /* Without a network of its own the machine has no address that AI_ADDRCONFIG counts; loopback still
     * works. */
    hints.ai_flags = AI_NUMERICSERV;
    return getaddrinfo(host, service, &hints, places);
}

static void question_release(struct question *question)
{
    if (atomic_fetch_sub(&question->holders, 1) != 1) return;
    if (question->places) freeaddrinfo(question->places);
    close(question->answered_fd);
    free(question);
}

static void *question_main(void *argument)
{
    struct question *question = argument;
    if (lookup(question->host, question->service, &question->places) != 0) question->places = NULL;
    atomic_fetch_sub(&asking, 1);
    atomic_store(&question->is_answered, true);
    eventfd_write(question->answered_fd, 1);
    question_release(question);
    return NULL;
}

static struct question *question_new(const char *host, const char *service)
{
    size_t length = strlen(host) + 1;
    struct question *question = calloc(1, sizeof *question + length);
    if (!question) return NULL;
    memcpy(question->host, host, length);
    snprintf(question->service, sizeof question->service, "%s", service);
    atomic_init(&question->holders, 1);
    question->answered_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (question->answered_fd >= 0) return question;
    free(question);
    return NULL;
}

/* The host's signals are not for this thread. */
static bool question_ask(struct question *question)
{
    sigset_t all, before;
    pthread_attr_t attributes;
    pthread_t thread;
    atomic_fetch_add(&question->holders, 1);
    sigfillset(&all);
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool is_asked = pthread_create(&thread, &attributes, question_main, question) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    if (!is_asked) question_release(question);
    return is_asked;
}

static bool is_numeric(const char *host)
{
    unsigned char address[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
}

struct addrinfo *resolve(const struct pump *pump, const char *host, uint16_t port, const char **fault)
{
    struct addrinfo *places = NULL;
    char service[8];
    snprintf(service, sizeof service, "%u", port);
    *fault = "the name has no address";
    if (is_numeric(host)) return lookup(host, service, &places) == 0 ? places : NULL;
    if (atomic_fetch_add(&asking, 1) >= LIMIT_RESOLVING_AT_ONCE) {
        atomic_fetch_sub(&asking, 1);
        *fault = "too many names wait for the system's resolver";
        return NULL;
    }
    struct question *question = question_new(host, service);
    if (!question || !question_ask(question)) {
        atomic_fetch_sub(&asking, 1);
        if (question) question_release(question);
        *fault = "no memory to resolve the name";
        return NULL;
    }
    if (pump_wait(pump, question->answered_fd, POLLIN, io_now_ms() + LIMIT_RESOLVE_MS) &&
        atomic_load(&question->is_answered)) {
        places = question->places;
        question->places = NULL;
    } else {
        *fault = "the name was not resolved in time";
    }
    question_release(question);
    return places;
}
