#include "cordon/audit_tail.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cordon/audit_file.h"

enum { FIRST_READ_BYTES = 8 * 1024 };

/* Where the last line starts among the last bytes of a file; SIZE_MAX: before them. */
static size_t line_start(struct view bytes, bool is_whole_file)
{
    size_t end = bytes.length;
    if (end && bytes.bytes[end - 1] == '\n') end--;
    while (end > 0 && bytes.bytes[end - 1] != '\n') end--;
    return end > 0 || is_whole_file ? end : SIZE_MAX;
}

/* The last line, with its LF if it has one; the caller frees it. NULL: there is none of a record's length. */
static char *last_line(int fd, size_t size, struct view *line)
{
    for (size_t wanted = FIRST_READ_BYTES; wanted <= 2 * (size_t)CHAIN_LINE_BYTES; wanted *= 4) {
        size_t length = wanted < size ? wanted : size;
        char *bytes = malloc(length + 1);
        if (!bytes || pread(fd, bytes, length, (off_t)(size - length)) != (ssize_t)length) {
            free(bytes);
            return NULL;
        }
        size_t start = line_start(view_make(bytes, length), length == size);
        if (start != SIZE_MAX) {
            *line = view_make(bytes + start, length - start);
            return bytes;
        }
        free(bytes);
        if (length == size) break;
    }
    return NULL;
}

static bool no_log(struct error *err)
{
    error_set(err, ERROR_SYSTEM, "the audit log: the file is there already and is no log of cordon");
    return error_remedy(err, "name another place: --log PATH");
}

static void id_make(char id[CHAIN_LOG_ID_BYTES + 1])
{
    unsigned char random[CHAIN_LOG_ID_BYTES / 2];
    if (getrandom(random, sizeof random, 0) != (ssize_t)sizeof random) memset(random, 0, sizeof random);
    for (unsigned i = 0; i < sizeof random; i++) snprintf(id + 2 * i, 3, "%02x", random[i]);
}

/* A last line that is there, against the head. */
static void tail_judge(struct audit_tail *tail, struct view line, bool has_head,
                       const struct chain_head *said)
{
    struct chain_link link = {0};
    bool is_record = chain_link_parse(line, &link);
    tail->head = *said;
    tail->head.digest = digest_sha256(line);
    tail->last_seq = is_record ? link.seq : said->seq;
    tail->head.seq = tail->last_seq;
    if (tail->is_torn) {
        /* The head is written behind the line: it speaks of the record before this one. */
        tail->state = TAIL_TORN;
        tail->last_seq = said->seq;
    } else if (!has_head) {
        tail->state = TAIL_NO_HEAD;
        id_make(tail->head.log);
    } else if (is_record && link.seq == said->seq + 1 && strcmp(link.prev, said->digest.hex) == 0) {
        tail->state = TAIL_WHOLE; /* its writer was killed before it wrote the head */
    } else if (is_record && link.seq < said->seq) {
        tail->state = TAIL_LOST;
    } else {
        bool is_same =
            is_record && link.seq == said->seq && strcmp(tail->head.digest.hex, said->digest.hex) == 0;
        tail->state = is_same ? TAIL_WHOLE : TAIL_CHANGED;
    }
    uint64_t known = tail->last_seq > said->seq ? tail->last_seq : said->seq;
    tail->next_seq = known + 1;
}

bool audit_tail_read(struct audit_tail *tail, int log_fd, int head_fd, struct error *err)
{
    struct stat status;
    char text[CHAIN_HEAD_BYTES + 1];
    struct chain_head said = {0};
    *tail = (struct audit_tail){0};
    ssize_t got = pread(head_fd, text, sizeof text, 0);
    bool has_head = got > 0 && chain_head_parse(view_make(text, (size_t)got), &said);
    if (fstat(log_fd, &status) < 0) return error_set_errno(err, ERROR_SYSTEM, errno, "the audit log");
    if (status.st_size == 0) {
        tail->head = said;
        tail->state = has_head ? TAIL_LOST : TAIL_EMPTY;
        tail->next_seq = has_head ? said.seq + 1 : 0;
        if (!has_head) id_make(tail->head.log);
        return true;
    }
    struct view line;
    AUTO_FREE char *bytes = last_line(log_fd, (size_t)status.st_size, &line);
    if (!bytes) return no_log(err);
    tail->is_torn = line.bytes[line.length - 1] != '\n';
    if (!tail->is_torn) line.length--;
    struct chain_link link;
    if (!has_head && !chain_link_parse(line, &link)) return no_log(err);
    tail_judge(tail, line, has_head, &said);
    return true;
}

void audit_tail_body(const struct audit_tail *tail, char *out, size_t size_bytes)
{
    static const char *const words[] = {
        [TAIL_EMPTY] = "",    [TAIL_WHOLE] = "",          [TAIL_TORN] = "torn",
        [TAIL_LOST] = "tail", [TAIL_CHANGED] = "changed", [TAIL_NO_HEAD] = "head",
    };
    char time[AUDIT_TIME_BYTES];
    audit_time_now(time);
    if (tail->state == TAIL_EMPTY)
        snprintf(out, size_bytes, "{\"time\":\"%s\",\"event\":\"open\",\"log\":\"%s\",\"version\":\"%s\"}",
                 time, tail->head.log, CORDON_VERSION);
    else
        snprintf(out, size_bytes,
                 "{\"time\":\"%s\",\"event\":\"recover\",\"log\":\"%s\",\"lost\":\"%s\",\"last\":%" PRIu64
                 ",\"pid\":%d}",
                 time, tail->head.log, words[tail->state], tail->last_seq, (int)getpid());
}
