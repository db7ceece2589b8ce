#include "cordon/policy.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

#include "base/embed.h"
#include "base/io.h"

extern const struct embedded_file profile_files[];
extern const unsigned profile_count;

/* "agent" of "agent.yaml". */
static bool profile_is(const struct embedded_file *file, struct view name)
{
    struct view stem = view_of_cstr(file->name);
    return view_equals(view_slice(stem, 0, stem.length - strlen(".yaml")), name);
}

uint32_t policy_profile_count(void)
{
    return profile_count;
}

const char *policy_profile_name(uint32_t index)
{
    return profile_files[index].name;
}

struct view policy_profile_bytes(const char *name)
{
    for (unsigned i = 0; i < profile_count; i++)
        if (profile_is(&profile_files[i], view_of_cstr(name))) return embedded_bytes(&profile_files[i]);
    return (struct view){0};
}

bool policy_note(struct policy *policy, struct arena *arena, struct policy_entry entry, struct error *err)
{
    entry.key = arena_copy(arena, entry.key);
    entry.value = arena_copy(arena, entry.value);
    if (entry.key.length)
        ARRAY_FOREACH (struct policy_entry, earlier, &policy->entries)
            if (strcmp(earlier->section, entry.section) == 0 && view_equals(earlier->key, entry.key)) {
                *earlier = entry;
                return true;
            }
    return ARRAY_PUSH(arena, &policy->entries, entry) ||
           error_set(err, ERROR_LIMIT, "the policy is too large");
}

bool policy_grant(struct policy *policy, struct arena *arena, enum capability_kind kind, struct view argument,
                  const char *origin, uint32_t line, struct error *err)
{
    uint32_t before = policy->grant.count;
    if (!capability_set_grant(&policy->grant, arena, kind, argument, err) ||
        !capability_set_grant(&policy->allowed, arena, kind, argument, err))
        return false;
    if (policy->grant.count == before) return true; /* granted already */
    bool takes_argument = capability_argument_of(kind) != CAPABILITY_ARGUMENT_NONE;
    struct view word = view_of_cstr(capability_word(kind));
    struct view value = takes_argument ? arena_format(arena, "%.*s: %.*s", VIEW_ARGS(word),
                                                      VIEW_ARGS(policy->grant.items[before].argument))
                                       : word;
    return policy_note(policy, arena, (struct policy_entry){"grants", {0}, value, origin, line}, err);
}

static enum limit limit_of_word(struct view word)
{
    int limit = 0;
    while (limit < LIMIT_COUNT && !view_equals_cstr(word, limit_word((enum limit)limit))) limit++;
    return (enum limit)limit;
}

static bool source_limit_set(struct policy *policy, struct view value, struct error *err)
{
    struct limits limits = limits_default(); /* the same way of writing sizes */
    if (!limits_parse(&limits, LIMIT_DISK, value, err)) return error_prefix(err, "the largest source");
    if (limits.values[LIMIT_DISK] > LIMIT_SOURCE_BYTES_MAX) {
        error_set(err, ERROR_USAGE, "a source limit of more than %u bytes", LIMIT_SOURCE_BYTES_MAX);
        return error_remedy(err, "at most 8MiB");
    }
    policy->source_limit_bytes = (uint32_t)limits.values[LIMIT_DISK];
    return true;
}

bool policy_set_limit(struct policy *policy, struct arena *arena, struct view word, struct view value,
                      const char *origin, uint32_t line, struct error *err)
{
    if (view_equals(word, VIEW("source"))) {
        if (!source_limit_set(policy, value, err)) return false;
    } else {
        enum limit limit = limit_of_word(word);
        if (limit == LIMIT_COUNT) {
            const char *known[LIMIT_COUNT + 1] = {[LIMIT_COUNT] = "source"};
            for (int i = 0; i < LIMIT_COUNT; i++) known[i] = limit_word((enum limit)i);
            const char *nearest = error_nearest(word, known, LIMIT_COUNT + 1);
            error_set(err, ERROR_POLICY, "unknown limit '%.*s'", VIEW_ARGS(view_slice(word, 0, 60)));
            return nearest ? error_remedy(err, "did you mean '%s'?", nearest) : false;
        }
        if (!limits_parse(&policy->limits, limit, value, err)) return false;
    }
    return policy_note(policy, arena, (struct policy_entry){"limits", word, value, origin, line}, err);
}

