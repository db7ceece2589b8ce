/* job.c - one check or run. Each has a thread of its own, since libuv's are few and a program may take long.
 * What it has to say comes to the event loop through a thread-safe function. */
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "addon.h"
#include "cordon/cordon.h"

/* Shared by the job and its cancel function, which may be called behind the end. The event loop's alone. */
struct cancel_handle {
    struct cordon_cancel *cancel; /* NULL: too late */
    int references;
};

/* One check or run: the thread's until it says the end, then the event loop's. */
struct job {
    const struct cordon_gate *gate;
    napi_ref gate_ref; /* so that it is not collected meanwhile */
    napi_deferred deferred;
    napi_threadsafe_function say;
    struct cancel_handle *handle;
    struct cordon_cancel *cancel; /* the handle's; NULL for a check */
    char *path, *language, *source, *input, *artifacts;
    size_t source_length, input_length;
    struct texts arguments, environment, limits, files;
    struct own_tool *tools;
    const struct cordon_tool **tool_list;
    uint32_t tool_count;
    napi_ref on_tool; /* of the event loop: called for each call of a tool; NULL: there are none */
    bool is_run, runs_rejected, has_output;
};

/* A tool of the run; its texts are its own. */
struct own_tool {
    struct cordon_tool tool;
    struct job *job;
    uint32_t number;
    char *name, *description, *parameters, *result;
};

/* A call of a tool that the event loop is asked to do: its thread's and the event loop's. */
struct asking {
    atomic_int references;
    int fd; /* an eventfd: readable once it was answered */
    uint32_t number;
    bool has_succeeded; /* set before the eventfd is */
    char *answer;       /* JSON, or a message */
    size_t answer_length;
    char arguments[];
};

struct message {
    struct cordon_answer *answer; /* NULL: output, or a call */
    struct asking *asking;        /* NULL: output */
    int stream;
    size_t length;
    char bytes[];
};

static void job_free(struct job *job)
{
    texts_free(&job->arguments);
    texts_free(&job->environment);
    texts_free(&job->limits);
    texts_free(&job->files);
    for (uint32_t i = 0; i < job->tool_count; i++) {
        struct own_tool *own = &job->tools[i];
        free(own->name), free(own->description), free(own->parameters), free(own->result);
    }
    free(job->tools), free((void *)job->tool_list);
    free(job->path), free(job->language), free(job->source), free(job->input), free(job->artifacts);
    free(job);
}

/* In the job's thread. Out of memory ends the cell: nothing is left out in silence. */
static bool output_say(void *context, int stream, const void *bytes, size_t length)
{
    struct job *job = context;
    struct message *message = malloc(sizeof *message + length);
    if (!message) return false;
    *message = (struct message){.stream = stream, .length = length};
    memcpy(message->bytes, bytes, length);
    if (napi_call_threadsafe_function(job->say, message, napi_tsfn_nonblocking) == napi_ok) return true;
    free(message);
    return false;
}

static void asking_release(struct asking *asking)
{
    if (atomic_fetch_sub(&asking->references, 1) != 1) return;
    close(asking->fd);
    free(asking->answer);
    free(asking);
}

/* In a thread of the library's: asks the event loop, and waits for what it says, for the end of the call's
 * time, or of the run. */
