/* writer.h - one report of a check, in one format, to standard output or to a file that is there whole or not
 * at all.
 *
 * A source becomes a fragment in whatever thread checked it; the fragments are added in the order of the
 * walk, by one thread. */
#ifndef CORDON_CORDON_WRITER_H
#define CORDON_CORDON_WRITER_H

#include <jansson.h>
#include <stdio.h>

#include "analyzer/analyzer.h"
#include "cordon/tally.h"

/* What one source adds to a report. */
struct fragment {
    char *text;
    size_t bytes;
    json_t *json;
};

/* Any thread; of the tally only what is set before the check begins is read. */
void fragment_make(struct fragment *fragment, enum report_format format, const struct tally *tally,
                   const struct report *report, bool has_color);
void fragment_clear(struct fragment *fragment);

struct writer {
    enum report_format format;
    const char *path; /* NULL: standard output */
    char *temporary;  /* the file under way; NULL: none */
    FILE *out;
    json_t *sources, *errors; /* JSON */
    char *body;               /* formats with a head that is known last */
    size_t body_bytes;
    FILE *body_out;
};

bool writer_open(struct writer *writer, enum report_format format, const char *path, struct error *err);
/* Takes what the fragment has. */
void writer_add(struct writer *writer, struct fragment *fragment);
void writer_error(struct writer *writer, const struct error *error);
/* Writes the end; a file takes its name. False: not all of it could be written, and the file is not there. */
bool writer_close(struct writer *writer, const struct tally *tally, struct error *err);
/* Leaves nothing behind. Does nothing after writer_close. */
void writer_abandon(struct writer *writer);

/* The formats. Each _source writes a fragment; of sarif and gitlab one line for each result, which begins
 * with the digit of its severity, so that the least severe ones can be left out where there are too many. */
void sarif_source(FILE *out, const struct report *report);
void sarif_error(FILE *out, const struct error *error);
void sarif_write(FILE *out, struct view lines, const struct tally *tally);
void gitlab_source(FILE *out, const struct report *report, const struct ruleset *ruleset);
void gitlab_error(FILE *out, const struct error *error);
void gitlab_write(FILE *out, struct view lines, const struct tally *tally);
void junit_source(FILE *out, const struct report *report, enum severity reject_at);
void junit_error(FILE *out, const struct error *error);
void github_source(FILE *out, const struct report *report);
void github_error(FILE *out, const struct error *error);
void jsonl_source(FILE *out, const struct report *report);
void jsonl_error(FILE *out, const struct error *error);
void jsonl_end(FILE *out, const struct tally *tally);

#endif
