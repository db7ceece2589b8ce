/* policy_file.c - a policy document, by its keys. Every complaint has its place; what is not known is an
 * error. */
#include <stdio.h>

#include "base/io.h"
#include "base/yaml_tree.h"
#include "cordon/policy_document.h"

static bool base_apply(const struct document *document, const struct yaml_node *node)
{
    if (!document_expect(document, node, YAML_SCALAR, "extends")) return false;
    if (document->depth + 1 >= POLICY_EXTENDS_MAX)
        return document_refuse(document, node, "policies extend each other too deep, or in a circle");
    const char *name = arena_copy(document->arena, node->text).bytes;
    if (!name) return error_set(document->err, ERROR_LIMIT, "the policy is too large");
    struct view bytes = policy_profile_bytes(name);
    if (bytes.length)
        return policy_apply(document->policy, document->arena, name, (struct view){0}, bytes,
                            document->depth + 1, document->err);
    if (!strchr(name, '/')) {
        document_refuse(document, node, "no such profile to extend");
        return error_remedy(document->err, "a file is written with its folder: ./%.60s", name);
    }
    const char *path = document_path(document, node->text);
    if (!path || !io_read_file(document->arena, path, POLICY_FILE_BYTES, &bytes, document->err) ||
        bytes.length > POLICY_FILE_BYTES)
        return document_refuse(document, node, "the policy to extend cannot be read");
    struct view text = view_of_cstr(path);
    size_t slash = text.length;
    while (slash > 1 && text.bytes[slash - 1] != '/') slash--;
    return policy_apply(document->policy, document->arena, path,
                        view_slice(text, 0, slash > 1 ? slash - 1 : 1), bytes, document->depth + 1,
                        document->err);
}

static bool extends_read(const struct document *document, const struct yaml_node *node)
{
    if (node->kind != YAML_SEQUENCE) return base_apply(document, node);
    for (uint32_t i = 0; i < node->count; i++)
        if (!base_apply(document, node->items[i])) return false;
    return true;
}

static bool grant_add(const struct document *document, const struct yaml_node *word,
                      const struct yaml_node *argument)
{
    enum capability_kind kind = capability_kind_of_word(word->text);
    if (kind == CAPABILITY_NONE) {
        const char *nearest = capability_word_nearest(word->text);
        yaml_error(document->err, ERROR_POLICY, view_of_cstr(document->origin), word,
                   "unknown capability '%.*s'", VIEW_ARGS(view_slice(word->text, 0, 60)));
        return nearest ? error_remedy(document->err, "did you mean '%s'?", nearest) : false;
    }
    if (argument && !document_expect(document, argument, YAML_SCALAR, capability_word(kind))) return false;
    struct view text = argument ? argument->text : (struct view){0};
    if (capability_argument_of(kind) == CAPABILITY_ARGUMENT_PATH && text.length && text.bytes[0] == '.') {
        const char *path = document_path(document, text);
        char resolved[4096];
        if (!path || !realpath(path, resolved)) return document_refuse(document, argument, "no such path");
        text = arena_copy(document->arena, view_of_cstr(resolved));
    }
    const struct yaml_node *place = argument ? argument : word;
    return document_placed(document, place,
                           policy_grant(document->policy, document->arena, kind, text, document->origin,
                                        place->line, document->err));
}

/* `- native`, `- net: HOST`, `- env: [A, B]`. */
static bool grants_read(const struct document *document, const struct yaml_node *node)
{
    if (!document_expect(document, node, YAML_SEQUENCE, "grants")) return false;
    for (uint32_t i = 0; i < node->count; i++) {
        const struct yaml_node *item = node->items[i];
        if (item->kind == YAML_SCALAR) {
            if (!grant_add(document, item, NULL)) return false;
            continue;
        }
        if (item->kind != YAML_MAPPING)
            return document_refuse(document, item, "a grant is a word, or WORD: ARGUMENT");
        for (uint32_t j = 0; j < item->count; j++) {
            const struct yaml_node *word = item->pairs[j].key, *value = item->pairs[j].value;
            uint32_t count = value->kind == YAML_SEQUENCE ? value->count : 1;
            for (uint32_t k = 0; k < count; k++)
                if (!grant_add(document, word, value->kind == YAML_SEQUENCE ? value->items[k] : value))
                    return false;
        }
    }
    return true;
}