bool policy_set_reject_at(struct policy *policy, struct arena *arena, struct view severity,
                          const char *origin, uint32_t line, struct error *err)
{
    if (!severity_of_word(severity, &policy->reject_at)) {
        error_set(err, ERROR_USAGE, "unknown severity '%.*s'", VIEW_ARGS(view_slice(severity, 0, 60)));
        return error_remedy(err, "info, warning, error or critical");
    }
    return policy_note(policy, arena, (struct policy_entry){"", VIEW("reject_at"), severity, origin, line},
                       err);
}

bool policy_set_unknown(struct policy *policy, struct arena *arena, struct view line, const char *origin,
                        struct error *err)
{
    struct view word, value;
    bool has_value = view_split(line, '=', &word, &value);
    enum capability_kind kind = capability_kind_of_word(word);
    bool is_cell = view_equals(value, VIEW("cell"));
    if (!has_value || kind == CAPABILITY_NONE || capability_argument_of(kind) == CAPABILITY_ARGUMENT_NONE ||
        (!is_cell && !view_equals(value, VIEW("reject")))) {
        error_set(err, ERROR_USAGE, "'%.*s' is not CAPABILITY=cell or CAPABILITY=reject",
                  VIEW_ARGS(view_slice(line, 0, 60)));
        return error_remedy(err, "a capability that has an argument, as in %s exec=cell", origin);
    }
    policy->unknown[kind] = is_cell ? CAPABILITY_UNKNOWN_CELL : CAPABILITY_UNKNOWN_REJECT;
    return policy_note(policy, arena, (struct policy_entry){"unknown", word, value, origin, 0}, err);
}

bool policy_set_mode(struct policy *policy, struct arena *arena, struct view mode, const char *origin,
                     uint32_t line, struct error *err)
{
    policy->is_report_only = view_equals(mode, VIEW("report"));
    if (!policy->is_report_only && !view_equals(mode, VIEW("enforce"))) {
        error_set(err, ERROR_POLICY, "unknown mode '%.*s'", VIEW_ARGS(view_slice(mode, 0, 60)));
        return error_remedy(err, "enforce or report");
    }
    return policy_note(policy, arena, (struct policy_entry){"", VIEW("mode"), mode, origin, line}, err);
}

/* Drops the lines of a list that a later document or flag replaces. */
static void entries_drop(struct policy *policy, const char *section)
{
    uint32_t kept = 0;
    for (uint32_t i = 0; i < policy->entries.count; i++)
        if (strcmp(policy->entries.items[i].section, section) != 0)
            policy->entries.items[kept++] = policy->entries.items[i];
    policy->entries.count = kept;
}

static bool has_rules_of(const struct policy *policy, const char *origin)
{
    ARRAY_FOREACH (const struct policy_entry, entry, &policy->entries)
        if (strcmp(entry->section, "rules.packs") == 0 && strcmp(entry->origin, origin) == 0) return true;
    return false;
}

bool policy_add_rules(struct policy *policy, struct arena *arena, const char *path, const char *origin,
                      uint32_t line, struct error *err)
{
    if (!has_rules_of(policy, origin)) {
        entries_drop(policy, "rules.packs");
        policy->uses_shipped_rules = false;
        policy->rule_paths.count = 0;
    }
    if (strcmp(path, "shipped") == 0)
        policy->uses_shipped_rules = true;
    else if (!ARRAY_PUSH(arena, &policy->rule_paths, path))
        return error_set(err, ERROR_LIMIT, "the policy is too large");
    return policy_note(policy, arena,
                       (struct policy_entry){"rules.packs", {0}, view_of_cstr(path), origin, line}, err);
}

