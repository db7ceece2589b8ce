/* cmd_log.c - `cordon log show|verify|head|report`. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/io.h"
#include "cordon/audit_read.h"
#include "cordon/audit_verify.h"
#include "cordon/commands.h"
#include "cordon/job.h"
#include "cordon/log_query.h"
#include "cordon/log_show.h"
#include "cordon/style.h"

enum { FOLLOW_EVERY_MS = 200 };

/* A record, or NULL for a line that is none. A new reference. */
static json_t *record_parse(const struct audit_line *line)
{
    struct chain_link link;
    if (line->is_torn || line->is_oversized || !chain_link_parse(line->text, &link)) return NULL;
    return json_loadb(line->text.bytes, line->text.length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
}

/* A line as it is where it is ASCII, as records are; what is not is shown by its escapes. */
static void line_print(const struct options *options, const struct audit_line *line, const json_t *record)
{
    if (options->format == FORMAT_JSON) {
        style_put(stdout, line->text);
        putchar('\n');
    } else {
        log_show_record(stdout, record, style_is_on(options->color, stdout));
    }
}

struct showing {
    const struct options *options;
    struct log_filter filter;
    uint64_t unread; /* lines that are no records */
};

static bool is_wanted(struct showing *showing, const json_t *record)
{
    showing->unread += !record;
    return record && log_filter_fits(&showing->filter, record);
}

/* Prints what fits, but for the first `skipped` of it. False: a file cannot be read. */
static bool lines_print(struct showing *showing, struct audit_reader *reader, bool follows, uint64_t *skipped,
                        struct error *err)
{
    struct audit_line line;
    struct error failure = {0};
    while (audit_reader_next(reader, follows, &line, &failure)) {
        json_t *record = record_parse(&line);
        if (is_wanted(showing, record)) {
            if (*skipped)
                --*skipped;
            else
                line_print(showing->options, &line, record);
        }
        json_decref(record);
    }
    if (failure.code != ERROR_NONE) *err = failure;
    return failure.code == ERROR_NONE;
}

/* How many fit, for --last. */
static uint64_t fitting_count(struct showing *showing, const char *path)
{
    struct error err = {0};
    struct audit_line line;
    uint64_t count = 0;
    struct audit_reader *reader = audit_reader_open(path, &err);
    while (reader && audit_reader_next(reader, false, &line, &err)) {
        json_t *record = record_parse(&line);
        count += is_wanted(showing, record);
        json_decref(record);
    }
    audit_reader_close(reader);
    showing->unread = 0;
    return count;
}

static enum status show(const struct options *options, const char *path)
{
    struct error err = {0};
    struct showing showing = {.options = options};
    const struct log_query *query = &options->query;
    if (!log_filter_make(&showing.filter, query, options->actor, &err)) return job_complain(&err);
    uint64_t count = query->last ? fitting_count(&showing, path) : 0;
    uint64_t skipped = count > query->last ? count - query->last : 0;
    if (!query->last) skipped = 0;
    struct audit_reader *reader = audit_reader_open(path, &err);
    if (!reader) return job_complain(&err);
    bool is_fine = lines_print(&showing, reader, query->follows, &skipped, &err);
    while (is_fine && query->follows && fflush(stdout) == 0) {
        nanosleep(&(struct timespec){0, FOLLOW_EVERY_MS * 1000000L}, NULL);
        is_fine = lines_print(&showing, reader, true, &skipped, &err);
    }
    audit_reader_close(reader);
    if (!is_fine) return job_complain(&err);
    if (showing.unread)
        fprintf(stderr,
                "cordon: %" PRIu64 " line%s of the log cannot be read as records; see cordon log verify\n",
                showing.unread, showing.unread == 1 ? "" : "s");
    return STATUS_OK;
}

static bool anchors_parse(const struct options *options, struct arena *arena, struct audit_anchor **anchors,
                          struct error *err)
{
    uint32_t count = options->query.anchors.count;
    *anchors = ARENA_NEW_ARRAY(arena, struct audit_anchor, count + 1);
    if (!*anchors) return error_set(err, ERROR_LIMIT, "too many anchors");
    for (uint32_t i = 0; i < count; i++)
        if (!audit_anchor_parse(options->query.anchors.items[i], &(*anchors)[i], err)) return false;
    return true;
}

static void fault_print(const struct audit_fault *fault, bool has_color)
{
    const char *code = style_code(has_color, fault->is_note ? STYLE_YELLOW : STYLE_RED);
    style_put(stdout, view_of_cstr(fault->file));
    printf(":%" PRIu64 ": %s%s%s: ", fault->line, code, fault->is_note ? "note" : "fault",
           style_code(has_color, STYLE_PLAIN));
    style_put(stdout, view_of_cstr(fault->message));
    putchar('\n');
}

static json_t *verdict_json(const struct audit_verdict *verdict)
{
    json_t *faults = json_array();
    ARRAY_FOREACH (const struct audit_fault, fault, &verdict->faults)
        json_array_append_new(faults, json_pack("{s:s, s:I, s:b, s:s}", "file", fault->file, "line",
                                                (json_int_t)fault->line, "note", fault->is_note, "message",
                                                fault->message));
    return json_pack("{s:b, s:I, s:I, s:I, s:I, s:o, s:{s:s, s:I, s:s}}", "intact", verdict->is_intact,
                     "records", (json_int_t)verdict->records, "files", (json_int_t)verdict->files,
                     "kept_sources", (json_int_t)verdict->kept_sources, "fault_count",
                     (json_int_t)verdict->fault_count, "faults", faults, "head", "log", verdict->end.log,
                     "seq", (json_int_t)verdict->end.seq, "sha256", verdict->end.digest.hex);
}

static void verdict_print(const struct options *options, const struct audit_verdict *verdict)
{
    bool has_color = style_is_on(options->color, stdout);
    if (options->format == FORMAT_JSON) {
        json_t *whole = verdict_json(verdict);
        json_dumpf(whole, stdout, JSON_INDENT(2) | JSON_ENSURE_ASCII);
        putchar('\n');
        json_decref(whole);
        return;
    }
    ARRAY_FOREACH (const struct audit_fault, fault, &verdict->faults) fault_print(fault, has_color);
    if (verdict->fault_count > verdict->faults.count) puts("(further faults are not listed)");
    printf("%s%s%s: %" PRIu64 " records in %" PRIu64 " file%s, up to record %" PRIu64 "\n",
           style_code(has_color, verdict->is_intact ? STYLE_GREEN : STYLE_RED),
           verdict->is_intact ? "intact" : "not intact", style_code(has_color, STYLE_PLAIN), verdict->records,
           verdict->files, verdict->files == 1 ? "" : "s", verdict->end.seq);
}

static enum status verify(const struct options *options, struct arena *arena, const char *path)
{
    struct error err = {0};
    struct audit_verdict verdict;
    struct audit_anchor *anchors;
    if (!anchors_parse(options, arena, &anchors, &err) ||
        !audit_verify(&verdict, arena, path, anchors, options->query.anchors.count, options->query.is_partial,
                      &err))
        return job_complain(&err);
    verdict_print(options, &verdict);
    return verdict.is_intact ? STATUS_OK : STATUS_REJECTED;
}

static enum status head(const char *path)
{
    struct error err = {0};
    struct chain_head head;
    if (audit_head_read(path, &head)) {
        printf("%" PRIu64 ":%s\n", head.seq, head.digest.hex);
        return STATUS_OK;
    }
    error_set(&err, ERROR_INPUT, "the audit log has no head");
    error_place(&err, view_of_cstr(path), 0, 0);
    return job_complain(&err);
}

/* Every record that fits, in memory: a page has them all. */
static json_t *records_collect(const struct options *options, const char *path, struct error *err)
{
    struct showing showing = {.options = options};
    struct audit_line line;
    struct error failure = {0};
    if (!log_filter_make(&showing.filter, &options->query, options->actor, err)) return NULL;
    struct audit_reader *reader = audit_reader_open(path, err);
    if (!reader) return NULL;
    json_t *records = json_array();
    while (audit_reader_next(reader, false, &line, &failure)) {
        json_t *record = record_parse(&line);
        if (is_wanted(&showing, record)) json_array_append(records, record);
        json_decref(record);
        if (options->query.last && json_array_size(records) > options->query.last)
            json_array_remove(records, 0);
    }
    audit_reader_close(reader);
    if (failure.code == ERROR_NONE) return records;
    json_decref(records);
    *err = failure;
    return NULL;
}

static enum status report(const struct options *options, struct arena *arena, const char *path)
{
    struct error err = {0};
    struct audit_verdict verdict;
    if (!options->query.html) {
        error_set(&err, ERROR_USAGE, "log report: no page to write");
        error_remedy(&err, "--html FILE");
        return job_complain(&err);
    }
    json_t *records = records_collect(options, path, &err);
    if (!records || !audit_verify(&verdict, arena, path, NULL, 0, options->query.is_partial, &err)) {
        json_decref(records);
        return job_complain(&err);
    }
    AUTO_FILE FILE *out = fopen(options->query.html, "we");
    if (out) log_page_write(out, path, records, &verdict);
    json_decref(records);
    if (out && fflush(out) == 0 && !ferror(out)) return STATUS_OK;
    error_set_errno(&err, ERROR_SYSTEM, errno, "cannot write the page");
    error_place(&err, view_of_cstr(options->query.html), 0, 0);
    return job_complain(&err);
}

enum status command_log(const struct options *options, struct arena *arena)
{
    struct error err = {0};
    const char *path;
    const char *verb = options->operands.count ? options->operands.items[0] : "show";
    if (!audit_place(arena, &options->policy.log, &path, &err)) return job_complain(&err);
    if (options->operands.count > 1) verb = "";
    if (strcmp(verb, "show") == 0) return show(options, path);
    if (strcmp(verb, "verify") == 0) return verify(options, arena, path);
    if (strcmp(verb, "head") == 0) return head(path);
    if (strcmp(verb, "report") == 0) return report(options, arena, path);
    error_set(&err, ERROR_USAGE, "unknown: log %.60s", options->operands.items[options->operands.count - 1]);
    error_remedy(&err, "log show, log verify, log head or log report --html FILE");
    return job_complain(&err);
}
