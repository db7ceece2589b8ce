#include "gateway/answer_pass.h"

#include <stdio.h>

#include "base/io.h"

/* One answer under way. */
struct passing {
    struct pump *pump;
    struct answer_space *space;
    bool is_old_client;
    bool sends_chunks;
};

/* Reads more of the answer. False: it has ended, or failed. */
static bool fill(struct passing *passing, bool *has_ended)
{
    struct answer_space *space = passing->space;
    if (space->in_start == space->in_end) space->in_start = space->in_end = 0;
    if (space->in_start > 0 && space->in_end == sizeof space->in) {
        memmove(space->in, space->in + space->in_start, space->in_end - space->in_start);
        space->in_end -= space->in_start;
        space->in_start = 0;
    }
    size_t room = sizeof space->in - space->in_end;
    if (room > ANSWER_READ_BYTES) room = ANSWER_READ_BYTES;
    if (!room) return false;
    ssize_t got = pump_read(passing->pump, &passing->pump->server, space->in + space->in_end, room,
                            io_now_ms() + LIMIT_IDLE_MS);
    *has_ended = got == 0;
    if (got <= 0) return false;
    space->in_end += (size_t)got;
    passing->pump->received_bytes += (uint64_t)got;
    return passing->pump->received_bytes <= LIMIT_BYTES;
}

static struct view waiting(const struct answer_space *space)
{
    return view_make(space->in + space->in_start, space->in_end - space->in_start);
}

/* Sends what may go, as a chunk where chunks are sent. */
static bool flush(struct passing *passing, bool is_end)
{
    struct answer_space *space = passing->space;
    size_t ready = scrub_run(&space->scrub, space->out, space->out_length, is_end);
    const struct link *client = &passing->pump->client;
    char line[24];
    if (ready && passing->sends_chunks) {
        int length = snprintf(line, sizeof line, "%zx\r\n", ready);
        if (!pump_write(passing->pump, client, view_make(line, (size_t)length))) return false;
    }
    if (!pump_write(passing->pump, client, view_make(space->out, ready))) return false;
    if (ready && passing->sends_chunks && !pump_write(passing->pump, client, VIEW("\r\n"))) return false;
    memmove(space->out, space->out + ready, space->out_length - ready);
    space->out_length -= ready;
    return !is_end || !passing->sends_chunks || pump_write(passing->pump, client, VIEW("0\r\n\r\n"));
}

static const char cut_off[] = "the answer was cut off";

/* As many bytes of the body, or all until the end. */
static const char *bytes_pass(struct passing *passing, uint64_t count, bool is_until_end)
{
    struct answer_space *space = passing->space;
    while (count || is_until_end) {
        bool has_ended = false;
        if (!waiting(space).length && !fill(passing, &has_ended))
            return is_until_end && has_ended ? NULL : cut_off;
        struct view part = view_slice(waiting(space), 0, ANSWER_READ_BYTES);
        if (!is_until_end && part.length > count) part.length = (size_t)count;
        memcpy(space->out + space->out_length, part.bytes, part.length);
        space->out_length += part.length;
        space->in_start += part.length;
        if (!is_until_end) count -= part.length;
        if (!flush(passing, false)) return "nobody takes the answer";
    }
    return NULL;
}

/* One line with its CRLF, taken off what was read. */
static bool line_take(struct passing *passing, struct view *line)
{
    for (;;) {
        bool has_ended;
        struct view text = waiting(passing->space);
        size_t end = view_find(text, VIEW("\r\n"));
        if (end != SIZE_MAX && end < LIMIT_ANSWER_CHUNK_LINE) {
            *line = view_slice(text, 0, end);
            passing->space->in_start += end + 2;
            return true;
        }
        if (end != SIZE_MAX || text.length >= LIMIT_ANSWER_CHUNK_LINE) return false;
        if (!fill(passing, &has_ended)) return false;
    }
}

/* One to eight hexadecimal digits; an extension behind them is left out. */
static bool size_read(struct view line, uint64_t *size)
{
    struct view digits, extension;
    view_split(line, ';', &digits, &extension);
    digits = view_trim(digits);
    *size = 0;
    for (size_t i = 0; i < digits.length; i++) {
        char byte = digits.bytes[i];
        char low = (char)(byte | 0x20);
        bool is_letter = low >= 'a' && low <= 'f';
        if (!is_letter && (byte < '0' || byte > '9')) return false;
        *size = *size << 4 | (uint64_t)(is_letter ? low - 'a' + 10 : byte - '0');
    }
    return digits.length > 0 && digits.length <= 8;
}

static const char *chunks_pass(struct passing *passing)
{
    for (;;) {
        struct view line;
        uint64_t size;
        if (!line_take(passing, &line) || !size_read(line, &size)) return cut_off;
        if (size == 0) break;
        const char *fault = bytes_pass(passing, size, false);
        if (fault) return fault;
        if (!line_take(passing, &line) || line.length) return cut_off;
    }
    for (uint32_t i = 0; i <= LIMIT_ANSWER_HEADERS; i++) { /* trailers, which are left out */
        struct view line;
        if (!line_take(passing, &line)) return cut_off;
        if (!line.length) return NULL;
    }
    return "the answer has too many trailers";
}

/* The next head; interim ones are left out. */
static const char *head_read(struct passing *passing, struct view method)
{
    struct answer_space *space = passing->space;
    for (int interim = 0; interim < 8; interim++) {
        size_t end;
        while ((end = view_find(waiting(space), VIEW("\r\n\r\n"))) == SIZE_MAX) {
            bool has_ended = false;
            if (!fill(passing, &has_ended))
                return waiting(space).length == sizeof space->in ? "the server's head is too long"
                                                                 : "the server did not answer";
        }
        struct view head = view_slice(waiting(space), 0, end + 4);
        space->in_start += end + 4;
        const char *fault = answer_parse(&space->answer, head, method);
        if (fault || !space->answer.is_interim) return fault;
    }
    return "the server answers without end";
}

const char *answer_pass(struct pump *pump, struct answer_space *space, struct view secret,
                        const struct request *request, bool *has_begun)
{
    struct passing passing = {pump, space, request->is_old, false};
    const struct answer *answer = &space->answer;
    scrub_init(&space->scrub, secret);
    const char *fault = head_read(&passing, request->method);
    if (fault) return fault;
    if (secret.length && answer->is_coded)
        return "the server's answer is compressed, which was not asked for and could hide the secret";
    space->out_length = answer_write(answer, request->is_old, space->out, sizeof space->out);
    if (!space->out_length) return "the server's head is too long";
    /* A line at a time, since a secret cannot break one; what is behind the head must not change it. */
    scrub_run(&space->scrub, space->out, space->out_length, true);
    *has_begun = true;
    bool is_sent = pump_write(pump, &pump->client, view_make(space->out, space->out_length));
    space->out_length = 0;
    if (!is_sent) return "nobody takes the answer";
    if (answer->body == ANSWER_EMPTY) return NULL;
    passing.sends_chunks = answer->body != ANSWER_LENGTH && !request->is_old;
    fault = answer->body == ANSWER_CHUNKED  ? chunks_pass(&passing)
            : answer->body == ANSWER_LENGTH ? bytes_pass(&passing, answer->body_bytes, false)
                                            : bytes_pass(&passing, 0, true);
    if (fault) return fault;
    return flush(&passing, true) ? NULL : "nobody takes the answer";
}
