#include "analyzer/ruleset.h"

#include <stdlib.h>

#include "analyzer/limits.h"
#include "analyzer/program.h"
#include "analyzer/rule_file.h"
#include "analyzer/rule_folder.h"
#include "analyzer/rule_need.h"
#include "analyzer/rule_unit.h"
#include "base/array.h"
#include "base/bug.h"
#include "grammars/flow.h"
#include "grammars/form.h"
#include "grammars/module.h"
#include "grammars/shape.h"

struct ruleset *ruleset_new(void)
{
    struct ruleset *ruleset = calloc(1, sizeof *ruleset);
    if (!ruleset) return NULL;
    arena_init(&ruleset->arena, LIMIT_RULESET_BYTES);
    ruleset->symbols = symbol_table_new(&ruleset->arena, 1024);
    ruleset->regexes.symbols = ruleset->symbols;
    ruleset->digest = digest_sha256((struct view){0});
    if (ruleset->symbols) return ruleset;
    ruleset_free(ruleset);
    return NULL;
}

void ruleset_free(struct ruleset *ruleset)
{
    if (!ruleset) return;
    regex_list_clear(&ruleset->regexes);
    rule_image_free(ruleset->image);
    arena_clear(&ruleset->arena);
    free(ruleset);
}

void ruleset_collect(struct ruleset *ruleset, struct error_list *errors)
{
    ruleset->errors = errors;
}

/* Whether the complaint was collected, so that the rest can be looked at. */
static bool complaint_collected(struct ruleset *ruleset, struct error *err)
{
    if (!ruleset->errors || !err || !ARRAY_PUSH(&ruleset->arena, ruleset->errors, *err)) return false;
    *err = (struct error){0};
    return true;
}

/* Each new rule's id against the others': rule sets are small and loaded once. */
static bool ids_are_unique(struct ruleset *ruleset, uint32_t from, struct error *err)
{
    for (uint32_t i = from; i < ruleset->rules.count; i++) {
        const struct rule *rule = &ruleset->rules.items[i];
        for (uint32_t k = 0; k < i; k++) {
            const struct rule *other = &ruleset->rules.items[k];
            if (!view_equals(rule->id, other->id)) continue;
            error_set(err, ERROR_RULE, "rule id %.*s is used twice, first at %.*s:%u", VIEW_ARGS(rule->id),
                      VIEW_ARGS(other->place.path), other->place.line);
            error_remedy(err, "rename one of them");
            error_place(err, rule->place.path, rule->place.line, rule->place.col);
            if (!complaint_collected(ruleset, err)) return false;
            break;
        }
    }
    return true;
}

bool ruleset_add_bytes(struct ruleset *ruleset, struct view path, struct view bytes, struct error *err)
{
    BUG_ON(ruleset->programs || ruleset->image);
    uint32_t from = ruleset->rules.count;
    bool is_fine = ruleset->errors ? rule_file_collect(path, bytes, &ruleset->arena, &ruleset->rules,
                                                       ruleset->errors, err)
                                   : rule_file_load(path, bytes, &ruleset->arena, &ruleset->rules, err);
    if (!is_fine) return false;
    if (!ids_are_unique(ruleset, from, err)) return false;
    struct digest digest = digest_sha256(bytes);
    ruleset->digests = arena_format(&ruleset->arena, "%.*s%s", VIEW_ARGS(ruleset->digests), digest.hex);
    ruleset->digest = digest_sha256(ruleset->digests);
    return ruleset->digests.bytes || error_set(err, ERROR_SYSTEM, "no memory for rules");
}

static bool file_add(void *context, struct view path, struct view bytes, struct error *err)
{
    return ruleset_add_bytes(context, path, bytes, err);
}

bool ruleset_add_path(struct ruleset *ruleset, const char *path, struct error *err)
{
    return rule_folder_walk(&ruleset->arena, path, file_add, ruleset, err);
}

uint32_t ruleset_count(const struct ruleset *ruleset)
{
    return ruleset->image ? rule_image_count(ruleset->image) : ruleset->rules.count;
}

void ruleset_warm(const struct ruleset *ruleset)
{
    for (int i = 0; i < LANGUAGE_COUNT; i++) {
        form_table_of(&languages[i]);
        shapes_of(&languages[i]);
        flows_of(&languages[i]);
        module_is_own(languages[i].family, VIEW("x"));
        package_is_known(languages[i].family, VIEW("x"));
    }
    for (uint32_t i = 0; i < ruleset_count(ruleset); i++) ruleset_program(ruleset, i);
    if (ruleset->image) rule_image_warm(ruleset->image);
}

const struct program *ruleset_program(const struct ruleset *ruleset, uint32_t index)
{
    return ruleset->image ? rule_image_program(ruleset->image, index) : &ruleset->programs[index];
}

bool ruleset_concerns(const struct ruleset *ruleset, uint32_t index, uint32_t language_mask)
{
    if (ruleset->image) return rule_image_concerns(ruleset->image, index, language_mask);
    return ruleset->rules.items[index].is_text || (ruleset->rules.items[index].language_mask & language_mask);
}

bool ruleset_need(const struct ruleset *ruleset, uint32_t index, enum language_id language,
                  struct arena *arena, struct need_words *words)
{
    *words = (struct need_words){0};
    if (ruleset->image) {
        words->items = (uint32_t *)rule_image_need(ruleset->image, index, language, &words->count);
        return true;
    }
    const struct program *program = &ruleset->programs[index];
    if (!(program->rule->language_mask & (1u << language))) return true; /* it sees text */
    return need_write(arena, words, program, language);
}

bool ruleset_may_match(const struct ruleset *ruleset, uint32_t index, enum language_id language,
                       struct symbol_map *map, const struct symbol_table *symbols)
{
    return !ruleset->image || rule_image_may_match(ruleset->image, index, language, map, symbols);
}

const struct rule *ruleset_rule(const struct ruleset *ruleset, uint32_t index)
{
    if (index >= ruleset_count(ruleset)) return NULL;
    return ruleset->image ? rule_image_program(ruleset->image, index)->rule : &ruleset->rules.items[index];
}

const struct rule *ruleset_find(const struct ruleset *ruleset, struct view id)
{
    for (uint32_t i = 0; i < ruleset_count(ruleset); i++)
        if (view_equals(ruleset_rule(ruleset, i)->id, id)) return ruleset_rule(ruleset, i);
    return NULL;
}

const char *ruleset_digest(const struct ruleset *ruleset)
{
    return ruleset->digest.hex;
}