bool policy_set_packages(struct policy *policy, struct arena *arena, const char *folder, const char *origin,
                         uint32_t line, struct error *err)
{
    char *resolved = realpath(folder, NULL);
    struct stat status;
    bool is_folder = resolved && stat(resolved, &status) == 0 && S_ISDIR(status.st_mode);
    policy->packages = is_folder ? arena_copy(arena, view_of_cstr(resolved)).bytes : NULL;
    free(resolved);
    if (!policy->packages) {
        error_set(err, ERROR_POLICY, "the packages '%.150s' are no folder that can be read", folder);
        return error_remedy(err, "name a folder as `pip install --target` or npm makes it");
    }
    struct view value = view_of_cstr(policy->packages);
    return policy_note(policy, arena, (struct policy_entry){"", VIEW("packages"), value, origin, line}, err);
}

static bool policy_open_file(struct policy *policy, struct arena *arena, const char *path, struct error *err)
{
    struct view bytes, text = view_of_cstr(path);
    if (!io_read_file(arena, path, POLICY_FILE_BYTES, &bytes, err)) return false;
    if (bytes.length > POLICY_FILE_BYTES) {
        error_set(err, ERROR_POLICY, "a policy of more than %d bytes", POLICY_FILE_BYTES);
        return error_place(err, text, 0, 0);
    }
    size_t slash = text.length;
    while (slash > 0 && text.bytes[slash - 1] != '/') slash--;
    struct view folder = slash == 0 ? VIEW(".") : slash == 1 ? VIEW("/") : view_slice(text, 0, slash - 1);
    return policy_apply(policy, arena, path, folder, bytes, 0, err);
}

static bool profile_refuse(struct arena *arena, const char *name, struct error *err)
{
    const char *names[16];
    unsigned long count = 0;
    for (unsigned i = 0; i < profile_count && count < 16; i++) {
        struct view file = view_of_cstr(profile_files[i].name);
        struct view stem = arena_copy(arena, view_slice(file, 0, file.length - strlen(".yaml")));
        if (stem.bytes) names[count++] = stem.bytes;
    }
    const char *nearest = error_nearest(view_of_cstr(name), names, count);
    error_set(err, ERROR_POLICY, "no profile '%.60s'", name);
    return nearest
               ? error_remedy(err, "did you mean %s?", nearest)
               : error_remedy(
                     err,
                     "`cordon policy list` shows the profiles; a file is written with its folder: ./%.60s",
                     name);
}

bool policy_open(struct policy *policy, struct arena *arena, const char *name, struct error *err)
{
    *policy =
        (struct policy){.reject_at = SEVERITY_ERROR, .limits = limits_default(), .uses_shipped_rules = true};
    for (int kind = 0; kind < CAPABILITY_KIND_COUNT; kind++)
        policy->unknown[kind] = (uint8_t)capability_unknown_of((enum capability_kind)kind);
    if (strchr(name, '/') || strchr(name, '.')) return policy_open_file(policy, arena, name, err);
    struct view bytes = policy_profile_bytes(name);
    if (!bytes.length) return profile_refuse(arena, name, err);
    return policy_apply(policy, arena, name, (struct view){0}, bytes, 0, err);
}

void policy_seal(struct policy *policy)
{
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    if (!out) return;
    ARRAY_FOREACH (const struct policy_entry, entry, &policy->entries) {
        /* Where this caller's log is says nothing of what is allowed. */
        if (entry->line == 0 && strcmp(entry->section, "log") == 0) continue;
        fprintf(out, "%s\t%.*s\t%.*s\n", entry->section, VIEW_ARGS(entry->key), VIEW_ARGS(entry->value));
    }
    fclose(out);
    struct digest digest = digest_sha256(view_make(text, length));
    memcpy(policy->digest, digest.hex, sizeof policy->digest);
    free(text);
}

struct verdict_policy policy_verdict(const struct policy *policy, uint32_t today)
{
    return (struct verdict_policy){
        .granted = &policy->allowed,
        .reject_at = policy->reject_at,
        .unknown = policy->unknown,
        .asks = policy->asks,
        .overrides = policy->overrides.items,
        .override_count = policy->overrides.count,
        .suppressions = policy->suppressions.items,
        .suppression_count = policy->suppressions.count,
        .today = today,
    };
}

uint32_t policy_today(void)
{
    return (uint32_t)(time(NULL) / 86400);
}
