#include "cordon/audit_verify.h"

#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/io.h"
#include "cordon/audit_file.h"
#include "cordon/audit_read.h"

/* A place that a fault may be about later. */
struct spot {
    const char *file;
    uint64_t line;
};

struct walk {
    struct audit_verdict *verdict;
    struct arena *arena;
    const char *path;
    struct audit_anchor *anchors;
    uint32_t anchor_count;
    bool is_partial;
    bool has_last;                   /* some line was read */
    bool is_unread;                  /* the last line is no record; explained if a `recover` follows */
    bool is_torn;                    /* ... and it is the end of the log */
    struct spot spot;                /* of the last line */
    struct digest digest;            /* of the last line */
    uint64_t seq;                    /* of the last record */
    char prev[DIGEST_HEX_BYTES + 1]; /* of the last record */
    struct chain_head before;        /* the head file before the log was read */
    bool has_head, has_seen_head;
    const char *file; /* a copy of the name of the file under way */
};

__attribute__((format(printf, 4, 5))) static void fault_add(struct walk *walk, struct spot spot, bool is_note,
                                                            const char *format, ...)
{
    char text[400];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    struct audit_verdict *verdict = walk->verdict;
    if (!is_note) verdict->fault_count++;
    if (verdict->faults.count >= AUDIT_FAULTS_MAX) return;
    struct audit_fault fault = {spot.file, spot.line, arena_copy(walk->arena, view_of_cstr(text)).bytes,
                                is_note};
    if (fault.message) ARRAY_PUSH(walk->arena, &verdict->faults, fault);
}

#define FAULT(walk, spot, ...) fault_add(walk, spot, false, __VA_ARGS__)
#define NOTE(walk, spot, ...)  fault_add(walk, spot, true, __VA_ARGS__)

static const char *text_of(const json_t *record, const char *key)
{
    const char *text = json_string_value(json_object_get(record, key));
    return text ? text : "";
}

static void sources_check(struct walk *walk, struct spot spot, const json_t *record)
{
    const json_t *source = json_object_get(record, "source");
    const char *sha256 = text_of(source, "sha256");
    char name[PATH_MAX];
    if (!json_is_true(json_object_get(source, "kept")) || strlen(sha256) != DIGEST_HEX_BYTES ||
        strspn(sha256, "0123456789abcdef") != DIGEST_HEX_BYTES)
        return;
    walk->verdict->kept_sources++;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 64u << 20);
    struct view bytes;
    snprintf(name, sizeof name, "%s.sources/%.2s/%s", walk->path, sha256, sha256);
    if (!io_read_file(&arena, name, 32u << 20, &bytes, NULL))
        FAULT(walk, spot, "its source %.12s is not in the store", sha256);
    else if (strcmp(digest_sha256(bytes).hex, sha256) != 0)
        FAULT(walk, spot, "its source %.12s was changed in the store", sha256);
}

/* The first record there is. */
static void first_check(struct walk *walk, struct spot spot, const struct chain_link *link,
                        const json_t *record)
{
    bool is_open = strcmp(text_of(record, "event"), "open") == 0;
    if (link->seq == 0 && is_open && strcmp(link->prev, CHAIN_GENESIS) == 0) return;
    if (link->seq == 0)
        FAULT(walk, spot, "the first record is not the one that opens a log");
    else if (!walk->is_partial)
        FAULT(walk, spot, "the records 0 to %" PRIu64 " before it are not there", link->seq - 1);
}

/* What a writer said of what it found. */
static void recover_check(struct walk *walk, struct spot spot, const struct chain_link *link,
                          const json_t *record)
{
    const char *lost = text_of(record, "lost");
    if (strcmp(lost, "torn") == 0) {
        NOTE(walk, walk->spot,
             "a write was cut short here (a killed process, or a full disk); record %" PRIu64 " closes it",
             link->seq);
        if (link->seq != walk->seq + 1 && link->seq != walk->seq)
            FAULT(walk, spot, "record %" PRIu64 " follows record %" PRIu64, link->seq, walk->seq);
    } else if (strcmp(lost, "tail") == 0) {
        FAULT(walk, spot, "the records %" PRIu64 " to %" PRIu64 " were gone before %.24s", walk->seq + 1,
              link->seq - 1, text_of(record, "time"));
    } else if (strcmp(lost, "head") == 0) {
        FAULT(walk, spot, "the head was gone before %.24s; records may be missing here",
              text_of(record, "time"));
    } else {
        FAULT(walk, walk->spot,
              "the head said otherwise of this record before %.24s: it was changed, or the head was",
              text_of(record, "time"));
    }
}

