#include "cordon/rulepack.h"

#include "base/embed.h"

extern const struct embedded_file rulepack_files[];
extern const unsigned rulepack_count;

struct ruleset *rulepack_open(bool has_shipped, const char *const *paths, uint32_t path_count,
                              struct error *err)
{
    return rulepack_open_for(UINT32_MAX, has_shipped, paths, path_count, err);
}

struct ruleset *rulepack_open_for(uint32_t language_mask, bool has_shipped, const char *const *paths,
                                  uint32_t path_count, struct error *err)
{
    struct ruleset *ruleset = ruleset_new();
    if (!ruleset) {
        error_set(err, ERROR_SYSTEM, "no memory for rules");
        return NULL;
    }
    bool is_loaded = true;
    for (unsigned i = 0; has_shipped && i < rulepack_count && is_loaded; i++)
        is_loaded = ruleset_add_bytes(ruleset, view_of_cstr(rulepack_files[i].name),
                                      embedded_bytes(&rulepack_files[i]), err);
    uint32_t shipped_count =
        ruleset_count(ruleset); /* each tested with every language by the build's tests */
    for (uint32_t i = 0; i < path_count && is_loaded; i++)
        is_loaded = ruleset_add_path(ruleset, paths[i], err);
    if (is_loaded && ruleset_count(ruleset) == 0) {
        is_loaded = error_set(err, ERROR_RULE, "no rules in what --rules or the policy names");
        if (path_count) error_place(err, view_of_cstr(paths[0]), 0, 0);
        error_remedy(err, "name a rule file, or a folder that holds .yaml files");
    }
    if (is_loaded && ruleset_compile_for(ruleset, language_mask, shipped_count, err)) return ruleset;
    ruleset_free(ruleset);
    return NULL;
}
