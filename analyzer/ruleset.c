#include "analyzer/ruleset.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "analyzer/limits.h"
#include "analyzer/program.h"
#include "analyzer/rule_file.h"
#include "analyzer/rule_unit.h"
#include "base/array.h"
#include "base/bug.h"
#include "base/io.h"

struct ruleset *ruleset_new(void)
{
    struct ruleset *ruleset = calloc(1, sizeof *ruleset);
    if (!ruleset) return NULL;
    arena_init(&ruleset->arena, LIMIT_RULESET_BYTES);
    ruleset->symbols = symbol_table_new(&ruleset->arena, 1024);
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

static bool is_rule_file(const char *name)
{
    struct view text = view_of_cstr(name);
    if (name[0] == '.') return false;
    if (view_ends_with(text, VIEW(".test.yaml")) || view_ends_with(text, VIEW(".test.yml"))) return false;
    return view_ends_with(text, VIEW(".yaml")) || view_ends_with(text, VIEW(".yml"));
}

static bool add_file(struct ruleset *ruleset, const char *path, struct error *err)
{
    struct view bytes;
    if (!io_read_file(&ruleset->arena, path, LIMIT_RULE_FILE_BYTES, &bytes, err)) return false;
    if (bytes.length > LIMIT_RULE_FILE_BYTES) {
        error_set(err, ERROR_LIMIT, "a rule file has at most %u bytes", LIMIT_RULE_FILE_BYTES);
        return error_place(err, view_of_cstr(path), 0, 0);
    }
    return ruleset_add_bytes(ruleset, view_of_cstr(path), bytes, err);
}

static bool add_at(struct ruleset *ruleset, const char *path, unsigned depth, struct error *err);

static int not_hidden(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static bool add_folder(struct ruleset *ruleset, const char *path, unsigned depth, struct error *err)
{
    struct dirent **entries = NULL;
    if (depth > LIMIT_RULE_FOLDER_DEPTH)
        return error_set(err, ERROR_LIMIT, "%s: rule folders nest at most %u levels", path,
                         LIMIT_RULE_FOLDER_DEPTH);
    int count = scandir(path, &entries, not_hidden, alphasort);
    if (count < 0) return error_set_errno(err, ERROR_SYSTEM, errno, "cannot read the folder %s", path);
    bool is_fine = true;
    for (int i = 0; i < count; i++) {
        const char *name = entries[i]->d_name;
        struct stat status;
        struct view below = arena_format(&ruleset->arena, "%s/%s", path, name);
        bool is_folder = below.bytes && stat(below.bytes, &status) == 0 && S_ISDIR(status.st_mode);
        if (!below.bytes) is_fine = error_set(err, ERROR_SYSTEM, "no memory for rules");
        if (is_fine && (is_folder || is_rule_file(name)))
            is_fine = is_folder ? add_at(ruleset, below.bytes, depth + 1, err)
                                : add_file(ruleset, below.bytes, err);
        free(entries[i]);
    }
    free(entries);
    return is_fine;
}

static bool add_at(struct ruleset *ruleset, const char *path, unsigned depth, struct error *err)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return error_set_errno(err, ERROR_SYSTEM, errno, "cannot read the rules at %s", path);
    return S_ISDIR(status.st_mode) ? add_folder(ruleset, path, depth, err) : add_file(ruleset, path, err);
}

bool ruleset_add_path(struct ruleset *ruleset, const char *path, struct error *err)
{
    return add_at(ruleset, path, 0, err);
}

uint32_t ruleset_count(const struct ruleset *ruleset)
{
    return ruleset->image ? rule_image_count(ruleset->image) : ruleset->rules.count;
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
