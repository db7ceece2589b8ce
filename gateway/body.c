#include "gateway/body.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>

#include "base/io.h"

bool reader_fill(struct reader *reader, const struct pump *pump, uint64_t deadline_ms)
{
    if (reader->start == reader->end) reader->start = reader->end = 0;
    if (reader->start > 0) {
        memmove(reader->bytes, reader->bytes + reader->start, reader->end - reader->start);
        reader->end -= reader->start;
        reader->start = 0;
    }
    size_t room = sizeof reader->bytes - reader->end;
    ssize_t got = room ? pump_read(pump, reader->link, reader->bytes + reader->end, room, deadline_ms) : -1;
    if (got > 0) reader->end += (size_t)got;
    return got > 0;
}

static struct view reader_view(const struct reader *reader)
{
    return view_make(reader->bytes + reader->start, reader->end - reader->start);
}

static bool send_counted(struct pump *pump, struct view bytes)
{
    pump->sent_bytes += bytes.length;
    return pump->sent_bytes <= LIMIT_BYTES && pump_write(pump, &pump->server, bytes);
}

/* Whether what is watched for ends in these bytes. */
static bool watch_finds(struct reader *reader, struct view bytes)
{
    size_t length = reader->watch.length;
    if (length == 0 || length >= sizeof reader->seen) return false;
    char border[2 * sizeof reader->seen];
    struct view head = view_slice(bytes, 0, length - 1);
    memcpy(border, reader->seen, reader->seen_length);
    memcpy(border + reader->seen_length, head.bytes, head.length);
    struct view both = view_make(border, reader->seen_length + head.length);
    reader->has_found =
        view_find(both, reader->watch) != SIZE_MAX || view_find(bytes, reader->watch) != SIZE_MAX;
    if (reader->has_found) return true;
    struct view last =
        bytes.length >= length ? view_slice(bytes, bytes.length - (length - 1), bytes.length) : both;
    if (last.length > length - 1) last = view_slice(last, last.length - (length - 1), last.length);
    memcpy(reader->seen, last.bytes, last.length);
    reader->seen_length = last.length;
    return false;
}

static bool bytes_pass(struct pump *pump, struct reader *reader, uint64_t count)
{
    while (count) {
        if (reader->start == reader->end && !reader_fill(reader, pump, io_now_ms() + LIMIT_IDLE_MS))
            return false;
        struct view part = reader_view(reader);
        if (part.length > count) part.length = (size_t)count;
        if (watch_finds(reader, part) || !send_counted(pump, part)) return false;
        reader->start += part.length;
        count -= part.length;
    }
    return true;
}

/* One line with its CRLF, taken off the reader. */
static bool line_take(struct pump *pump, struct reader *reader, struct view *line)
{
    for (;;) {
        struct view text = reader_view(reader);
        size_t end = view_find(text, VIEW("\r\n"));
        if (end != SIZE_MAX && end < LIMIT_CHUNK_LINE_BYTES) {
            *line = view_slice(text, 0, end);
            reader->start += end + 2;
            return true;
        }
        if (end != SIZE_MAX || text.length >= LIMIT_CHUNK_LINE_BYTES) return false;
        if (!reader_fill(reader, pump, io_now_ms() + LIMIT_IDLE_MS)) return false;
    }
}

/* One to eight hexadecimal digits and nothing else: no extension, no space. */
static bool size_read(struct view line, uint64_t *size)
{
    *size = 0;
    for (size_t i = 0; i < line.length; i++) {
        char byte = line.bytes[i];
        unsigned digit = byte >= '0' && byte <= '9'   ? (unsigned)(byte - '0')
                         : byte >= 'a' && byte <= 'f' ? (unsigned)(byte - 'a') + 10
                         : byte >= 'A' && byte <= 'F' ? (unsigned)(byte - 'A') + 10
                                                      : 16;
        if (digit == 16) return false;
        *size = *size << 4 | digit;
    }
    return line.length > 0 && line.length <= 8;
}

static bool chunks_pass(struct pump *pump, struct reader *reader)
{
    for (;;) {
        struct view line;
        uint64_t size;
        char head[16];
        if (!line_take(pump, reader, &line) || !size_read(line, &size)) return false;
        int length = snprintf(head, sizeof head, "%llx\r\n", (unsigned long long)size);
        if (!send_counted(pump, view_make(head, (size_t)length))) return false;
        if (!bytes_pass(pump, reader, size)) return false;
        /* Behind the last chunk the same empty line ends the body: there are no trailers. */
        if (!line_take(pump, reader, &line) || line.length) return false;
        if (!send_counted(pump, VIEW("\r\n"))) return false;
        if (size == 0) return true;
    }
}

bool body_pass(struct pump *pump, struct reader *reader, const struct request *request)
{
    if (request->body == BODY_NONE) return true;
    if (request->expects_continue && !pump_write(pump, &pump->client, VIEW("HTTP/1.1 100 Continue\r\n\r\n")))
        return false;
    return request->body == BODY_LENGTH ? bytes_pass(pump, reader, request->body_bytes)
                                        : chunks_pass(pump, reader);
}
