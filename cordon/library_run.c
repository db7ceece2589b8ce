/* library_run.c - libcordon's runs: the gate's answer, then a cell. */
#include <errno.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/io.h"
#include "cordon/library.h"

struct cordon_cancel {
    int fd; /* an eventfd: readable once it was fired */
};

struct cordon_cancel *cordon_cancel_new(void)
{
    struct cordon_cancel *cancel = calloc(1, sizeof *cancel);
    if (!cancel) return NULL;
    cancel->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (cancel->fd >= 0) return cancel;
    free(cancel);
    return NULL;
}

void cordon_cancel_fire(struct cordon_cancel *cancel)
{
    uint64_t one = 1;
    ssize_t put = write(cancel->fd, &one, sizeof one);
    (void)put; /* full: it was fired before */
}

void cordon_cancel_free(struct cordon_cancel *cancel)
{
    if (!cancel) return;
    close(cancel->fd);
    free(cancel);
}

bool library_options_take(void *options, size_t size, size_t least, const void *given, struct error *err)
{
    size_t given_size = *(const size_t *)given;
    if (given_size < least)
        return error_set(err, ERROR_USAGE, "struct_size is not the size of the struct of options");
    for (size_t i = size; i < given_size; i++)
        if (((const char *)given)[i] != 0) {
            error_set(err, ERROR_USAGE, "an option that libcordon %s does not know", CORDON_VERSION);
            return error_remedy(err, "install the libcordon that the program was built for");
        }
    memcpy(options, given, given_size < size ? given_size : size);
    return true;
}

bool run_options_take(struct cordon_run_options *options, const struct cordon_run_options *given,
                      struct error *err)
{
    *options = (struct cordon_run_options){0};
    return !given || library_options_take(options, sizeof *options, RUN_OPTIONS_LEAST, given, err);
}

bool run_limits_read(const struct cordon_gate *gate, struct limits *limits,
                     const struct cordon_run_options *options, struct error *err)
{
    *limits = gate->policy.limits;
    for (size_t i = 0; i < options->limit_count; i++) {
        struct view word, value;
        view_split(view_of_cstr(options->limits[i]), '=', &word, &value);
        int limit = 0;
        while (limit < LIMIT_COUNT && !view_equals_cstr(word, limit_word((enum limit)limit))) limit++;
        if (limit == LIMIT_COUNT)
            return error_set(err, ERROR_USAGE, "unknown limit '%.*s'", VIEW_ARGS(view_slice(word, 0, 60)));
        if (!limits_parse(limits, (enum limit)limit, value, err)) return false;
    }
    return true;
}

/* A variable goes into the cell only under a name that is granted. */
static bool environment_check(const struct cordon_gate *gate, const struct cordon_run_options *options,
                              struct error *err)
{
    for (size_t i = 0; i < options->environment_count; i++) {
        struct capability use = {.kind = CAPABILITY_ENV, .is_known = true};
        struct view value;
        bool is_pair = view_split(view_of_cstr(options->environment[i]), '=', &use.argument, &value);
        if (is_pair && capability_set_allows(&gate->policy.grant, use)) continue;
        error_set(err, ERROR_POLICY, "the variable '%.*s' is not granted",
                  VIEW_ARGS(view_slice(use.argument, 0, 60)));
        return error_remedy(err, "write NAME=VALUE, and grant env=NAME");
    }
    return true;
}

/* The input as a file in memory. -1: none, or an error. */
static int input_open(const struct cordon_run_options *options, struct error *err)
{
    if (!options->stdin_bytes || options->stdin_length == 0 || options->stdin_fd > 0) return -1;
    AUTO_FD int fd = memfd_create("cordon-stdin", MFD_CLOEXEC);
    struct view bytes = view_make(options->stdin_bytes, options->stdin_length);
    if (fd >= 0 && io_write_all(fd, bytes, err) && lseek(fd, 0, SEEK_SET) == 0) return STEAL_FD(fd);
    error_set_errno(err, ERROR_SYSTEM, errno, "no memory for the standard input");
    return -1;
}

static bool output_pass(void *context, enum cell_stream stream, struct view bytes)
{
    const struct cordon_run_options *options = context;
    return options->on_output(options->context, stream == CELL_STDOUT ? 1 : 2, bytes.bytes, bytes.length);
}

