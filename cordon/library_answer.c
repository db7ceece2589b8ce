/* library_answer.c - what libcordon answers. */
#include <stdlib.h>

#include "cordon/library.h"
#include "cordon/report_json.h"

enum { ANSWER_ARENA_BYTES = 512 << 20 };

struct audit answer_audit(const struct cordon_answer *answer)
{
    const struct cordon_gate *gate = answer->gate;
    struct audit audit = {.log = gate->log,
                          .caller = &gate->caller,
                          .policy = &gate->policy,
                          .rules = ruleset_digest(gate->ruleset)};
    if (gate->log) audit_id_make(&audit);
    return audit;
}

struct cordon_answer *answer_new(const struct cordon_gate *gate, struct job_source *source, const char *path,
                                 const char *language, const void *bytes, size_t length)
{
    struct cordon_answer *answer = calloc(1, sizeof *answer);
    if (!answer) return NULL;
    answer->gate = gate_retain(gate);
    arena_init(&answer->arena, ANSWER_ARENA_BYTES);
    answer->result = (struct result){.exit_code = -1, .limit = LIMIT_NONE};
    *source = (struct job_source){.path = arena_copy(&answer->arena, view_of_cstr(path ? path : "<memory>")),
                                  .bytes = arena_copy(&answer->arena, view_make(bytes, length)),
                                  .language = language ? language_of_word(view_of_cstr(language)) : NULL};
    if (!source->path.bytes || !source->bytes.bytes) {
        error_set(&answer->error, ERROR_LIMIT, "no memory for a source of %zu bytes", length);
    } else if (!source->language) {
        error_set(&answer->error, ERROR_USAGE, "unknown language '%.60s'", language ? language : "");
        error_remedy(&answer->error, "python, javascript or typescript");
    }
    return answer;
}

void cordon_answer_free(struct cordon_answer *answer)
{
    if (!answer) return;
    free(answer->json);
    report_clear(&answer->report);
    arena_clear(&answer->arena);
    gate_release(answer->gate);
    free(answer);
}

bool cordon_answer_is_approved(const struct cordon_answer *answer)
{
    return answer->was_checked && answer->report.verdict.decision == DECISION_APPROVE;
}

const char *cordon_answer_error(const struct cordon_answer *answer)
{
    if (answer->error.code == ERROR_NONE) return NULL;
    char *text = (char *)(uintptr_t)answer->error_text; /* the answer belongs to one thread */
    return error_format(&answer->error, text, sizeof answer->error_text);
}

static json_t *verdict_json(const struct cordon_answer *answer)
{
    static const struct verdict nothing = {0};
    const struct verdict *verdict = answer->was_checked ? &answer->report.verdict : &nothing;
    json_t *sources = json_array(), *errors = json_array();
    if (answer->was_checked) json_array_append_new(sources, report_json_source(&answer->report));
    if (answer->error.code != ERROR_NONE) json_array_append_new(errors, report_json_error(&answer->error));
    return report_json_verdict(sources, errors, cordon_answer_is_approved(answer), &verdict->used,
                               &answer->gate->policy.grant, &verdict->missing);
}

const char *cordon_answer_json(struct cordon_answer *answer)
{
    if (!answer->json) {
        json_t *whole = verdict_json(answer);
        if (answer->has_result)
            whole = json_pack("{s:o, s:s, s:o}", "verdict", whole, "gate",
                              answer->runs_rejected ? "warn" : "enforce", "result",
                              result_to_json(&answer->result));
        answer->json = json_dumps(whole, JSON_INDENT(2));
        json_decref(whole);
    }
    return answer->json ? answer->json : "";
}

size_t cordon_answer_finding_count(const struct cordon_answer *answer)
{
    return answer->report.findings.count;
}

static const char *text_of(struct cordon_answer *answer, struct view text)
{
    const char *copy = text.length ? arena_copy(&answer->arena, text).bytes : "";
    return copy ? copy : "";
}

bool cordon_answer_finding(struct cordon_answer *answer, size_t number, struct cordon_finding *finding)
{
    if (number >= answer->report.findings.count) return false;
    const struct finding *found = &answer->report.findings.items[number];
    const struct capability *use = &found->capability;
    struct place start = source_place(&answer->report.source, found->start);
    struct place end = source_place(&answer->report.source, found->end);
    bool is_use = use->kind != CAPABILITY_NONE;
    struct cordon_finding all = {
        .struct_size = finding->struct_size,
        .rule_id = text_of(answer, found->rule_id),
        .severity = severity_word(found->severity),
        .message = text_of(answer, found->message),
        .help = text_of(answer, found->help),
        .capability = is_use ? capability_word(use->kind) : "",
        .argument = is_use && use->is_known ? text_of(answer, use->argument) : NULL,
        .is_granted = found->is_granted,
        .is_suppressed = found->suppression != NULL,
        .line = (uint32_t)start.line,
        .col = (uint32_t)start.col,
        .end_line = (uint32_t)end.line,
        .end_col = (uint32_t)end.col,
        .start = found->start,
        .end = found->end,
    };
    memcpy(finding, &all, finding->struct_size < sizeof all ? finding->struct_size : sizeof all);
    return true;
}

static const char *output_of(const struct output *output, size_t *length)
{
    if (length) *length = output->bytes.length;
    return output->bytes.length ? output->bytes.bytes : "";
}

const char *cordon_answer_stdout(const struct cordon_answer *answer, size_t *length)
{
    return output_of(&answer->result.out, length);
}

const char *cordon_answer_stderr(const struct cordon_answer *answer, size_t *length)
{
    return output_of(&answer->result.err, length);
}

const char *cordon_answer_ended(const struct cordon_answer *answer)
{
    return answer->has_result ? ended_word(answer->result.ended) : "";
}

int cordon_answer_exit_code(const struct cordon_answer *answer)
{
    return answer->result.exit_code;
}

int cordon_answer_signal(const struct cordon_answer *answer)
{
    return answer->result.signal;
}

const char *cordon_answer_limit(const struct cordon_answer *answer)
{
    return answer->result.ended == ENDED_LIMIT ? limit_word(answer->result.limit) : "";
}

uint64_t cordon_answer_wall_ms(const struct cordon_answer *answer)
{
    return answer->result.wall_ms;
}

bool cordon_answer_was_warm(const struct cordon_answer *answer)
{
    return answer->result.was_waiting;
}
