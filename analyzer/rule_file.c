#include "analyzer/rule_file.h"

#include "analyzer/rule_loader.h"
#include "base/array.h"

static bool text_read(struct loader *loader, const struct yaml_node *mapping, const char *key,
                      bool is_required, struct view *text)
{
    const struct yaml_node *node = yaml_get(mapping, key);
    if (!node) {
        if (!is_required) return true;
        return yaml_error(loader->err, ERROR_RULE, loader->path, mapping, "'%s' is missing in the rule", key);
    }
    if (!expect_kind(loader, node, YAML_SCALAR, key)) return false;
    *text = view_trim(node->text);
    if (text->length || !is_required) return true;
    return yaml_error(loader->err, ERROR_RULE, loader->path, node, "'%s' is empty", key);
}

/* Words of languages that the schema has and cordon does not: their rules apply to nothing here. */
static const char *const other_languages[] = {
    "apex", "c",     "cairo",         "circom",      "clojure", "cpp",   "c++",    "csharp",
    "c#",   "dart",  "dockerfile",    "docker",      "elixir",  "ex",    "go",     "golang",
    "hack", "html",  "java",          "json",        "jsonnet", "julia", "kotlin", "kt",
    "lisp", "lua",   "move_on_aptos", "move_on_sui", "ocaml",   "php",   "promql", "proto",
    "ql",   "r",     "ruby",          "rb",          "rust",    "scala", "scheme", "solidity",
    "sol",  "swift", "terraform",     "hcl",         "tf",      "vue",   "xml",    "yaml"};

/* They mean text, whatever its language, by regexes. */
static const char *const text_languages[] = {"regex", "none"};

bool language_is_elsewhere(struct view word)
{
    return word_is_in(word, other_languages, COUNT(other_languages));
}

static bool languages_read(struct loader *loader, const struct yaml_node *mapping)
{
    const struct yaml_node *list = yaml_get(mapping, "languages");
    if (!list)
        return yaml_error(loader->err, ERROR_RULE, loader->path, mapping,
                          "'languages' is missing in the rule");
    if (!expect_kind(loader, list, YAML_SEQUENCE, "languages")) return false;
    if (list->count == 0)
        return yaml_error(loader->err, ERROR_RULE, loader->path, list, "'languages' is empty");
    for (uint32_t i = 0; i < list->count; i++) {
        const struct yaml_node *item = list->items[i];
        if (!expect_kind(loader, item, YAML_SCALAR, "languages")) return false;
        uint32_t mask = language_mask_of_word(item->text);
        loader->rule->language_mask |= mask;
        bool is_generic = view_equals_cstr(item->text, "generic");
        loader->rule->takes_text |= is_generic;
        if (is_generic || word_is_in(item->text, text_languages, COUNT(text_languages))) {
            loader->rule->is_text = true;
            continue;
        }
        if (mask) continue;
        if (!language_is_elsewhere(item->text)) {
            unsigned long count;
            const char *const *words = language_words(&count);
            const char *nearest = error_nearest(item->text, words, count);
            yaml_error(loader->err, ERROR_RULE, loader->path, item, "unknown language '%.*s'",
                       VIEW_ARGS(view_slice(item->text, 0, 40)));
            return nearest ? error_remedy(loader->err, "did you mean '%s'?", nearest) : false;
        }
    }
    return true;
}

static bool severity_read(struct loader *loader, const struct yaml_node *mapping)
{
    const struct yaml_node *node = yaml_get(mapping, "severity");
    if (!node)
        return yaml_error(loader->err, ERROR_RULE, loader->path, mapping,
                          "'severity' is missing in the rule");
    if (!expect_kind(loader, node, YAML_SCALAR, "severity")) return false;
    if (severity_of_word(node->text, &loader->rule->severity)) return true;
    yaml_error(loader->err, ERROR_RULE, loader->path, node, "unknown severity '%.*s'",
               VIEW_ARGS(view_slice(node->text, 0, 40)));
    return error_remedy(loader->err, "one of LOW, MEDIUM, HIGH, CRITICAL (or INFO, WARNING, ERROR)");
}

