#include "cordon/job.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/signalfd.h>

#include "base/io.h"
#include "cordon/style.h"

bool job_read(struct job_source *source, struct arena *arena, const char *path,
              const struct language *language, uint32_t limit_bytes, bool is_named, struct error *err)
{
    bool is_stdin = view_equals_cstr(VIEW("-"), path);
    *source =
        (struct job_source){.path = is_stdin ? VIEW("<stdin>") : view_of_cstr(path), .language = language};
    size_t cap = limit_bytes ? limit_bytes : LIMIT_SOURCE_BYTES;
    bool is_read =
        is_stdin ? io_read_fd(arena, 0, cap, &source->bytes, err) || error_place(err, source->path, 0, 0)
                 : io_read_file(arena, path, cap, &source->bytes, err);
    if (!is_read) return false;
    if (!source->language && !is_stdin) source->language = language_of_path(source->path);
    if (!source->language) source->language = language_of_shebang(source->bytes);
    if (source->language || !is_named) return true;
    error_set(err, ERROR_USAGE, "the language of %s is not known", is_stdin ? "standard input" : "the file");
    error_place(err, source->path, 0, 0);
    return error_remedy(err, "say it: --lang python, javascript or typescript");
}

void job_of_bytes(struct job_source *source, struct view path, struct view bytes,
                  const struct language *language)
{
    *source = (struct job_source){.path = path, .bytes = bytes, .language = language};
    if (!source->language) source->language = language_of_path(path);
    if (!source->language) source->language = language_of_shebang(bytes);
}

/* A line that starts with import or export, outside of what is plainly a comment. What is no module and is
 * taken for one fails in the cell with a syntax error; it gains nothing. */
static bool line_says_module(struct view line)
{
    line = view_trim(line);
    if (view_starts_with(line, VIEW("export "))) return true;
    if (view_starts_with(line, VIEW("export{")) || view_starts_with(line, VIEW("export*"))) return true;
    if (!view_starts_with(line, VIEW("import")) || line.length < 8) return false;
    char next = line.bytes[6];
    return next == '{' || next == '*' || next == '"' || next == '\'' || (next == ' ' && line.bytes[7] != '(');
}

bool job_is_module(const struct job_source *source)
{
    if (source->language->id != LANGUAGE_JAVASCRIPT) return false;
    if (view_ends_with(source->path, VIEW(".mjs"))) return true;
    if (view_ends_with(source->path, VIEW(".cjs"))) return false;
    struct view rest = source->bytes, line;
    bool has_more = true;
    while (has_more) {
        has_more = view_split(rest, '\n', &line, &rest);
        if (line_says_module(line)) return true;
    }
    return false;
}

bool job_audit_open(struct audit *audit, struct caller *caller, const struct options *options,
                    struct error *err)
{
    const char *trace = options->traceparent ? options->traceparent : getenv("TRACEPARENT");
    *caller = (struct caller){.via = "cli", .actor = options->actor};
    /* A variable that is no trace context is somebody else's; the flag was checked. */
    if (record_is_traceparent(trace)) caller->traceparent = trace;
    *audit = (struct audit){.caller = caller, .policy = &options->policy};
    audit_id_make(audit);
    if (options->policy.log.is_off) return true;
    audit->log = audit_log_open(&options->policy.log, err);
    return audit->log != NULL;
}

int job_signals_watch(void)
{
    sigset_t ends;
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    sigaddset(&ends, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &ends, NULL);
    return signalfd(-1, &ends, SFD_CLOEXEC | SFD_NONBLOCK);
}

enum status job_complain(const struct error *err)
{
    char text[1400];
    fputs("cordon: ", stderr);
    style_put(stderr, view_of_cstr(error_format(err, text, sizeof text)));
    fputc('\n', stderr);
    return STATUS_UNDECIDED;
}