static void chain_check(struct walk *walk, struct spot spot, const struct chain_link *link,
                        const json_t *record)
{
    bool is_recover = strcmp(text_of(record, "event"), "recover") == 0;
    bool is_linked = strcmp(link->prev, walk->digest.hex) == 0;
    if (walk->is_unread && !(is_recover && is_linked && strcmp(text_of(record, "lost"), "torn") == 0))
        FAULT(walk, walk->spot, "is no record: it was changed, or something else wrote it");
    uint64_t next = walk->seq + 1 + walk->is_unread; /* a line that cannot be read had a number too */
    if (is_recover && is_linked)
        recover_check(walk, spot, link, record);
    else if (link->seq > next)
        FAULT(walk, spot, "record %" PRIu64 " follows record %" PRIu64 ": those between were removed",
              link->seq, walk->seq);
    else if (link->seq <= walk->seq)
        FAULT(walk, spot,
              "record %" PRIu64 " stands behind record %" PRIu64 ": it was moved, or is there twice",
              link->seq, walk->seq);
    else if (!is_linked && !walk->is_unread)
        FAULT(walk, walk->spot, "record %" PRIu64 " was changed: the one behind it has another digest of it",
              walk->seq);
}

static void anchors_check(struct walk *walk, struct spot spot, uint64_t seq)
{
    for (uint32_t i = 0; i < walk->anchor_count; i++) {
        struct audit_anchor *anchor = &walk->anchors[i];
        if (anchor->seq != seq) continue;
        anchor->was_seen = true;
        if (strcmp(anchor->sha256, walk->digest.hex) != 0)
            FAULT(walk, spot, "record %" PRIu64 " is not the one of the anchor", seq);
    }
    if (!walk->has_head || walk->before.seq != seq) return;
    walk->has_seen_head = true;
    if (strcmp(walk->before.digest.hex, walk->digest.hex) != 0)
        FAULT(walk, spot, "record %" PRIu64 " was changed: the head has another digest of it", seq);
}

