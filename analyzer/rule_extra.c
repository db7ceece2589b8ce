/* rule_extra.c - what a rule says beside its operators: how text is read, which paths it is for, which
 * version of the schema it is of, what it would change. */
#include <ctype.h>

#include "analyzer/rule_loader.h"

/* The version of the schema that cordon reads, as Semgrep numbers it. */
static const uint32_t schema_version[3] = {1, 140, 0};

enum { ELLIPSIS_LINES = 10, NUMBER_MAX = 100000 };

static bool number_read(struct loader *loader, const struct yaml_node *node, const char *of, uint32_t *number)
{
    if (!expect_kind(loader, node, YAML_SCALAR, of)) return false;
    *number = 0;
    bool is_number = node->text.length > 0;
    for (size_t i = 0; i < node->text.length && is_number; i++) {
        is_number = isdigit((unsigned char)node->text.bytes[i]) && *number < NUMBER_MAX;
        *number = *number * 10 + (uint32_t)(node->text.bytes[i] - '0');
    }
    if (is_number) return true;
    yaml_error(loader->err, ERROR_RULE, loader->path, node, "'%s' is a number", of);
    return error_remedy(loader->err, "from 0 to %u", NUMBER_MAX);
}

bool text_options_read(struct loader *loader, const struct yaml_node *options)
{
    struct text_options *text = &loader->rule->text;
    text->ellipsis_lines = ELLIPSIS_LINES;
    const struct yaml_node *node = options ? yaml_get(options, "generic_engine") : NULL;
    if (node && !view_equals_cstr(node->text, "spacegrep"))
        loader->rule->is_inapplicable = true; /* other patterns */
    node = options ? yaml_get(options, "generic_ellipsis_max_span") : NULL;
    if (node && !number_read(loader, node, "generic_ellipsis_max_span", &text->ellipsis_lines)) return false;
    node = options ? yaml_get(options, "generic_caseless") : NULL;
    if (node && !yaml_bool(node, &text->ignores_case))
        return yaml_error(loader->err, ERROR_RULE, loader->path, node, "'generic_caseless' is true or false");
    node = options ? yaml_get(options, "generic_comment_style") : NULL;
    static const char *const styles[] = {[TEXT_COMMENTS_NONE] = "none",
                                         [TEXT_COMMENTS_C] = "c",
                                         [TEXT_COMMENTS_CPP] = "cpp",
                                         [TEXT_COMMENTS_SHELL] = "shell"};
    for (size_t i = 0; node && i < COUNT(styles); i++) {
        text->comments = (enum text_comments)i;
        if (view_equals_cstr(node->text, styles[i])) return true;
    }
    if (!node) return true;
    yaml_error(loader->err, ERROR_RULE, loader->path, node, "unknown style of comments '%.*s'",
               VIEW_ARGS(view_slice(node->text, 0, 40)));
    return error_remedy(loader->err, "one of c, cpp, shell");
}

static bool globs_read(struct loader *loader, const struct yaml_node *list, const char *of,
                       const struct view **globs, uint32_t *count)
{
    if (!list) return true;
    if (!expect_kind(loader, list, YAML_SEQUENCE, of)) return false;
    struct view *out = ARENA_NEW_ARRAY(loader->arena, struct view, list->count + 1);
    if (!out) return error_set(loader->err, ERROR_LIMIT, "the rule file is too large");
    for (uint32_t i = 0; i < list->count; i++) {
        if (!expect_kind(loader, list->items[i], YAML_SCALAR, of)) return false;
        out[i] = list->items[i]->text;
    }
    *globs = out;
    *count = list->count;
    return true;
}

