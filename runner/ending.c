#include "runner/ending.h"

#include <sys/wait.h>

#include "base/io.h"
#include "runner/machine.h"
#include "runner/seccomp_filter.h"

/* bubblewrap's words, as the layer that failed and what to do. */
static bool complaint_explain(struct run *run, struct error *err)
{
    static const struct {
        const char *word, *remedy;
    } known[] = {
        {"user of its own",
         "root here has no uids from 2000000000 on: start cordon as an unprivileged user, or "
         "map the range into the container; --weaker user accepts one uid for all cells"},
        {"control group", "start cordon in a scope of its own: systemd-run --user --scope -p Delegate=yes"},
        {"proc", "a container masks /proc: start it with --security-opt systempaths=unconfined (podman: "
                 "unmask=ALL)"},
    };
    struct view text = view_make(run->complaint, run->complaint_length), line, rest;
    view_split(view_trim(text), '\n', &line, &rest);
    if (line.length == 0) return error_set(err, ERROR_CELL, "the cell ended without a report");
    error_set(err, ERROR_CELL, "the cell could not be made: %.*s", VIEW_ARGS(line));
    static const char *const namespaces[] = {"RTM_NEWADDR", "uid map", "No space left", "namespace"};
    struct machine machine;
    machine_examine(&machine, run->arena, "/proc");
    for (size_t i = 0; i < sizeof namespaces / sizeof *namespaces; i++)
        if (view_find(line, view_of_cstr(namespaces[i])) != SIZE_MAX)
            return error_remedy(err, "%s", machine_userns_remedy(&machine));
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (view_find(line, view_of_cstr(known[i].word)) != SIZE_MAX)
            return error_remedy(err, "%s", known[i].remedy);
    return false;
}

static bool step_explain(const struct cell_report *report, const struct spec *spec, struct error *err)
{
    static const char *const steps[] = {
        [CELL_STEP_NONE] = "?",
        [CELL_STEP_JOB] = "reading the job",
        [CELL_STEP_LIMITS] = "setting limits",
        [CELL_STEP_FORK] = "forking",
        [CELL_STEP_STDIO] = "placing descriptors",
        [CELL_STEP_FILTER] = "installing the filter",
        [CELL_STEP_EXEC] = "starting the interpreter",
        [CELL_STEP_FILES] = "copying the files that were given",
        [CELL_STEP_NETWORK] = "opening the way to the gateway",
        [CELL_STEP_MOUNTS] = "sealing what the program can write to",
    };
    const char *step = report->step <= CELL_STEP_MOUNTS ? steps[report->step] : "?";
    error_set_errno(err, ERROR_CELL, report->errno_value, "the cell failed while %s", step);
    if (report->step == CELL_STEP_FILES)
        return error_remedy(err, "the scratch folder holds what --disk says");
    if (report->step == CELL_STEP_EXEC) error_prefix(err, "%s", spec->runtime.interpreter);
    return false;
}

/* What the flight recorder told, in words. */
static void activity_make(struct run *run)
{
    static const char *const kinds[] = {"call", "socket", "connect", "exec", "open"};
    const struct cell_report *report = &run->told.report;
    size_t whole = (run->told_bytes - sizeof *report) / sizeof *run->told.events;
    uint32_t count = report->event_count < whole ? report->event_count : (uint32_t)whole;
    struct attempt *attempts = ARENA_NEW_ARRAY(run->arena, struct attempt, count + 1);
    if (!attempts) count = 0;
    for (uint32_t i = 0; i < count; i++) {
        struct cell_event *event = &run->told.events[i];
        event->text[CELL_EVENT_TEXT_BYTES - 1] = '\0';
        if (event->kind >= CELL_EVENT_KIND_COUNT) event->kind = CELL_EVENT_DENIED;
        struct view target = view_of_cstr(event->text); /* lives in the arena, with the run */
        if (event->kind == CELL_EVENT_SOCKET) target = arena_format(run->arena, "family %d", event->number);
        if (event->kind == CELL_EVENT_DENIED) target = seccomp_call_name(run->arena, event->number);
        attempts[i] = (struct attempt){kinds[event->kind], target, event->count, event->is_denied != 0};
    }
    /* A kernel without task accounting counts nothing: what came out and what stayed is written in any case.
     */
    uint64_t seen_bytes = run->drains[0].total_bytes + run->drains[1].total_bytes + report->disk_bytes;
    uint64_t written_bytes = report->written_bytes > seen_bytes ? report->written_bytes : seen_bytes;
    run->result->activity =
        (struct activity){attempts, count, report->events_dropped, report->programs_started, written_bytes};
}

bool ending_make(struct run *run, struct error *err)
{
    struct result *result = run->result;
    const struct cell_report *report = &run->told.report;
    result->wall_ms = io_now_ms() - run->started_ms;
    struct output *outputs[] = {&result->out, &result->err};
    for (int i = 0; i < 2; i++) {
        const struct drain *drain = &run->drains[i];
        *outputs[i] = (struct output){view_make(drain->bytes, drain->length), drain->total_bytes,
                                      drain->total_bytes > drain->length};
    }
    bool has_report = run->told_bytes >= sizeof *report && report->magic == CELL_MAGIC;
    if (has_report && report->step != CELL_STEP_NONE) return step_explain(report, run->spec, err);
    if (has_report) {
        result->cpu_ms = report->cpu_ms;
        result->peak_memory_kib = report->peak_memory_kib;
        result->peak_processes = report->peak_processes;
        result->disk_bytes = report->disk_bytes;
        activity_make(run);
    }
    /* The kernel held the group to it, and the program did not get over that. */
    bool did_well = has_report && report->wait_status == 0;
    enum limit breach = did_well ? LIMIT_NONE : cgroup_breach(&run->cell->group);
    uint64_t group_ms = cgroup_cpu_ms(&run->cell->group);
    if (group_ms > result->cpu_ms + ENDING_BOOT_CPU_MS)
        result->cpu_ms = group_ms; /* processes nobody waited for */
    if (run->kill_ms && run->is_canceled) {
        result->ended = ENDED_CANCELED;
    } else if (run->kill_ms && run->stopped_by < LIMIT_COUNT) {
        result->ended = ENDED_LIMIT;
        result->limit = run->stopped_by;
    } else if (has_report && report->limit < LIMIT_COUNT) {
        result->ended = ENDED_LIMIT;
        result->limit = (enum limit)report->limit;
    } else if (breach < LIMIT_COUNT) {
        result->ended = ENDED_LIMIT;
        result->limit = breach;
    } else if (!has_report) {
        return complaint_explain(run, err);
    } else if (WIFEXITED(report->wait_status)) {
        result->ended = ENDED_EXITED;
        result->exit_code = WEXITSTATUS(report->wait_status);
    } else {
        result->ended = ENDED_SIGNALED;
        result->signal = WTERMSIG(report->wait_status);
    }
    return true;
}