static bool tool_call(void *context, struct cordon_tool_call *call)
{
    struct own_tool *own = context;
    size_t length;
    const char *arguments = cordon_tool_call_arguments(call, &length);
    struct asking *asking = calloc(1, sizeof *asking + length + 1);
    struct message *message = calloc(1, sizeof *message);
    int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (!asking || !message || fd < 0) abort(); /* no memory for the smallest of things */
    atomic_init(&asking->references, 2);
    asking->fd = fd;
    asking->number = own->number;
    memcpy(asking->arguments, arguments, length + 1);
    message->asking = asking;
    bool has_succeeded = false;
    if (napi_call_threadsafe_function(own->job->say, message, napi_tsfn_nonblocking) != napi_ok) {
        asking_release(asking);
        free(message);
    }
    struct pollfd waits[] = {{fd, POLLIN, 0}, {cordon_tool_call_stop_fd(call), POLLIN, 0}};
    poll(waits, 2, (int)cordon_tool_call_remaining_ms(call));
    if (!waits[0].revents)
        cordon_tool_call_fail(call, waits[1].revents ? "the run has ended" : "the tool took too long");
    else if (asking->has_succeeded)
        has_succeeded = cordon_tool_call_succeed(call, asking->answer, asking->answer_length);
    else
        cordon_tool_call_fail(call, asking->answer);
    asking_release(asking);
    return has_succeeded;
}

/* The job lives as long as the function of its event loop, of which each tool has a part. */
static void tool_release(void *context)
{
    struct own_tool *own = context;
    napi_release_threadsafe_function(own->job->say, napi_tsfn_release);
}

static void *job_work(void *context)
{
    struct job *job = context;
    struct message *message = calloc(1, sizeof *message);
    struct cordon_run_options options = {
        .struct_size = sizeof options,
        .arguments = (const char *const *)job->arguments.items,
        .argument_count = job->arguments.count,
        .environment = (const char *const *)job->environment.items,
        .environment_count = job->environment.count,
        .limits = (const char *const *)job->limits.items,
        .limit_count = job->limits.count,
        .runs_rejected = job->runs_rejected,
        .stdin_bytes = job->input,
        .stdin_length = job->input_length,
        .cancel = job->cancel,
        .on_output = job->has_output ? output_say : NULL,
        .context = job,
        .files = (const char *const *)job->files.items,
        .file_count = job->files.count,
        .artifacts_folder = job->artifacts,
        .tools = job->tool_list,
        .tool_count = job->tool_count,
    };
    struct cordon_answer *answer =
        job->is_run
            ? cordon_run(job->gate, job->path, job->language, job->source, job->source_length, &options)
            : cordon_check(job->gate, job->path, job->language, job->source, job->source_length);
    if (!message || !answer) abort(); /* no memory for the smallest of things */
    message->answer = answer;
    napi_threadsafe_function say = job->say;
    if (napi_call_threadsafe_function(say, message, napi_tsfn_nonblocking) != napi_ok) {
        cordon_answer_free(answer);
        free(message);
    }
    napi_release_threadsafe_function(say, napi_tsfn_release);
    return NULL;
}

static void output_put(napi_env env, napi_value object, const char *name, const char *bytes, size_t length)
{
    napi_value value;
    napi_create_buffer_copy(env, length, bytes, NULL, &value);
    napi_set_named_property(env, object, name, value);
}

/* The answer's texts; index.js reads the JSON. An error rejects the promise. */
static void answer_settle(napi_env env, struct job *job, struct cordon_answer *answer)
{
    napi_value result, text;
    const char *error = cordon_answer_error(answer);
    if (error) {
        napi_create_string_utf8(env, error, NAPI_AUTO_LENGTH, &text);
        napi_create_error(env, NULL, text, &result);
        napi_reject_deferred(env, job->deferred, result);
        return;
    }
    size_t length;
    napi_create_object(env, &result);
    text_put(env, result, "json", cordon_answer_json(answer));
    const char *bytes = cordon_answer_stdout(answer, &length);
    output_put(env, result, "stdout", bytes, length);
    bytes = cordon_answer_stderr(answer, &length);
    output_put(env, result, "stderr", bytes, length);
    napi_resolve_deferred(env, job->deferred, result);
}

static void asking_finalize(napi_env env, void *data, void *hint)
{
    (void)env, (void)hint;
    asking_release(data);
}