static bool paths_read(struct loader *loader, const struct yaml_node *mapping)
{
    static const char *const words[] = {"include", "exclude"};
    const struct yaml_node *paths = yaml_get(mapping, "paths");
    if (!paths) return true;
    if (!expect_kind(loader, paths, YAML_MAPPING, "paths")) return false;
    for (uint32_t i = 0; i < paths->count; i++) {
        const struct yaml_node *key = paths->pairs[i].key;
        if (word_is_in(key->text, words, COUNT(words))) continue;
        const char *nearest = error_nearest(key->text, words, COUNT(words));
        yaml_error(loader->err, ERROR_RULE, loader->path, key, "unknown key '%.*s' of paths",
                   VIEW_ARGS(view_slice(key->text, 0, 40)));
        return nearest ? error_remedy(loader->err, "did you mean '%s'?", nearest)
                       : error_remedy(loader->err, "one of include, exclude");
    }
    struct rule_paths *out = &loader->rule->paths;
    return globs_read(loader, yaml_get(paths, "include"), "include", &out->includes, &out->include_count) &&
           globs_read(loader, yaml_get(paths, "exclude"), "exclude", &out->excludes, &out->exclude_count);
}

/* -1, 0 or 1: whether cordon's version is before, at or behind this one ("1.44.0"). False: it is no version.
 */
static bool version_compare(struct view text, int *order)
{
    *order = 0;
    for (int i = 0; i < 3; i++) {
        struct view part = text, rest = {0};
        uint32_t number = 0;
        bool has_more = view_split(text, '.', &part, &rest);
        if (part.length == 0 || part.length > 6 || has_more != (i < 2)) return false;
        for (size_t k = 0; k < part.length; k++) {
            if (!isdigit((unsigned char)part.bytes[k])) return false;
            number = number * 10 + (uint32_t)(part.bytes[k] - '0');
        }
        if (*order == 0 && schema_version[i] != number) *order = schema_version[i] < number ? -1 : 1;
        text = rest;
    }
    return true;
}

static bool versions_read(struct loader *loader, const struct yaml_node *mapping)
{
    static const char *const words[] = {"min-version", "max-version"};
    for (int i = 0; i < 2; i++) {
        const struct yaml_node *node = yaml_get(mapping, words[i]);
        int order = 0;
        if (!node) continue;
        if (!expect_kind(loader, node, YAML_SCALAR, words[i])) return false;
        if (!version_compare(node->text, &order)) {
            yaml_error(loader->err, ERROR_RULE, loader->path, node, "'%s' is no version", words[i]);
            return error_remedy(loader->err, "three numbers, as in 1.44.0");
        }
        loader->rule->is_inapplicable |= i == 0 ? order < 0 : order > 0;
    }
    return true;
}

static bool fix_read(struct loader *loader, const struct yaml_node *mapping)
{
    struct rule *rule = loader->rule;
    const struct yaml_node *fix = yaml_get(mapping, "fix"), *regex = yaml_get(mapping, "fix-regex");
    if (fix) {
        if (!expect_kind(loader, fix, YAML_SCALAR, "fix")) return false;
        rule->fix = fix->text;
        while (rule->fix.length && rule->fix.bytes[rule->fix.length - 1] == '\n') rule->fix.length--;
    }
    if (!regex) return true;
    if (!expect_kind(loader, regex, YAML_MAPPING, "fix-regex")) return false;
    const struct yaml_node *from = yaml_get(regex, "regex"), *to = yaml_get(regex, "replacement");
    const struct yaml_node *count = yaml_get(regex, "count");
    if (!from || !to)
        return yaml_error(loader->err, ERROR_RULE, loader->path, regex, "'%s' is missing in fix-regex",
                          from ? "replacement" : "regex");
    if (!expect_kind(loader, from, YAML_SCALAR, "regex") ||
        !expect_kind(loader, to, YAML_SCALAR, "replacement"))
        return false;
    rule->fix_regex = from->text;
    rule->fix_replacement = to->text;
    rule->fix_place = place_of(loader, from);
    return !count || number_read(loader, count, "count", &rule->fix_count);
}

bool extra_read(struct loader *loader, const struct yaml_node *mapping)
{
    return paths_read(loader, mapping) && versions_read(loader, mapping) && fix_read(loader, mapping);
}
