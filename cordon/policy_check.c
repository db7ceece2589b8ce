#include "cordon/policy_check.h"

#include <fnmatch.h>

#include "base/cleanup.h"
#include "cordon/rulepack.h"
#include "cordon/style.h"

struct ids {
    const char **items;
    unsigned long count;
};

/* Those of the rules in force, and of what the analyzer finds by itself, which belongs to the shipped ones.
 */
static bool ids_read(struct ids *ids, struct arena *arena, const struct policy *policy,
                     const struct ruleset *ruleset)
{
    uint32_t rules = ruleset_count(ruleset), facts = policy->uses_shipped_rules ? fault_facts_count() : 0;
    ids->items = ARENA_NEW_ARRAY(arena, const char *, rules + facts + 1);
    if (!ids->items) return false;
    for (uint32_t i = 0; i < rules; i++)
        if (!(ids->items[ids->count++] = arena_copy(arena, ruleset_rule(ruleset, i)->id).bytes)) return false;
    for (uint32_t i = 0; i < facts; i++) ids->items[ids->count++] = fault_facts_at(i)->id;
    return true;
}

static void cleanup_ruleset(struct ruleset **ruleset)
{
    ruleset_free(*ruleset);
}

static bool glob_check(const struct ids *ids, const char *glob, const struct policy_entry *entry,
                       struct error *err)
{
    for (unsigned long i = 0; i < ids->count; i++)
        if (fnmatch(glob, ids->items[i], 0) == 0) return true;
    const char *nearest = error_nearest(view_of_cstr(glob), ids->items, ids->count);
    error_set(err, ERROR_POLICY, "no rule in force is named '%.100s'", glob);
    error_place(err, view_of_cstr(entry->origin), entry->line, 0);
    return nearest ? error_remedy(err, "did you mean '%s'?", nearest)
                   : error_remedy(err, "`cordon rules list --policy FILE` has their names");
}

bool policy_check_rules(const struct policy *policy, struct arena *arena, FILE *out, struct error *err)
{
    CLEANUP(cleanup_ruleset)
    struct ruleset *ruleset =
        rulepack_open(policy->uses_shipped_rules, policy->rule_paths.items, policy->rule_paths.count, err);
    struct ids ids = {0};
    if (!ruleset) return false;
    if (!ids_read(&ids, arena, policy, ruleset))
        return error_set(err, ERROR_LIMIT, "no memory left for the names of the rules");
    uint32_t suppression = 0;
    ARRAY_FOREACH (const struct policy_entry, entry, &policy->entries) {
        const char *glob = NULL;
        if (strcmp(entry->section, "rules.severity") == 0) glob = arena_copy(arena, entry->key).bytes;
        if (strcmp(entry->section, "suppress") == 0) { /* an entry for each, in their order */
            const struct suppression *one = &policy->suppressions.items[suppression++];
            glob = one->rule;
            if (one->until < policy_today()) {
                style_put(out, view_of_cstr(entry->origin));
                fprintf(out, ":%u: this suppression has ended\n", entry->line);
            }
        }
        if (glob && !glob_check(&ids, glob, entry, err)) return false;
    }
    return true;
}