/* onTool(number, arguments, asking): the answer comes by `answer`. */
static void tool_ask(napi_env env, struct job *job, struct asking *asking)
{
    napi_value undefined, function, given[3];
    napi_get_undefined(env, &undefined);
    if (napi_create_external(env, asking, asking_finalize, NULL, &given[2]) != napi_ok) {
        asking_release(asking);
        return;
    }
    napi_get_reference_value(env, job->on_tool, &function);
    napi_create_uint32(env, asking->number, &given[0]);
    napi_create_string_utf8(env, asking->arguments, NAPI_AUTO_LENGTH, &given[1]);
    napi_call_function(env, undefined, function, 3, given, NULL);
}

napi_value tool_answer(napi_env env, napi_callback_info info)
{
    size_t count = 3;
    napi_value given[3];
    void *data = NULL;
    napi_get_cb_info(env, info, &count, given, NULL, NULL);
    if (is_type(env, given[0], napi_external)) napi_get_value_external(env, given[0], &data);
    struct asking *asking = data;
    if (!asking || asking->answer) return NULL;
    napi_get_value_bool(env, given[1], &asking->has_succeeded);
    if (!(asking->answer = text_take(env, given[2]))) abort();
    asking->answer_length = strlen(asking->answer);
    eventfd_write(asking->fd, 1);
    return NULL;
}

/* In the event loop. No environment: it is being taken down. */
static void message_take(napi_env env, napi_value on_output, void *context, void *data)
{
    struct job *job = context;
    struct message *message = data;
    if (env && message->answer) {
        answer_settle(env, job, message->answer);
    } else if (message->asking) {
        if (env) tool_ask(env, job, message->asking);
        if (!env) asking_release(message->asking);
    } else if (env && is_type(env, on_output, napi_function)) {
        napi_value undefined, arguments[2];
        napi_get_undefined(env, &undefined);
        napi_create_int32(env, message->stream, &arguments[0]);
        napi_create_buffer_copy(env, message->length, message->bytes, NULL, &arguments[1]);
        napi_call_function(env, undefined, on_output, 2, arguments, NULL);
    }
    cordon_answer_free(message->answer);
    free(message);
}

static void handle_release(struct cancel_handle *handle)
{
    if (handle && --handle->references == 0) free(handle);
}

static void job_finalize(napi_env env, void *data, void *hint)
{
    (void)hint;
    struct job *job = data;
    job->handle->cancel = NULL;
    cordon_cancel_free(job->cancel);
    handle_release(job->handle);
    if (env) napi_delete_reference(env, job->gate_ref);
    if (env && job->on_tool) napi_delete_reference(env, job->on_tool);
    job_free(job);
}

static napi_value cancel_fire(napi_env env, napi_callback_info info)
{
    size_t count = 0;
    void *data;
    napi_get_cb_info(env, info, &count, NULL, NULL, &data);
    struct cancel_handle *handle = data;
    if (handle->cancel) cordon_cancel_fire(handle->cancel);
    return NULL;
}

static void cancel_finalize(napi_env env, void *data, void *hint)
{
    (void)env, (void)hint;
    handle_release(data);
}

/* The tools of a request, and what is called for them. */
static bool tools_take(napi_env env, napi_value request, struct job *job)
{
    napi_value list = property(env, request, "tools"), function = property(env, request, "onTool"), item;
    bool is_array = false;
    uint32_t count = 0;
    if (!list || napi_is_array(env, list, &is_array) != napi_ok || !is_array) return true;
    napi_get_array_length(env, list, &count);
    if (count == 0) return true;
    if (count > TEXTS_MAX || !is_type(env, function, napi_function)) return false;
    job->tools = calloc(count, sizeof *job->tools);
    job->tool_list = calloc(count, sizeof *job->tool_list);
    if (!job->tools || !job->tool_list) return false;
    for (; job->tool_count < count; job->tool_count++) {
        struct own_tool *own = &job->tools[job->tool_count];
        napi_get_element(env, list, job->tool_count, &item);
        own->job = job;
        own->number = job->tool_count;
        own->name = text_take(env, property(env, item, "name"));
        own->description = text_take(env, property(env, item, "description"));
        own->parameters = text_take(env, property(env, item, "parameters"));
        own->result = text_take(env, property(env, item, "result"));
        own->tool = (struct cordon_tool){
            .struct_size = sizeof own->tool,
            .name = own->name,
            .description = own->description,
            .parameters = own->parameters,
            .result = own->result,
            .call = tool_call,
            .context = own,
            .release = tool_release,
            .arguments_bytes = number_take(env, property(env, item, "argumentsBytes")),
            .result_bytes = number_take(env, property(env, item, "resultBytes")),
            .calls = (uint32_t)number_take(env, property(env, item, "calls")),
            .timeout_ms = (uint32_t)number_take(env, property(env, item, "timeoutMs")),
        };
        job->tool_list[job->tool_count] = &own->tool;
    }
    return napi_create_reference(env, function, 1, &job->on_tool) == napi_ok;
}

