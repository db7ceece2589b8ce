/* library.c - libcordon's gates and checks: cordon.h over the pipeline. */
#include "cordon/library.h"

#include <stdlib.h>

#include "cordon/modules.h"
#include "cordon/rulepack.h"

enum { GATE_ARENA_BYTES = 1 << 20, WARM_ARENA_BYTES = 32 << 20 };

const char *cordon_version(void)
{
    return CORDON_VERSION;
}

bool cordon_has(const char *feature)
{
    static const char *const known[] = {"run", "pool", "stream", "cancel", "audit", "isolate", "tools"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(feature, known[i]) == 0) return true;
    struct view text = view_of_cstr(feature), word;
    view_split(text, ':', &text, &word);
    const struct language *language = word.length ? language_of_word(word) : NULL;
    if (!language) return false;
    if (view_equals_cstr(text, "language")) return true;
    AUTO_ARENA struct arena arena;
    struct runtime runtime;
    struct error ignored;
    arena_init(&arena, GATE_ARENA_BYTES);
    return view_equals_cstr(text, "runtime") &&
           runtime_find(&runtime, &arena, word, false, limits_default().values[LIMIT_MEMORY], &ignored);
}

static bool grant_parse(struct cordon_gate *gate, const char *text, struct error *err)
{
    struct view word, argument;
    view_split(view_of_cstr(text), '=', &word, &argument);
    enum capability_kind kind = capability_kind_of_word(word);
    if (kind != CAPABILITY_NONE)
        return policy_grant(&gate->policy, &gate->arena, kind, argument, "grants", 0, err);
    const char *nearest = capability_word_nearest(word);
    error_set(err, ERROR_USAGE, "unknown capability '%.*s'", VIEW_ARGS(view_slice(word, 0, 60)));
    return nearest ? error_remedy(err, "did you mean %s?", nearest) : false;
}

/* The pool and the log. */
static bool gate_equip(struct cordon_gate *gate, const struct cordon_gate_options *options, struct error *err)
{
    struct pool_options pool = {options->pool_cells, options->pool_memory_bytes, options->pool_idle_ms};
    if (options->pool_cells && !(gate->pool = pool_open(&pool, err))) return false;
    gate->caller.via = "library";
    if (options->actor) gate->caller.actor = arena_copy(&gate->arena, view_of_cstr(options->actor)).bytes;
    if (!options->log) return true;
    gate->policy.log.path = arena_copy(&gate->arena, view_of_cstr(options->log)).bytes;
    gate->log = audit_log_open(&gate->policy.log, err);
    return gate->log != NULL;
}

static bool gate_fill(struct cordon_gate *gate, const struct cordon_gate_options *options, struct error *err)
{
    struct policy *policy = &gate->policy;
    struct arena *arena = &gate->arena;
    if (!policy_open(policy, arena, options->policy ? options->policy : "agent", err)) return false;
    if (options->reject_at &&
        !policy_set_reject_at(policy, arena, view_of_cstr(options->reject_at), "reject_at", 0, err))
        return false;
    for (size_t i = 0; i < options->grant_count; i++)
        if (!grant_parse(gate, options->grants[i], err)) return false;
    for (size_t i = 0; i < options->rule_path_count; i++) {
        struct view path = arena_copy(arena, view_of_cstr(options->rule_paths[i]));
        if (!path.bytes || !policy_add_rules(policy, arena, path.bytes, "rule_paths", 0, err)) return false;
    }
    policy_seal(policy);
    gate->ruleset =
        rulepack_open(policy->uses_shipped_rules, policy->rule_paths.items, policy->rule_paths.count, err);
    if (!gate->ruleset) return false;
    if (options->isolate_check) {
        ruleset_warm(gate->ruleset);
        gate->isolate = isolate_open(gate->ruleset, options->check_deadline_ms, err);
        if (!gate->isolate) return false;
    }
    return gate_equip(gate, options, err);
}

struct cordon_gate *cordon_gate_open(const struct cordon_gate_options *given, char *error, size_t error_size)
{
    struct error err = {0};
    struct cordon_gate_options options = {0};
    struct cordon_gate *gate = calloc(1, sizeof *gate);
    if (gate) {
        atomic_init(&gate->references, 1);
        arena_init(&gate->arena, GATE_ARENA_BYTES);
        bool is_taken = library_options_take(&options, sizeof options, GATE_OPTIONS_LEAST, given, &err);
        if (is_taken && gate_fill(gate, &options, &err)) return gate;
    } else {
        error_set(&err, ERROR_SYSTEM, "no memory for a gate");
    }
    if (error && error_size) error_format(&err, error, error_size);
    cordon_gate_close(gate);
    return NULL;
}

struct cordon_gate *gate_retain(const struct cordon_gate *shared)
{
    struct cordon_gate *gate = (struct cordon_gate *)(uintptr_t)shared; /* only its counter changes */
    atomic_fetch_add(&gate->references, 1);
    return gate;
}