static bool limits_read(const struct document *document, const struct yaml_node *node)
{
    if (!document_expect(document, node, YAML_MAPPING, "limits")) return false;
    for (uint32_t i = 0; i < node->count; i++) {
        const struct yaml_node *key = node->pairs[i].key, *value = node->pairs[i].value;
        if (!document_expect(document, value, YAML_SCALAR, "a limit")) return false;
        if (!document_placed(document, key,
                             policy_set_limit(document->policy, document->arena, key->text, value->text,
                                              document->origin, key->line, document->err)))
            return false;
    }
    return true;
}

static bool unknown_read(const struct document *document, const struct yaml_node *node)
{
    if (!document_expect(document, node, YAML_MAPPING, "unknown")) return false;
    for (uint32_t i = 0; i < node->count; i++) {
        const struct yaml_node *key = node->pairs[i].key, *value = node->pairs[i].value;
        enum capability_kind kind = capability_kind_of_word(key->text);
        if (kind == CAPABILITY_NONE) return document_refuse(document, key, "unknown capability");
        if (capability_argument_of(kind) == CAPABILITY_ARGUMENT_NONE)
            return document_refuse(document, key, "this capability has no argument that could be unknown");
        if (!document_expect(document, value, YAML_SCALAR, "unknown")) return false;
        bool is_cell = view_equals(value->text, VIEW("cell"));
        if (!is_cell && !view_equals(value->text, VIEW("reject"))) {
            document_refuse(document, value, "neither 'reject' nor 'cell'");
            return error_remedy(document->err,
                                "cell: leave it to the cell, where only what is granted exists");
        }
        document->policy->unknown[kind] = is_cell ? CAPABILITY_UNKNOWN_CELL : CAPABILITY_UNKNOWN_REJECT;
        struct policy_entry entry = {"unknown", key->text, value->text, document->origin, key->line};
        if (!policy_note(document->policy, document->arena, entry, document->err)) return false;
    }
    return true;
}

static bool ungranted_read(const struct document *document, const struct yaml_node *node)
{
    if (!document_expect(document, node, YAML_MAPPING, "ungranted")) return false;
    for (uint32_t i = 0; i < node->count; i++) {
        const struct yaml_node *key = node->pairs[i].key, *value = node->pairs[i].value;
        enum capability_kind kind = capability_kind_of_word(key->text);
        if (kind == CAPABILITY_NONE) return document_refuse(document, key, "unknown capability");
        if (!document_expect(document, value, YAML_SCALAR, "ungranted")) return false;
        bool asks = view_equals(value->text, VIEW("ask"));
        if (!asks && !view_equals(value->text, VIEW("reject"))) {
            document_refuse(document, value, "neither 'reject' nor 'ask'");
            return error_remedy(document->err,
                                "ask: leave it to whoever asks, unless a critical rule finds it");
        }
        document->policy->asks[kind] = asks;
        struct policy_entry entry = {"ungranted", key->text, value->text, document->origin, key->line};
        if (!policy_note(document->policy, document->arena, entry, document->err)) return false;
    }
    return true;
}

static bool names_guard(struct view rule)
{
    return view_starts_with(rule, VIEW("cordon.guard."));
}

static bool override_add(const struct document *document, const struct yaml_node *rule, struct view severity)
{
    if (names_guard(rule->text))
        return document_refuse(document, rule,
                               "guards hold under every policy: their severity cannot be changed");
    struct rule_override override = {.rule = arena_copy(document->arena, rule->text).bytes};
    override.is_off = view_equals(severity, VIEW("off"));
    if (!override.is_off && !severity_of_word(severity, &override.severity)) {
        document_refuse(document, rule, "the severity is none of off, info, warning, error, critical");
        return false;
    }
    struct policy_entry entry = {"rules.severity", rule->text, severity, document->origin, rule->line};
    return override.rule && ARRAY_PUSH(document->arena, &document->policy->overrides, override) &&
           policy_note(document->policy, document->arena, entry, document->err);
}