static bool capability_read(struct loader *loader, const struct yaml_node *metadata)
{
    const struct yaml_node *node = yaml_get(metadata, "capability");
    if (!node) return true;
    if (!expect_kind(loader, node, YAML_SCALAR, "capability")) return false;
    loader->rule->capability = capability_kind_of_word(node->text);
    if (loader->rule->capability == CAPABILITY_NONE) {
        const char *nearest = capability_word_nearest(node->text);
        yaml_error(loader->err, ERROR_RULE, loader->path, node, "unknown capability '%.*s'",
                   VIEW_ARGS(view_slice(node->text, 0, 40)));
        return nearest ? error_remedy(loader->err, "did you mean '%s'?", nearest) : false;
    }
    return text_read(loader, metadata, "argument", false, &loader->rule->capability_argument);
}

static bool metadata_read(struct loader *loader, const struct yaml_node *mapping)
{
    const struct yaml_node *metadata = yaml_get(mapping, "metadata");
    if (!metadata) return true;
    bool is_empty = metadata->kind == YAML_SCALAR && metadata->is_plain && metadata->text.length == 0;
    if (is_empty) return true; /* a key with nothing behind it */
    if (!expect_kind(loader, metadata, YAML_MAPPING, "metadata")) return false;
    const struct yaml_node *cwe = yaml_get(metadata, "cwe"), *references = yaml_get(metadata, "references");
    if (cwe && cwe->kind == YAML_SEQUENCE && cwe->count) cwe = cwe->items[0];
    if (cwe && cwe->kind == YAML_SCALAR) loader->rule->cwe = cwe->text;
    if (references && references->kind == YAML_SEQUENCE) {
        struct view *list = ARENA_NEW_ARRAY(loader->arena, struct view, references->count);
        if (!list) return error_set(loader->err, ERROR_LIMIT, "the rule file is too large");
        for (uint32_t i = 0; i < references->count; i++)
            if (references->items[i]->kind == YAML_SCALAR)
                list[loader->rule->reference_count++] = references->items[i]->text;
        loader->rule->references = list;
    }
    const struct yaml_node *help = yaml_get(metadata, "help");
    if (help && help->kind == YAML_SCALAR) loader->rule->help = view_trim(help->text);
    return capability_read(loader, metadata);
}

/* Options that change what matches; taint's are read with its clauses, the others change nothing here. */
static bool options_read(struct loader *loader, const struct yaml_node *mapping)
{
    const struct yaml_node *options = yaml_get(mapping, "options");
    static const struct {
        const char *word;
        uint32_t bit;
        bool is_set;
    } known[] = {
#define RULE_OPTION(name, word, is_set) {word, RULE_OPTION_##name, is_set},
#include "analyzer/rule_option.def"
#undef RULE_OPTION
    };
    if (options && !expect_kind(loader, options, YAML_MAPPING, "options")) return false;
    for (size_t i = 0; i < COUNT(known); i++) {
        bool is_set = known[i].is_set;
        const struct yaml_node *flag = options ? yaml_get(options, known[i].word) : NULL;
        if (flag && !yaml_bool(flag, &is_set))
            return yaml_error(loader->err, ERROR_RULE, loader->path, flag, "'%s' is true or false",
                              known[i].word);
        if (is_set) loader->rule->options |= known[i].bit;
    }
    return text_options_read(loader, options);
}

static bool mode_read(struct loader *loader, const struct yaml_node *mapping, bool *is_taint)
{
    const struct yaml_node *mode = yaml_get(mapping, "mode");
    if (!mode) return true;
    if (!expect_kind(loader, mode, YAML_SCALAR, "mode")) return false;
    *is_taint = view_equals_cstr(mode->text, "taint");
    if (*is_taint || view_equals_cstr(mode->text, "search")) return true;
    yaml_error(loader->err, ERROR_RULE, loader->path, mode, "unknown mode '%.*s'",
               VIEW_ARGS(view_slice(mode->text, 0, 40)));
    return error_remedy(loader->err, "one of search, taint");
}

bool complaint_noted(struct loader *loader)
{
    if (!loader->errors) return false;
    if (loader->err->code == ERROR_NONE) return loader->has_complaint; /* said already */
    if (loader->rule && loader->rule->id.length)
        error_prefix(loader->err, "rule %.*s", VIEW_ARGS(view_slice(loader->rule->id, 0, 80)));
    if (!ARRAY_PUSH(loader->arena, loader->errors, *loader->err)) return false;
    *loader->err = (struct error){0};
    loader->has_complaint = true;
    return true;
}