void gate_release(struct cordon_gate *gate)
{
    if (atomic_fetch_sub(&gate->references, 1) != 1) return;
    ruleset_free(gate->ruleset);
    arena_clear(&gate->arena);
    free(gate);
}

void cordon_gate_close(struct cordon_gate *gate)
{
    if (!gate) return;
    pool_close(gate->pool);
    gate->pool = NULL;
    audit_log_close(gate->log);
    gate->log = NULL;
    isolate_close(gate->isolate);
    gate->isolate = NULL;
    gate_release(gate);
}

void answer_check(struct cordon_answer *answer, const struct job_source *source, bool is_alone)
{
    const struct cordon_gate *gate = answer->gate;
    struct module_list modules = {0};
    if (answer->error.code == ERROR_NONE)
        modules_collect(&modules, &answer->arena, gate->policy.packages, &gate->policy.grant, NULL,
                        &answer->error);
    struct checker_options options = {
        .ruleset = gate->ruleset,
        .policy = policy_verdict(&gate->policy, policy_today()),
        .has_faults = gate->policy.uses_shipped_rules,
        .modules = &modules,
        .source_limit_bytes = gate->policy.source_limit_bytes,
    };
    if (answer->error.code == ERROR_NONE)
        answer->was_checked = isolate_check(gate->isolate, &options, source->path, source->bytes,
                                            source->language, &answer->report, &answer->error);
    struct error log_err = {0};
    struct audit audit = answer_audit(answer);
    if (!is_alone || !gate->log ||
        record_check(&audit, source->path, source->bytes, answer->was_checked ? &answer->report : NULL,
                     answer->was_checked ? NULL : &answer->error, &log_err))
        return;
    answer->was_checked = false; /* what is not on record was not decided */
    answer->error = log_err;
}

struct cordon_answer *cordon_check(const struct cordon_gate *gate, const char *path, const char *language,
                                   const void *bytes, size_t length)
{
    struct job_source source;
    struct cordon_answer *answer = answer_new(gate, &source, path, language, bytes, length);
    if (answer) answer_check(answer, &source, true);
    return answer;
}

struct cordon_answer *cordon_check_file(const struct cordon_gate *gate, const char *path,
                                        const char *language)
{
    struct job_source source, read;
    struct cordon_answer *answer = answer_new(gate, &source, path, language ? language : "python", "", 0);
    if (!answer) return NULL;
    const struct language *said = language ? source.language : NULL;
    if (answer->error.code == ERROR_NONE &&
        job_read(&read, &answer->arena, arena_copy(&answer->arena, view_of_cstr(path)).bytes, said,
                 gate->policy.source_limit_bytes, true, &answer->error))
        source = read;
    answer_check(answer, &source, true);
    return answer;
}

bool cordon_gate_warm(const struct cordon_gate *gate, const char *language,
                      const struct cordon_run_options *given, uint32_t cells, uint32_t timeout_ms,
                      char *error, size_t error_size)
{
    AUTO_ARENA struct arena arena;
    AUTO_SPEC struct spec spec = {0};
    struct cordon_run_options options = {0};
    struct error err = {0};
    arena_init(&arena, WARM_ARENA_BYTES);
    struct spec_job job = {.language = view_of_cstr(language), .packages = gate->policy.packages};
    bool is_warm =
        gate->pool ? run_options_take(&options, given, &err) : error_set(&err, ERROR_USAGE, "no pool");
    is_warm = is_warm && run_limits_read(gate, &job.limits, &options, &err) &&
              spec_from_grant(&spec, &arena, &gate->policy.grant, &job, &err) &&
              pool_keep(gate->pool, &spec, cells, &err) &&
              (pool_fill(gate->pool, timeout_ms) ||
               error_set(&err, ERROR_CELL, "the cells were not ready within %u ms", timeout_ms));
    if (!is_warm && error && error_size) error_format(&err, error, error_size);
    return is_warm;
}

void cordon_gate_drain(const struct cordon_gate *gate)
{
    pool_drain(gate->pool);
}

void cordon_gate_stats(const struct cordon_gate *gate, struct cordon_pool_stats *stats)
{
    struct pool_stats now = pool_stats(gate->pool);
    struct cordon_pool_stats all = {
        .struct_size = stats->struct_size,
        .warm_runs = now.warm,
        .cold_runs = now.cold,
        .cells_booted = now.booted,
        .cells_discarded = now.discarded,
        .cells_recycled = now.recycled,
        .waiting_memory_bytes = now.memory_bytes,
        .cells_waiting = now.waiting,
        .cells_booting = now.booting,
    };
    memcpy(stats, &all, stats->struct_size < sizeof all ? stats->struct_size : sizeof all);
}
