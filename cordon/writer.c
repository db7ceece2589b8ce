#include "cordon/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cordon/diagnostic.h"
#include "cordon/explain.h"
#include "cordon/report_json.h"
#include "cordon/style.h"

static bool has_body(enum report_format format)
{
    return format == FORMAT_SARIF || format == FORMAT_GITLAB;
}

void fragment_make(struct fragment *fragment, enum report_format format, const struct tally *tally,
                   const struct report *report, bool has_color)
{
    const struct options *options = tally->options;
    *fragment = (struct fragment){0};
    if (format == FORMAT_JSON) {
        fragment->json = report_json_source(report);
        return;
    }
    FILE *out = open_memstream(&fragment->text, &fragment->bytes);
    if (!out) return;
    switch (format) {
    case FORMAT_TEXT:
        diagnostic_print(out, report, true, has_color);
        break;
    case FORMAT_AGENT:
        explain_agent(out, report);
        break;
    case FORMAT_JSONL:
        jsonl_source(out, report);
        break;
    case FORMAT_SARIF:
        sarif_source(out, report);
        break;
    case FORMAT_GITLAB:
        gitlab_source(out, report, tally->ruleset);
        break;
    case FORMAT_JUNIT:
        junit_source(out, report, options->policy.reject_at);
        break;
    case FORMAT_GITHUB:
        github_source(out, report);
        break;
    case FORMAT_JSON:
    case FORMAT_COUNT:
        break;
    }
    if (options->has_explanation && (format == FORMAT_TEXT || format == FORMAT_AGENT))
        explain_table(out, report);
    fclose(out);
}

void fragment_clear(struct fragment *fragment)
{
    free(fragment->text);
    json_decref(fragment->json);
    *fragment = (struct fragment){0};
}

/* A new file beside the one that is meant, so that a reader never sees half of it. What is there and is no
 * regular file (/dev/stderr, a FIFO) is written as it is. */
static bool file_open(struct writer *writer, struct error *err)
{
    struct stat status;
    int fd = -1;
    bool is_device = strncmp(writer->path, "/dev/", 5) == 0;
    if (is_device || (stat(writer->path, &status) == 0 && !S_ISREG(status.st_mode))) {
        fd = open(writer->path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    } else if (asprintf(&writer->temporary, "%s.XXXXXX", writer->path) >= 0) {
        mode_t mask = umask(0);
        umask(mask);
        fd = mkostemp(writer->temporary, O_CLOEXEC);
        if (fd >= 0) fchmod(fd, 0666 & ~mask);
    }
    if (fd >= 0) writer->out = fdopen(fd, "w");
    if (writer->out) return true;
    error_set_errno(err, ERROR_SYSTEM, errno, "cannot write the report");
    error_place(err, view_of_cstr(writer->path), 0, 0);
    if (fd >= 0) close(fd);
    return false;
}

bool writer_open(struct writer *writer, enum report_format format, const char *path, struct error *err)
{
    *writer = (struct writer){.format = format, .path = path};
    if (path && !file_open(writer, err)) return false;
    if (!path) writer->out = stdout;
    if (format == FORMAT_JSON) {
        writer->sources = json_array();
        writer->errors = json_array();
    }
    if (has_body(format)) writer->body_out = open_memstream(&writer->body, &writer->body_bytes);
    if (format == FORMAT_JUNIT)
        fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n", writer->out);
    return !has_body(format) || writer->body_out || error_set(err, ERROR_SYSTEM, "no memory");
}

void writer_add(struct writer *writer, struct fragment *fragment)
{
    if (fragment->json) json_array_append(writer->sources, fragment->json);
    FILE *out = writer->body_out ? writer->body_out : writer->out;
    if (fragment->bytes) fwrite(fragment->text, 1, fragment->bytes, out);
    fragment_clear(fragment);
}

void writer_error(struct writer *writer, const struct error *error)
{
    switch (writer->format) {
    case FORMAT_JSON:
        json_array_append_new(writer->errors, report_json_error(error));
        break;
    case FORMAT_JSONL:
        jsonl_error(writer->out, error);
        break;
    case FORMAT_SARIF:
        sarif_error(writer->body_out, error);
        break;
    case FORMAT_GITLAB:
        gitlab_error(writer->body_out, error);
        break;
    case FORMAT_JUNIT:
        junit_error(writer->out, error);
        break;
    case FORMAT_GITHUB:
        github_error(writer->out, error);
        break;
    case FORMAT_TEXT:
    case FORMAT_AGENT:
    case FORMAT_COUNT:
        break;
    }
}

static void json_write(struct writer *writer, const struct tally *tally)
{
    const struct walk *walk = tally->walk;
    json_t *verdict =
        report_json_verdict(json_incref(writer->sources), json_incref(writer->errors), tally->is_approved,
                            &tally->used, &tally->options->policy.grant, &tally->missing);
    json_t *left_out = json_pack(
        "{s:I, s:I, s:I, s:I, s:I}", "excluded", (json_int_t)walk->excluded_count, "ignored",
        (json_int_t)walk->ignored_count, "links", (json_int_t)walk->link_count, "other_language",
        (json_int_t)(walk->other_count + tally->others), "special", (json_int_t)walk->special_count);
    if (walk->is_of_changes) json_object_set_new(left_out, "unchanged", json_integer(walk->unchanged_count));
    if (tally->options->baseline || tally->options->diff)
        json_object_set_new(left_out, "known_findings", json_integer(tally->known));
    json_object_set_new(verdict, "left_out", left_out);
    json_dumpf(verdict, writer->out, JSON_INDENT(2));
    fputc('\n', writer->out);
    json_decref(verdict);
}

/* Everything is on its way to the disk before the name says that it is there. */
static bool file_finish(struct writer *writer)
{
    bool is_written = fflush(writer->out) == 0 && !ferror(writer->out);
    if (writer->temporary) is_written = is_written && fsync(fileno(writer->out)) == 0;
    is_written = fclose(writer->out) == 0 && is_written;
    writer->out = NULL;
    if (is_written && writer->temporary) is_written = rename(writer->temporary, writer->path) == 0;
    return is_written;
}

bool writer_close(struct writer *writer, const struct tally *tally, struct error *err)
{
    if (writer->body_out) fclose(writer->body_out);
    writer->body_out = NULL;
    struct view body = view_make(writer->body, writer->body_bytes);
    if (writer->format == FORMAT_JSON) json_write(writer, tally);
    if (writer->format == FORMAT_JSONL) jsonl_end(writer->out, tally);
    if (writer->format == FORMAT_SARIF) sarif_write(writer->out, body, tally);
    if (writer->format == FORMAT_GITLAB) gitlab_write(writer->out, body, tally);
    if (writer->format == FORMAT_JUNIT) fputs("</testsuites>\n", writer->out);
    bool is_written = writer->path ? file_finish(writer) : fflush(stdout) == 0;
    if (!is_written) {
        error_set_errno(err, ERROR_SYSTEM, errno, "cannot write the %s report",
                        report_format_word(writer->format));
        error_place(err, view_of_cstr(writer->path ? writer->path : "<stdout>"), 0, 0);
    } else {
        free(writer->temporary);
        writer->temporary = NULL;
    }
    writer_abandon(writer);
    return is_written;
}

void writer_abandon(struct writer *writer)
{
    if (writer->body_out) fclose(writer->body_out);
    if (writer->path && writer->out) fclose(writer->out);
    if (writer->temporary) unlink(writer->temporary);
    free(writer->temporary);
    free(writer->body);
    json_decref(writer->sources);
    json_decref(writer->errors);
    *writer = (struct writer){0};
}