static void tell(const struct cordon_run_options *options, const char *event, const char *detail)
{
    if (options->on_event) options->on_event(options->context, event, detail);
}

static bool egress_take(struct egress *egress, const struct cordon_gate *gate, struct arena *arena,
                        struct spec_job *job, struct error *err)
{
    if (!egress_open(egress, &gate->policy, NULL, err)) return false;
    egress_plan(egress, &gate->policy, arena, job);
    return true;
}

/* From the plan to the end, on record where there is a log. */
static bool answer_run(struct cordon_answer *answer, const struct job_source *source,
                       struct cordon_run_options *options, const struct functions *functions,
                       const struct audit *audit)
{
    const struct cordon_gate *gate = answer->gate;
    struct error *err = &answer->error;
    struct spec_job job = {
        .source = source->bytes,
        .language = view_of_cstr(source->language->word),
        .is_module = job_is_module(source),
        .arguments = options->arguments,
        .argument_count = (uint32_t)options->argument_count,
        .environment = options->environment,
        .environment_count = (uint32_t)options->environment_count,
        .files = options->files,
        .file_count = (uint32_t)options->file_count,
        .artifacts_folder = options->artifacts_folder,
        .packages = gate->policy.packages,
    };
    struct tooling tooling;
    if (!library_tooling_make(&tooling, gate, &answer->arena, functions, err)) return false;
    job.has_tools = tooling.count > 0;
    CLEANUP(egress_close) struct egress egress = {0};
    AUTO_SPEC struct spec spec = {0};
    AUTO_FD int input = input_open(options, err);
    struct cell_io io = {
        .stdin_fd = options->stdin_fd > 0 ? options->stdin_fd : input,
        .cancel_fd = options->cancel          ? options->cancel->fd
                     : options->cancel_fd > 0 ? options->cancel_fd
                                              : -1,
        .on_output = options->on_output ? output_pass : NULL,
        .context = options,
    };
    bool is_planned = err->code == ERROR_NONE && run_limits_read(gate, &job.limits, options, err) &&
                      environment_check(gate, options, err) &&
                      egress_take(&egress, gate, &answer->arena, &job, err) &&
                      spec_from_grant(&spec, &answer->arena, &gate->policy.grant, &job, err) &&
                      (!gate->log || record_start(audit, &answer->report, &spec, err));
    if (!is_planned) return false;
    tell(options, "started", "");
    bool has_run =
        tooling_run(&tooling, &egress, gate->pool, &answer->arena, &spec, audit, &io, &answer->result, err);
    struct error log_err = {0};
    if (gate->log && !record_end(audit, &answer->result, has_run ? NULL : err, &log_err) && has_run) {
        *err = log_err;
        has_run = false;
    }
    tell(options, "ended", answer->result.id);
    return has_run;
}

static void run_decide(struct cordon_answer *answer, const struct job_source *source,
                       struct cordon_run_options *options, const struct functions *functions)
{
    struct audit audit = answer_audit(answer);
    struct error log_err = {0};
    bool is_approved = cordon_answer_is_approved(answer);
    if (answer->was_checked) tell(options, is_approved ? "approved" : "rejected", "");
    if (answer->was_checked && (is_approved || answer->runs_rejected)) {
        answer_run(answer, source, options, functions, &audit);
        return;
    }
    if (answer->was_checked) answer->result.ended = ENDED_REFUSED;
    if (answer->gate->log &&
        !record_refuse(&audit, source->path, source->bytes, answer->was_checked ? &answer->report : NULL,
                       answer->was_checked ? NULL : &answer->error, &log_err))
        answer->error = log_err;
}

struct cordon_answer *cordon_run(const struct cordon_gate *gate, const char *path, const char *language,
                                 const void *bytes, size_t length, const struct cordon_run_options *given)
{
    struct job_source source;
    struct cordon_run_options options;
    CLEANUP(functions_close) struct functions functions = {0};
    struct cordon_answer *answer = answer_new(gate, &source, path, language, bytes, length);
    if (!answer) return NULL;
    answer->has_result = true;
    if (run_options_take(&options, given, &answer->error) &&
        functions_open(&functions, &options, &answer->error)) {
        answer->runs_rejected = options.runs_rejected || gate->policy.is_report_only;
        answer_check(answer, &source, false);
    }
    run_decide(answer, &source, &options, &functions);
    return answer;
}
