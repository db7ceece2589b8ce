/* http_stream.c - the program's thread fills a buffer, the connection's empties it. The buffer grows up to
 * the limit of output: a reader that is slow must not stop the supervisor, who owns the deadlines. One that
 * is gone ends the program. */
#include "cordon/http_stream.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "base/json.h"
#include "base/utf8.h"
#include "cordon/http_library.h"

/* How often a comment shows whether anybody is there. */
enum { ALIVE_EVERY_S = 10 };

struct http_stream {
    struct http_server *server;
    struct http_request *request;
    pthread_t thread;
    pthread_mutex_t lock; /* guards all below */
    pthread_cond_t changed;
    char *bytes;
    size_t length, capacity;
    bool is_done, is_left;
    char tails[2][4]; /* of stdout and stderr: the beginning of a character whose end is to come */
    size_t tail_lengths[2];
};

/* "event: NAME", "data: JSON", an empty line. Takes the reference. False: the reader is gone. */
static bool event_put(struct http_stream *stream, const char *name, json_t *data)
{
    char *text = json_dumps(data, JSON_COMPACT);
    json_decref(data);
    if (!text) return false;
    size_t size = strlen(text) + strlen(name) + 32;
    pthread_mutex_lock(&stream->lock);
    if (stream->length + size > stream->capacity && !stream->is_left) {
        size_t capacity = 2 * (stream->length + size);
        char *bytes = realloc(stream->bytes, capacity);
        if (!bytes) stream->is_left = true;
        if (bytes) {
            stream->bytes = bytes;
            stream->capacity = capacity;
        }
    }
    if (!stream->is_left)
        stream->length +=
            (size_t)snprintf(stream->bytes + stream->length, size, "event: %s\ndata: %s\n\n", name, text);
    bool is_there = !stream->is_left;
    pthread_cond_broadcast(&stream->changed);
    pthread_mutex_unlock(&stream->lock);
    free(text);
    return is_there;
}

/* Bytes at the end that begin a character and do not end it. */
static size_t tail_length(struct view text)
{
    for (size_t back = 1; back <= 3 && back <= text.length; back++) {
        unsigned char c = (unsigned char)text.bytes[text.length - back];
        if (c < 0x80) return 0;
        if (c < 0xc0) continue;
        size_t wanted = c >= 0xf0 ? 4 : c >= 0xe0 ? 3 : 2;
        return wanted > back ? back : 0;
    }
    return 0;
}

static bool output_put(void *context, enum cell_stream which, struct view bytes)
{
    struct http_stream *stream = context;
    size_t held = stream->tail_lengths[which], length = held + bytes.length;
    char *text = malloc(length + 1);
    if (!text) return false;
    memcpy(text, stream->tails[which], held);
    memcpy(text + held, bytes.bytes, bytes.length);
    size_t tail = tail_length(view_make(text, length));
    stream->tail_lengths[which] = tail;
    memcpy(stream->tails[which], text + length - tail, tail);
    json_t *data = json_pack("{s:o}", "text", json_string_of_view(view_make(text, length - tail)));
    free(text);
    return event_put(stream, which == CELL_STDOUT ? "stdout" : "stderr", data);
}

static void *stream_work(void *argument)
{
    struct http_stream *stream = argument;
    struct http_server *server = stream->server;
    struct http_request *request = stream->request;
    struct service_answer answer;
    struct cell_io io = {
        .stdin_fd = -1,
        .on_output = output_put,
        .context = stream,
        .cancel_fd = request->job.cancel_fd,
    };
    service_run(server->service, &request->caller, &request->asked, &io, &answer);
    metrics_answer(&server->metrics, &answer);
    json_t *whole = service_answer_json(server->service, &answer);
    service_answer_clear(&answer);
    http_jobs_leave(&server->jobs, &request->job);
    event_put(stream, "result", whole);
    pthread_mutex_lock(&stream->lock);
    stream->is_done = true;
    pthread_cond_broadcast(&stream->changed);
    pthread_mutex_unlock(&stream->lock);
    return NULL;
}

static ssize_t stream_read(void *context, uint64_t position, char *out, size_t most)
{
    struct http_stream *stream = context;
    struct timespec until;
    ssize_t taken = MHD_CONTENT_READER_END_OF_STREAM;
    (void)position;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += ALIVE_EVERY_S;
    pthread_mutex_lock(&stream->lock);
    int waited = 0;
    while (!stream->length && !stream->is_done && waited == 0)
        waited = pthread_cond_timedwait(&stream->changed, &stream->lock, &until);
    if (stream->length) {
        taken = (ssize_t)(stream->length < most ? stream->length : most);
        memcpy(out, stream->bytes, (size_t)taken);
        stream->length -= (size_t)taken;
        memmove(stream->bytes, stream->bytes + taken, stream->length);
    } else if (!stream->is_done && most >= 3) {
        memcpy(out, ":\n\n", 3); /* a comment */
        taken = 3;
    }
    pthread_mutex_unlock(&stream->lock);
    return taken;
}

/* Nobody reads any more, or all was read. */
static void stream_free(void *context)
{
    struct http_stream *stream = context;
    pthread_mutex_lock(&stream->lock);
    stream->is_left = true; /* the next output ends the cell, if the watcher did not */
    pthread_cond_broadcast(&stream->changed);
    pthread_mutex_unlock(&stream->lock);
    pthread_join(stream->thread, NULL);
    pthread_mutex_destroy(&stream->lock);
    pthread_cond_destroy(&stream->changed);
    http_request_free(stream->server, stream->request);
    free(stream->bytes);
    free(stream);
}

bool http_stream_start(struct http_server *server, struct http_request *request,
                       struct MHD_Response **response)
{
    struct http_stream *stream = calloc(1, sizeof *stream);
    pthread_condattr_t monotonic;
    if (!stream) return false;
    stream->server = server;
    stream->request = request;
    pthread_mutex_init(&stream->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&stream->changed, &monotonic);
    if (pthread_create(&stream->thread, NULL, stream_work, stream) != 0) {
        free(stream);
        return false;
    }
    *response =
        http.MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 16384, stream_read, stream, stream_free);
    if (!*response) stream_free(stream);
    return true;
}
