/* job.h - one source that a command works on: read, language found. And the words of error on stderr. */
#ifndef CORDON_CORDON_JOB_H
#define CORDON_CORDON_JOB_H

#include "cordon/options.h"
#include "cordon/record.h"

struct job_source {
    struct view path;  /* as shown: "<stdin>" for "-" */
    struct view bytes; /* at most one byte more than the limit */
    const struct language *language;
};

/* Reads a file or standard input ("-") and finds its language: the given one, or by name, or by #! line. A
 * NULL language with true: it is none that cordon knows (`is_named` makes that an error). */
bool job_read(struct job_source *source, struct arena *arena, const char *path,
              const struct language *language, uint32_t limit_bytes, bool is_named, struct error *err);

/* The same of bytes that are already there; a language that is not found is no error. */
void job_of_bytes(struct job_source *source, struct view path, struct view bytes,
                  const struct language *language);

/* Whether a JavaScript source is an ECMAScript module: by its extension, or by an import or export statement.
 */
bool job_is_module(const struct job_source *source);

/* Opens the audit log for one command, unless the policy and the flags go without, and says who asks. The
 * caller closes audit->log. False: no record can be kept, so nothing may be done. */
bool job_audit_open(struct audit *audit, struct caller *caller, const struct options *options,
                    struct error *err);

/* From now on Ctrl-C, a kill and a closed terminal end nothing by themselves; the descriptor is readable when
 * one came. To be called before there are threads. -1 where there is no descriptor. */
int job_signals_watch(void);

/* "cordon: path:line:col: message (remedy)" on stderr. Returns the status for it. */
enum status job_complain(const struct error *err);

#endif