/* What the request says. False: it is none, or there is no memory. */
static bool request_take(napi_env env, napi_value request, struct job *job)
{
    job->source = bytes_take(env, property(env, request, "source"), &job->source_length);
    job->input = bytes_take(env, property(env, request, "input"), &job->input_length);
    job->language = text_take(env, property(env, request, "language"));
    job->path = text_take(env, property(env, request, "path"));
    job->artifacts = text_take(env, property(env, request, "artifacts"));
    napi_get_value_bool(env, property(env, request, "isRun"), &job->is_run);
    napi_get_value_bool(env, property(env, request, "runRejected"), &job->runs_rejected);
    return job->source && job->language && texts_take(env, property(env, request, "args"), &job->arguments) &&
           texts_take(env, property(env, request, "env"), &job->environment) &&
           texts_take(env, property(env, request, "limits"), &job->limits) &&
           texts_take(env, property(env, request, "files"), &job->files) && tools_take(env, request, job);
}

napi_value job_start(napi_env env, napi_callback_info info)
{
    size_t count = 3;
    napi_value given[3], result, promise, cancel, name, undefined;
    napi_get_cb_info(env, info, &count, given, NULL, NULL);
    struct cordon_gate **gate = gate_take(env, given[0]);
    struct job *job = gate ? calloc(1, sizeof *job) : NULL;
    if (!job) return NULL;
    job->gate = *gate;
    job->has_output = is_type(env, given[2], napi_function);
    job->handle = request_take(env, given[1], job) ? calloc(1, sizeof *job->handle) : NULL;
    if (job->handle && job->is_run) job->cancel = cordon_cancel_new();
    if (!job->handle || (job->is_run && !job->cancel)) {
        free(job->handle);
        job_free(job);
        return throw_text(env, "the request is wrong");
    }
    *job->handle = (struct cancel_handle){job->cancel, 2};
    napi_create_object(env, &result);
    napi_create_promise(env, &job->deferred, &promise);
    napi_create_function(env, "cancel", NAPI_AUTO_LENGTH, cancel_fire, job->handle, &cancel);
    napi_add_finalizer(env, cancel, job->handle, cancel_finalize, NULL, NULL);
    napi_set_named_property(env, result, "promise", promise);
    napi_set_named_property(env, result, "cancel", cancel);
    napi_create_reference(env, given[0], 1, &job->gate_ref);
    napi_create_string_utf8(env, "cordon", NAPI_AUTO_LENGTH, &name);
    napi_get_undefined(env, &undefined);
    pthread_t thread;
    bool is_started = napi_create_threadsafe_function(env, job->has_output ? given[2] : NULL, NULL, name, 0,
                                                      1 + (job->is_run ? job->tool_count : 0), job,
                                                      job_finalize, job, message_take, &job->say) == napi_ok;
    if (is_started && pthread_create(&thread, NULL, job_work, job) == 0) {
        pthread_detach(thread);
        return result;
    }
    if (is_started) napi_release_threadsafe_function(job->say, napi_tsfn_abort);
    return throw_text(env, "no thread for a job");
}
