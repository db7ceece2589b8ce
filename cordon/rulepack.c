#include "cordon/rulepack.h"

#include "base/embed.h"

extern const struct embedded_file rulepack_files[];
extern const unsigned rulepack_count;
/* The same files, compiled by the build. */
extern const struct embedded_file compiled_rules_files[];

/* What a set is made of. */
struct pack {
    bool has_shipped;
    const char *const *paths;
    uint32_t path_count;
};

static bool pack_fill(struct ruleset *ruleset, void *context, struct error *err)
{
    const struct pack *pack = context;
    bool is_loaded = true;
    for (unsigned i = 0; pack->has_shipped && i < rulepack_count && is_loaded; i++)
        is_loaded = ruleset_add_bytes(ruleset, view_of_cstr(rulepack_files[i].name),
                                      embedded_bytes(&rulepack_files[i]), err);
    for (uint32_t i = 0; i < pack->path_count && is_loaded; i++)
        is_loaded = ruleset_add_path(ruleset, pack->paths[i], err);
    if (is_loaded && ruleset_count(ruleset) == 0) {
        is_loaded = error_set(err, ERROR_RULE, "no rules in what --rules or the policy names");
        if (pack->path_count) error_place(err, view_of_cstr(pack->paths[0]), 0, 0);
        error_remedy(err, "name a rule file, or a folder that holds .yaml files");
    }
    return is_loaded;
}

struct ruleset *rulepack_compile(bool has_shipped, const char *const *paths, uint32_t path_count,
                                 struct error *err)
{
    struct pack pack = {has_shipped, paths, path_count};
    struct ruleset *ruleset = ruleset_new();
    if (!ruleset) error_set(err, ERROR_SYSTEM, "no memory for rules");
    if (ruleset && pack_fill(ruleset, &pack, err) && ruleset_compile(ruleset, err)) return ruleset;
    ruleset_free(ruleset);
    return NULL;
}

struct ruleset *rulepack_open(bool has_shipped, const char *const *paths, uint32_t path_count,
                              struct error *err)
{
    if (has_shipped && path_count == 0) return rule_image_open(embedded_bytes(&compiled_rules_files[0]), err);
    return rulepack_compile(has_shipped, paths, path_count, err);
}