static void line_check(struct walk *walk, const struct audit_line *line)
{
    struct chain_link link;
    struct spot spot = {walk->file, line->number};
    json_t *record = NULL;
    if (!line->is_oversized && !line->is_torn && chain_link_parse(line->text, &link))
        record =
            json_loadb(line->text.bytes, line->text.length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    if (!record) {
        if (walk->is_unread)
            FAULT(walk, walk->spot, "is no record: it was changed, or something else wrote it");
        walk->is_unread = true;
        walk->is_torn = line->is_torn;
    } else {
        walk->verdict->records++;
        if (walk->has_last)
            chain_check(walk, spot, &link, record);
        else
            first_check(walk, spot, &link, record);
        sources_check(walk, spot, record);
        const char *log = text_of(record, "log");
        if (strlen(log) == CHAIN_LOG_ID_BYTES)
            snprintf(walk->verdict->end.log, sizeof walk->verdict->end.log, "%s", log);
        walk->is_unread = false;
        walk->seq = link.seq;
        memcpy(walk->prev, link.prev, sizeof walk->prev);
    }
    walk->spot = spot;
    walk->has_last = true;
    walk->digest = digest_sha256(line->text);
    if (record) anchors_check(walk, spot, link.seq);
    json_decref(record);
}

/* The end against the head as it was before and as it is now: writers may have gone on meanwhile. */
static void end_check(struct walk *walk)
{
    struct chain_head now;
    bool has_head = audit_head_read(walk->path, &now);
    if (walk->is_unread && walk->is_torn)
        NOTE(walk, walk->spot, "an unfinished record; the next writer closes it");
    else if (walk->is_unread)
        FAULT(walk, walk->spot, "is no record: it was changed, or something else wrote it");
    if (!has_head || !walk->has_head) {
        FAULT(walk, walk->spot, "there is no head (%s.head): records may be missing behind this one",
              walk->path);
        return;
    }
    if (walk->before.seq > walk->seq)
        FAULT(walk, walk->spot,
              "the tail is cut: the records %" PRIu64 " to %" PRIu64 ", which the head knows, are not there",
              walk->seq + 1, walk->before.seq);
    else if (!walk->has_seen_head && !walk->is_partial)
        FAULT(walk, walk->spot, "the record %" PRIu64 " of the head is not there", walk->before.seq);
    if (now.seq + 1 < walk->seq)
        FAULT(walk, walk->spot,
              "the head is older than the log: it was put back, or something else wrote the log");
    if (walk->verdict->end.log[0] && strcmp(now.log, walk->verdict->end.log) != 0)
        FAULT(walk, walk->spot, "the head is another log's");
}

bool audit_verify(struct audit_verdict *verdict, struct arena *arena, const char *path,
                  struct audit_anchor *anchors, uint32_t anchor_count, bool is_partial, struct error *err)
{
    *verdict = (struct audit_verdict){0};
    struct walk walk = {
        .verdict = verdict,
        .arena = arena,
        .path = path,
        .anchors = anchors,
        .anchor_count = anchor_count,
        .is_partial = is_partial,
        .spot = {path, 0},
    };
    walk.has_head = audit_head_read(path, &walk.before);
    struct audit_reader *reader = audit_reader_open(path, err);
    if (!reader) return false;
    struct audit_line line;
    struct error failure = {0};
    while (audit_reader_next(reader, false, &line, &failure)) {
        if (!walk.file || line.number == 1) {
            walk.file = arena_copy(arena, view_of_cstr(line.file)).bytes;
            verdict->files++;
        }
        line_check(&walk, &line);
    }
    audit_reader_close(reader);
    if (failure.code != ERROR_NONE) {
        *err = failure;
        return false;
    }
    end_check(&walk);
    for (uint32_t i = 0; i < anchor_count; i++)
        if (!anchors[i].was_seen)
            FAULT(&walk, walk.spot, "the record %" PRIu64 " of an anchor is not there", anchors[i].seq);
    verdict->end.seq = walk.seq;
    verdict->end.digest = walk.digest;
    verdict->is_intact = verdict->fault_count == 0 && verdict->records > 0;
    return true;
}

bool audit_anchor_parse(const char *text, struct audit_anchor *anchor, struct error *err)
{
    struct view seq, sha256;
    *anchor = (struct audit_anchor){0};
    bool is_pair = view_split(view_of_cstr(text), ':', &seq, &sha256) && seq.length > 0 && seq.length < 19;
    for (size_t i = 0; is_pair && i < seq.length; i++) {
        is_pair = seq.bytes[i] >= '0' && seq.bytes[i] <= '9';
        anchor->seq = anchor->seq * 10 + (uint64_t)(seq.bytes[i] - '0');
    }
    anchor->sha256 = sha256.bytes;
    if (is_pair && sha256.length == DIGEST_HEX_BYTES &&
        strspn(sha256.bytes, "0123456789abcdef") == DIGEST_HEX_BYTES)
        return true;
    error_set(err, ERROR_USAGE, "'%.80s' is no anchor", text);
    return error_remedy(err, "SEQ:SHA256, as `cordon log head` prints it");
}

bool audit_head_read(const char *path, struct chain_head *head)
{
    char name[PATH_MAX], text[CHAIN_HEAD_BYTES + 1];
    int length = snprintf(name, sizeof name, "%s.head", path);
    if (length < 0 || (size_t)length >= sizeof name) return false;
    AUTO_FD int fd = audit_file_open(name, O_RDONLY);
    ssize_t got = fd < 0 ? -1 : pread(fd, text, sizeof text, 0);
    return got > 0 && chain_head_parse(view_make(text, (size_t)got), head);
}
