/* audit_read.h - the audit log, read: every line of all its files, oldest first. Lines are untrusted text.
 * One thread at a time. */
#ifndef CORDON_CORDON_AUDIT_READ_H
#define CORDON_CORDON_AUDIT_READ_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/view.h"

struct audit_reader;

/* Lives until the next call. */
struct audit_line {
    struct view text;  /* without LF */
    const char *file;  /* which of the log's files; lives as long as the reader */
    uint64_t number;   /* 1-based in its file */
    bool is_torn;      /* the end of the last file, without a LF */
    bool is_oversized; /* longer than any record; `text` has its beginning */
};

/* `path` is the file that is written to; the rotated ones stand beside it. NULL: there is no log. */
struct audit_reader *audit_reader_open(const char *path, struct error *err);
void audit_reader_close(struct audit_reader *reader);

/* False at the end (`err` untouched), or where a file cannot be read. After the end it may be called again:
 * it goes on with what was written since, where `follows`, which leaves a torn line until it is whole. */
bool audit_reader_next(struct audit_reader *reader, bool follows, struct audit_line *line, struct error *err);

#endif