static bool rules_read(const struct document *document, const struct yaml_node *node)
{
    static const char *const known[] = {"packs", "severity"};
    if (!document_expect(document, node, YAML_MAPPING, "rules")) return false;
    for (uint32_t i = 0; i < node->count; i++) {
        const struct yaml_node *key = node->pairs[i].key, *value = node->pairs[i].value;
        bool is_packs = view_equals_cstr(key->text, known[0]);
        if (!is_packs && !view_equals_cstr(key->text, known[1]))
            return document_key_refuse(document, key, known, 2);
        if (!document_expect(document, value, is_packs ? YAML_SEQUENCE : YAML_MAPPING,
                             is_packs ? "packs" : "severity"))
            return false;
        for (uint32_t j = 0; j < value->count; j++) {
            const struct yaml_node *item = is_packs ? value->items[j] : value->pairs[j].value;
            if (!document_expect(document, item, YAML_SCALAR, "rules")) return false;
            if (!is_packs) {
                if (!override_add(document, value->pairs[j].key, item->text)) return false;
                continue;
            }
            bool is_shipped = view_equals(item->text, VIEW("shipped"));
            const char *path = is_shipped ? "shipped" : document_path(document, item->text);
            if (!path || !document_placed(document, item,
                                          policy_add_rules(document->policy, document->arena, path,
                                                           document->origin, item->line, document->err)))
                return false;
        }
    }
    return true;
}