static bool id_read(struct loader *loader, const struct yaml_node *mapping)
{
    return text_read(loader, mapping, "id", true, &loader->rule->id);
}

static bool message_read(struct loader *loader, const struct yaml_node *mapping)
{
    return text_read(loader, mapping, "message", true, &loader->rule->message);
}

static bool rule_read(struct loader *loader, const struct yaml_node *mapping)
{
    static bool (*const heads[])(struct loader *, const struct yaml_node *) = {
        id_read, message_read, languages_read, severity_read, metadata_read, options_read, extra_read};
    struct rule *rule = loader->rule;
    if (!expect_kind(loader, mapping, YAML_MAPPING, "a rule")) return false;
    rule->place = place_of(loader, mapping);
    for (size_t i = 0; i < COUNT(heads); i++)
        if (!heads[i](loader, mapping) && !complaint_noted(loader)) return false;
    bool is_taint = false;
    if (!mode_read(loader, mapping, &is_taint)) return false;
    mapping = rule_say_older(loader, mapping, &is_taint);
    if (!mapping) return false;
    if (is_taint && rule->is_text)
        return yaml_error(loader->err, ERROR_RULE, loader->path, yaml_get(mapping, "mode"),
                          "a rule for text has no taint mode");
    if (is_taint) {
        if (!taint_of_mapping(loader, mapping)) return false;
    } else {
        rule->formula = formula_of_mapping(loader, mapping, true);
        if (!rule->formula) return false;
    }
    rule->leaf_count = loader->number;
    return true;
}

static bool rules_read(struct loader *loader, struct view bytes, struct rule_list *rules)
{
    struct error *err = loader->err;
    const struct yaml_node *root = yaml_parse(loader->arena, loader->path, bytes, err);
    if (!root) {
        err->code = ERROR_RULE;
        return complaint_noted(loader);
    }
    const struct yaml_node *list = root->kind == YAML_MAPPING ? yaml_get(root, "rules") : NULL;
    if (!list || list->kind != YAML_SEQUENCE) {
        yaml_error(err, ERROR_RULE, loader->path, root, "not a rule file: no list under 'rules'");
        error_remedy(err, "begin with a line 'rules:' and list the rules below it");
        return complaint_noted(loader);
    }
    for (uint32_t i = 0; i < root->count; i++) {
        if (view_equals(root->pairs[i].key->text, VIEW("rules"))) continue;
        refuse_word(loader, root->pairs[i].key, "key beside 'rules':");
        if (!complaint_noted(loader)) return false;
    }
    for (uint32_t i = 0; i < list->count; i++) {
        struct rule rule = {0};
        loader->rule = &rule;
        loader->number = loader->formula_count = 0;
        loader->has_complaint = false;
        if (!rule_read(loader, list->items[i]) && !complaint_noted(loader)) {
            if (rule.id.length && err->code)
                error_prefix(err, "rule %.*s", VIEW_ARGS(view_slice(rule.id, 0, 80)));
            if (!loader->has_complaint) return false;
        }
        if (loader->has_complaint) continue;
        if (!ARRAY_PUSH(loader->arena, rules, rule))
            return error_set(err, ERROR_LIMIT, "the rule file is too large");
    }
    return true;
}

bool rule_file_collect(struct view path, struct view bytes, struct arena *arena, struct rule_list *rules,
                       struct error_list *errors, struct error *err)
{
    struct error own = {0};
    struct loader loader = {.path = arena_copy(arena, path), .arena = arena, .err = &own, .errors = errors};
    bool is_fine = loader.path.bytes ? rules_read(&loader, bytes, rules)
                                     : error_set(&own, ERROR_LIMIT, "the rule file is too large");
    if (!is_fine && err) *err = own;
    return is_fine;
}

bool rule_file_load(struct view path, struct view bytes, struct arena *arena, struct rule_list *rules,
                    struct error *err)
{
    return rule_file_collect(path, bytes, arena, rules, NULL, err);
}
