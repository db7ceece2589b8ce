/* cmd_policy.c - `cordon policy show|list|check`: what is allowed, and where each line of it came from. */
#include <stdio.h>

#include "cordon/commands.h"
#include "cordon/job.h"
#include "cordon/policy_check.h"
#include "cordon/style.h"

/* Sections of lists, whose entries have no key. */
static const char *const list_sections[] = {"grants", "rules.packs", "suppress", "gateway.intercept"};

/* "net: HOST" with the argument quoted where it must be. */
static void grant_put(FILE *out, struct view value)
{
    struct view word, argument;
    bool has_argument = view_split(value, ':', &word, &argument);
    style_put(out, word);
    if (!has_argument) return;
    fputs(": ", out);
    style_put_yaml(out, view_trim(argument));
}

static void entry_print(const struct policy_entry *entry, unsigned indent)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (!out) return;
    fprintf(out, "%*s", (int)indent, "");
    if (!entry->key.length) {
        fputs("- ", out);
    } else {
        style_put_yaml(out, entry->key);
        fputs(": ", out);
    }
    if (strcmp(entry->section, "grants") == 0)
        grant_put(out, entry->value);
    else if (strcmp(entry->section, "secrets") == 0)
        fwrite(entry->value.bytes, 1, entry->value.length, out); /* YAML already */
    else if (strcmp(entry->section, "tools") == 0)
        fprintf(out, "%.*s", VIEW_ARGS(entry->value)); /* JSON in ASCII, which YAML reads as it is */
    else
        style_put_yaml(out, entry->value);
    fclose(out);
    printf("%-48s # ", text);
    style_put(stdout, view_of_cstr(entry->origin));
    if (entry->line) printf(":%u", entry->line);
    putchar('\n');
    free(text);
}

static bool is_list(const char *section)
{
    for (size_t i = 0; i < sizeof list_sections / sizeof *list_sections; i++)
        if (strcmp(section, list_sections[i]) == 0) return true;
    return false;
}

static void section_print(const struct policy *policy, const char *section, const char *title,
                          unsigned indent)
{
    bool has_title = false;
    ARRAY_FOREACH (const struct policy_entry, entry, &policy->entries) {
        if (strcmp(entry->section, section) != 0) continue;
        if (!has_title && *title) printf("%*s%s:\n", (int)indent - 2, "", title);
        has_title = true;
        entry_print(entry, indent);
    }
}

static bool has_section(const struct policy *policy, const char *section)
{
    ARRAY_FOREACH (const struct policy_entry, entry, &policy->entries)
        if (strcmp(entry->section, section) == 0) return true;
    return false;
}

static void policy_print(const struct policy *policy)
{
    printf("# policy sha256:%s\n", policy->digest);
    section_print(policy, "", "", 0);
    section_print(policy, "grants", "grants", 2);
    section_print(policy, "limits", "limits", 2);
    if (has_section(policy, "rules.packs") || has_section(policy, "rules.severity")) puts("rules:");
    section_print(policy, "rules.packs", "packs", 4);
    section_print(policy, "rules.severity", "severity", 4);
    section_print(policy, "unknown", "unknown", 2);
    section_print(policy, "ungranted", "ungranted", 2);
    section_print(policy, "suppress", "suppress", 2);
    if (has_section(policy, "gateway") || has_section(policy, "gateway.intercept")) puts("gateway:");
    section_print(policy, "gateway", "", 2);
    section_print(policy, "gateway.intercept", "intercept", 4);
    section_print(policy, "install", "install", 2);
    section_print(policy, "secrets", "secrets", 2);
    section_print(policy, "log", "log", 2);
    section_print(policy, "tools", "tools", 2);
}

static void policy_json_print(const struct policy *policy)
{
    json_t *entries = json_array();
    ARRAY_FOREACH (const struct policy_entry, entry, &policy->entries) {
        json_t *object =
            json_pack("{s:s, s:o, s:s}", "section", entry->section, "value",
                      json_stringn(entry->value.bytes, entry->value.length), "from", entry->origin);
        if (!is_list(entry->section))
            json_object_set_new(object, "key", json_stringn(entry->key.bytes, entry->key.length));
        if (entry->line) json_object_set_new(object, "line", json_integer((json_int_t)entry->line));
        json_array_append_new(entries, object);
    }
    json_t *whole = json_pack("{s:s, s:o}", "sha256", policy->digest, "entries", entries);
    json_dumpf(whole, stdout, JSON_INDENT(2));
    putchar('\n');
    json_decref(whole);
}

static enum status files_check(const struct options *options, struct arena *arena)
{
    enum status status = STATUS_OK;
    if (options->operands.count < 2) {
        struct error err = {0};
        error_set(&err, ERROR_USAGE, "no policy file to check");
        return job_complain(&err);
    }
    for (uint32_t i = 1; i < options->operands.count; i++) {
        const char *path = options->operands.items[i];
        struct policy policy;
        struct error err = {0};
        /* A bare name is a file here: only paths are checked. */
        struct view named = strchr(path, '/') ? view_of_cstr(path) : arena_format(arena, "./%s", path);
        if (!policy_open(&policy, arena, named.bytes, &err) ||
            !policy_check_rules(&policy, arena, stdout, &err))
            status = job_complain(&err);
        else
            printf("%s: fine\n", path);
    }
    return status;
}

enum status command_policy(const struct options *options, struct arena *arena)
{
    struct error err = {0};
    const char *verb = options->operands.count ? options->operands.items[0] : "show";
    if (strcmp(verb, "check") == 0) return files_check(options, arena);
    if (strcmp(verb, "list") == 0) {
        for (uint32_t i = 0; i < policy_profile_count(); i++) {
            struct view name = view_of_cstr(policy_profile_name(i)), stem, rest, line;
            view_split(name, '.', &stem, &rest);
            view_split(policy_profile_bytes(arena_copy(arena, stem).bytes), '\n', &line, &rest);
            printf("%-8.*s %.*s\n", VIEW_ARGS(stem), VIEW_ARGS(view_trim(view_slice(line, 1, line.length))));
        }
        return STATUS_OK;
    }
    if (strcmp(verb, "show") == 0) {
        if (options->format == FORMAT_JSON)
            policy_json_print(&options->policy);
        else
            policy_print(&options->policy);
        return STATUS_OK;
    }
    error_set(&err, ERROR_USAGE, "unknown: policy %.60s", verb);
    error_remedy(&err, "policy show, policy list or policy check FILE...");
    return job_complain(&err);
}