/* YYYY-MM-DD as days since 1970 (Hinnant, days_from_civil). */
static bool date_read(struct view text, uint32_t *days)
{
    int year, month, day, end = 0;
    char copy[16];
    if (text.length != 10) return false;
    memcpy(copy, text.bytes, 10);
    copy[10] = '\0';
    if (sscanf(copy, "%4d-%2d-%2d%n", &year, &month, &day, &end) != 3 || end != 10) return false;
    static const int lengths[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (year < 1970 || month < 1 || month > 12 || day < 1 || day > lengths[month - 1]) return false;
    bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    if (month == 2 && day == 29 && !is_leap) return false;
    int shifted = year - (month <= 2);
    int era = shifted / 400, of_era = shifted - era * 400;
    int of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    *days = (uint32_t)(era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719468);
    return true;
}

static bool digest_is_valid(struct view text)
{
    bool is_valid = text.length == DIGEST_HEX_BYTES;
    for (size_t i = 0; is_valid && i < text.length; i++)
        is_valid =
            (text.bytes[i] >= '0' && text.bytes[i] <= '9') || (text.bytes[i] >= 'a' && text.bytes[i] <= 'f');
    return is_valid;
}

static bool suppression_read(const struct document *document, const struct yaml_node *item)
{
    static const char *const known[] = {"rule", "source", "reason", "until"};
    const struct yaml_node *values[4] = {0};
    struct suppression suppression = {0};
    if (!document_expect(document, item, YAML_MAPPING, "a suppression")) return false;
    for (uint32_t i = 0; i < item->count; i++) {
        size_t at = 0;
        while (at < 4 && !view_equals_cstr(item->pairs[i].key->text, known[at])) at++;
        if (at == 4) return document_key_refuse(document, item->pairs[i].key, known, 4);
        values[at] = item->pairs[i].value;
        if (!document_expect(document, values[at], YAML_SCALAR, known[at])) return false;
    }
    if (!values[0]) return document_refuse(document, item, "a suppression without 'rule'");
    if (names_guard(values[0]->text))
        return document_refuse(document, values[0],
                               "guards hold under every policy: they cannot be suppressed");
    if (!values[2] || !values[2]->text.length)
        return document_refuse(document, item, "a suppression without 'reason'");
    if (!values[3])
        return document_refuse(document, item, "a suppression without 'until', the last day that it holds");
    if (!date_read(values[3]->text, &suppression.until))
        return document_refuse(document, values[3], "no date: YYYY-MM-DD");
    if (values[1] && !digest_is_valid(values[1]->text))
        return document_refuse(document, values[1], "no SHA-256: 64 hexadecimal digits in lower case");
    struct arena *arena = document->arena;
    suppression.rule = arena_copy(arena, values[0]->text).bytes;
    suppression.source = values[1] ? arena_copy(arena, values[1]->text).bytes : NULL;
    suppression.reason = arena_copy(arena, values[2]->text).bytes;
    struct view value =
        arena_format(arena, "%.*s, %s%.12s until %.*s: %s", VIEW_ARGS(values[0]->text),
                     values[1] ? "source " : "every source", values[1] ? suppression.source : "",
                     VIEW_ARGS(values[3]->text), suppression.reason);
    struct policy_entry entry = {"suppress", {0}, value, document->origin, item->line};
    return ARRAY_PUSH(arena, &document->policy->suppressions, suppression) &&
           policy_note(document->policy, arena, entry, document->err);
}

static bool suppress_read(const struct document *document, const struct yaml_node *node)
{
    if (!document_expect(document, node, YAML_SEQUENCE, "suppress")) return false;
    for (uint32_t i = 0; i < node->count; i++)
        if (!suppression_read(document, node->items[i])) return false;
    return true;
}

static bool log_read(const struct document *document, const struct yaml_node *node)
{
    if (!document_expect(document, node, YAML_MAPPING, "log")) return false;
    for (uint32_t i = 0; i < node->count; i++) {
        const struct yaml_node *key = node->pairs[i].key, *value = node->pairs[i].value;
        if (!document_expect(document, value, YAML_SCALAR, "a value of log")) return false;
        bool is_path = view_equals(key->text, VIEW("path")) && value->text.length;
        const char *text =
            is_path ? document_path(document, value->text) : arena_copy(document->arena, value->text).bytes;
        if (!text) return error_set(document->err, ERROR_LIMIT, "the policy is too large");
        if (!document_placed(document, key,
                             policy_set_log(document->policy, document->arena, key->text, text,
                                            document->origin, key->line, document->err)))
            return false;
    }
    return true;
}

static bool mode_read(const struct document *document, const struct yaml_node *node)
{
    return document_expect(document, node, YAML_SCALAR, "mode") &&
           document_placed(document, node,
                           policy_set_mode(document->policy, document->arena, node->text, document->origin,
                                           node->line, document->err));
}

static bool reject_at_read(const struct document *document, const struct yaml_node *node)
{
    return document_expect(document, node, YAML_SCALAR, "reject_at") &&
           document_placed(document, node,
                           policy_set_reject_at(document->policy, document->arena, node->text,
                                                document->origin, node->line, document->err));
}

static bool packages_read(const struct document *document, const struct yaml_node *node)
{
    if (!document_expect(document, node, YAML_SCALAR, "packages")) return false;
    const char *path = document_path(document, node->text);
    return path && document_placed(document, node,
                                   policy_set_packages(document->policy, document->arena, path,
                                                       document->origin, node->line, document->err));
}

static const struct {
    const char *word;
    bool (*read)(const struct document *, const struct yaml_node *);
} sections[] = {
    {"extends", extends_read},     {"mode", mode_read},         {"reject_at", reject_at_read},
    {"grants", grants_read},       {"limits", limits_read},     {"rules", rules_read},
    {"unknown", unknown_read},     {"suppress", suppress_read}, {"log", log_read},
    {"packages", packages_read},   {"gateway", gateway_read},   {"secrets", secrets_read},
    {"ungranted", ungranted_read}, {"install", install_read},   {"tools", tools_read},
};

enum { SECTION_COUNT = sizeof sections / sizeof *sections };

bool policy_apply(struct policy *policy, struct arena *arena, const char *origin, struct view folder,
                  struct view bytes, uint32_t depth, struct error *err)
{
    struct document document = {policy, arena, origin, folder, depth, err};
    const struct yaml_node *root = yaml_parse(arena, view_of_cstr(origin), bytes, err);
    if (!root) {
        if (err) err->code = ERROR_POLICY;
        return false;
    }
    if (!document_expect(&document, root, YAML_MAPPING, "a policy")) return false;
    const char *known[SECTION_COUNT];
    for (size_t i = 0; i < SECTION_COUNT; i++) known[i] = sections[i].word;
    for (uint32_t i = 0; i < root->count; i++) {
        size_t at = 0;
        while (at < SECTION_COUNT && !view_equals_cstr(root->pairs[i].key->text, known[at])) at++;
        if (at == SECTION_COUNT)
            return document_key_refuse(&document, root->pairs[i].key, known, SECTION_COUNT);
    }
    /* The base first, wherever it is written; then everything else in the order of the table. */
    for (size_t i = 0; i < SECTION_COUNT; i++) {
        const struct yaml_node *value = yaml_get(root, sections[i].word);
        if (value && !sections[i].read(&document, value)) return false;
    }
    return true;
}
