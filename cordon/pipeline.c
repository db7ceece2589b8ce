#include "cordon/pipeline.h"

#include "cordon/isolate.h"
#include "cordon/modules.h"
#include "cordon/rulepack.h"

bool pipeline_plan(struct pipeline *pipeline, struct arena *arena, const struct options *options,
                   const struct job_source *source, struct error *err)
{
    const struct policy *policy = &options->policy;
    if (!tooling_make(&pipeline->tooling, policy, NULL, 0, err)) return false;
    struct spec_job job = {
        .source = source->bytes,
        .language = view_of_cstr(source->language->word),
        .is_module = job_is_module(source),
        .arguments = options->arguments.items,
        .argument_count = options->arguments.count,
        .environment = options->environment.items,
        .environment_count = options->environment.count,
        .packages = options->policy.packages,
        .files = options->files.items,
        .file_count = options->files.count,
        .artifacts_folder = options->artifacts,
        .accepts_shared_uid = options->accepts_shared_uid,
        .has_tools = pipeline->tooling.count > 0,
        .limits = options->policy.limits,
    };
    egress_plan(&pipeline->egress, &options->policy, arena, &job);
    return spec_from_grant(&pipeline->spec, arena, &options->policy.grant, &job, err);
}

static bool source_check(struct pipeline *pipeline, struct arena *arena, const struct options *options,
                         const struct job_source *source, struct error *err)
{
    pipeline->ruleset = rulepack_open(options->policy.uses_shipped_rules, options->policy.rule_paths.items,
                                      options->policy.rule_paths.count, err);
    if (!pipeline->ruleset) return false;
    struct module_list modules;
    if (!modules_collect(&modules, arena, options->policy.packages, &options->policy.grant, NULL, err))
        return false;
    struct checker_options checks = {
        .ruleset = pipeline->ruleset,
        .policy = policy_verdict(&options->policy, policy_today()),
        .has_faults = options->policy.uses_shipped_rules,
        .modules = &modules,
        .source_limit_bytes = options->policy.source_limit_bytes,
    };
    bool is_isolated = options->isolation == ISOLATION_ON;
    struct isolate *isolate = is_isolated ? isolate_open(pipeline->ruleset, 0, err) : NULL;
    pipeline->was_checked =
        (isolate || !is_isolated) && isolate_check(isolate, &checks, source->path, source->bytes,
                                                   source->language, &pipeline->report, err);
    isolate_close(isolate);
    return pipeline->was_checked;
}

bool pipeline_prepare(struct pipeline *pipeline, struct arena *arena, const struct options *options,
                      const struct job_source *source, struct error *err)
{
    *pipeline = (struct pipeline){.result = {.exit_code = -1, .limit = LIMIT_NONE}};
    if (!source_check(pipeline, arena, options, source, err)) return false;
    bool is_approved = pipeline->report.verdict.decision == DECISION_APPROVE;
    if (!is_approved && !options->policy.is_report_only) {
        pipeline->result.ended = ENDED_REFUSED;
        return true;
    }
    return egress_open(&pipeline->egress, &options->policy, NULL, err) &&
           pipeline_plan(pipeline, arena, options, source, err);
}

void pipeline_clear(struct pipeline *pipeline)
{
    egress_close(&pipeline->egress);
    spec_clear(&pipeline->spec);
    report_clear(&pipeline->report);
    ruleset_free(pipeline->ruleset);
}
