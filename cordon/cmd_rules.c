/* cmd_rules.c - `cordon rules list|show|test|check`. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "cordon/commands.h"
#include "cordon/job.h"
#include "cordon/rulepack.h"
#include "cordon/style.h"

static void languages_text(const struct rule *rule, char *out, size_t size)
{
    size_t used = 0;
    out[0] = '\0';
    for (int i = 0; i < LANGUAGE_COUNT; i++) {
        if (!(rule->language_mask >> i & 1)) continue;
        int put = snprintf(out + used, size - used, "%s%s", used ? "," : "", languages[i].word);
        if (put > 0 && used + (size_t)put < size) used += (size_t)put;
    }
    if (rule->is_text && used < size)
        used += (size_t)snprintf(out + used, size - used, "%s%s", used ? "," : "",
                                 rule->takes_text ? "generic" : "regex");
    if (used == 0) snprintf(out, size, "-");
}

static json_t *rule_json(const struct rule *rule)
{
    json_t *words = json_array();
    for (int i = 0; i < LANGUAGE_COUNT; i++)
        if (rule->language_mask >> i & 1) json_array_append_new(words, json_string(languages[i].word));
    if (rule->is_text) json_array_append_new(words, json_string(rule->takes_text ? "generic" : "regex"));
    json_t *object = json_pack("{s:o, s:s, s:o, s:o, s:o, s:I}", "id", json_string_of_view(rule->id),
                               "severity", severity_word(rule->severity), "languages", words, "message",
                               json_string_of_view(rule->message), "path",
                               json_string_of_view(rule->place.path), "line", (json_int_t)rule->place.line);
    if (rule->capability != CAPABILITY_NONE)
        json_object_set_new(object, "capability", json_string(capability_word(rule->capability)));
    if (rule->cwe.length) json_object_set_new(object, "cwe", json_string_of_view(rule->cwe));
    return object;
}

static void json_finish(json_t *whole)
{
    json_dumpf(whole, stdout, JSON_INDENT(2));
    fputc('\n', stdout);
    json_decref(whole);
}

/* What the analyzer finds by itself, as a rule. */
static struct rule fault_rule(const struct fault_facts *facts)
{
    struct rule rule = {
        .id = view_of_cstr(facts->id),
        .place = {VIEW("the analyzer"), 0, 0},
        .severity = facts->severity,
        .message = view_of_cstr(facts->what),
        .help = view_of_cstr(facts->help),
        .cwe = view_of_cstr(facts->cwe),
    };
    for (int i = 0; i < LANGUAGE_COUNT; i++)
        if (languages[i].family == facts->family) rule.language_mask |= 1u << i;
    return rule;
}

static uint32_t fault_count(const struct options *options)
{
    return options->policy.uses_shipped_rules ? fault_facts_count() : 0;
}

/* All that is in force: the rules, then what the analyzer finds by itself. */
struct listing {
    struct rule *rules;
    uint32_t count;
};

static bool listing_make(struct listing *listing, struct arena *arena, const struct options *options,
                         const struct ruleset *ruleset)
{
    uint32_t count = ruleset_count(ruleset);
    listing->count = count + fault_count(options);
    listing->rules = ARENA_NEW_ARRAY(arena, struct rule, listing->count);
    for (uint32_t i = 0; listing->rules && i < listing->count; i++)
        listing->rules[i] = i < count ? *ruleset_rule(ruleset, i) : fault_rule(fault_facts_at(i - count));
    return listing->rules != NULL;
}

static void rule_line(const struct rule *rule)
{
    char words[64];
    languages_text(rule, words, sizeof words);
    printf("%-9s %-26s %-12s ", severity_word(rule->severity), words,
           rule->capability == CAPABILITY_NONE ? "-" : capability_word(rule->capability));
    style_put(stdout, rule->id);
    putchar('\n');
}

/* The group of a rule: its capability, or its severity from the worst on. */
static int group_of(const struct rule *rule, enum rule_group group)
{
    return group == GROUP_CAPABILITY ? (int)rule->capability : (int)SEVERITY_CRITICAL - (int)rule->severity;
}

static void group_print(const struct listing *listing, enum rule_group group, int number)
{
    uint32_t count = 0;
    const struct rule *first = NULL;
    for (uint32_t i = 0; i < listing->count; i++) {
        if (group_of(&listing->rules[i], group) != number) continue;
        if (!count++) first = &listing->rules[i];
    }
    if (!first) return;
    const char *word = severity_word(first->severity), *meaning = "";
    if (group == GROUP_CAPABILITY) {
        word = first->capability == CAPABILITY_NONE ? "findings" : capability_word(first->capability);
        meaning = first->capability == CAPABILITY_NONE ? "no capability: they reject by their severity"
                                                       : capability_meaning(first->capability);
    }
    printf("%s%s%s, %u %s\n", word, *meaning ? ": " : "", meaning, count, count == 1 ? "rule" : "rules");
    for (uint32_t i = 0; i < listing->count; i++) {
        if (group_of(&listing->rules[i], group) != number) continue;
        fputs("  ", stdout);
        rule_line(&listing->rules[i]);
    }
    putchar('\n');
}

static enum status rules_list(const struct options *options, struct arena *arena,
                              const struct ruleset *ruleset)
{
    struct listing listing;
    if (!listing_make(&listing, arena, options, ruleset)) return STATUS_UNDECIDED;
    if (options->format == FORMAT_JSON) {
        json_t *list = json_array();
        for (uint32_t i = 0; i < listing.count; i++)
            json_array_append_new(list, rule_json(&listing.rules[i]));
        json_finish(list);
        return STATUS_OK;
    }
    bool is_grouped = options->rule_group != GROUP_NONE;
    for (int number = 0; is_grouped && number < (int)CAPABILITY_KIND_COUNT; number++)
        group_print(&listing, options->rule_group, number);
    for (uint32_t i = 0; !is_grouped && i < listing.count; i++) rule_line(&listing.rules[i]);
    fprintf(stderr, "%u rules, digest %s\n", listing.count, ruleset_digest(ruleset));
    return STATUS_OK;
}

static enum status rules_show(const struct options *options, const struct ruleset *ruleset, const char *id)
{
    struct error err = {0};
    const struct rule *rule = ruleset_find(ruleset, view_of_cstr(id));
    const struct fault_facts *facts = fault_facts_find(view_of_cstr(id));
    struct rule made;
    if (!rule && facts && fault_count(options)) {
        made = fault_rule(facts);
        rule = &made;
    }
    if (!rule) {
        error_set(&err, ERROR_USAGE, "no rule '%.100s'", id);
        error_remedy(&err, "cordon rules list shows the ids");
        return job_complain(&err);
    }
    if (options->format == FORMAT_JSON) {
        json_finish(rule_json(rule));
        return STATUS_OK;
    }
    char words[64];
    languages_text(rule, words, sizeof words);
    printf("%.*s\n\n  severity    %s\n  languages   %s\n", VIEW_ARGS(rule->id), severity_word(rule->severity),
           words);
    if (rule->capability != CAPABILITY_NONE)
        printf("  capability  %s (%s)\n", capability_word(rule->capability),
               capability_meaning(rule->capability));
    if (rule->cwe.length) printf("  weakness    %.*s\n", VIEW_ARGS(rule->cwe));
    for (uint32_t i = 0; i < rule->reference_count; i++)
        printf("  see         %.*s\n", VIEW_ARGS(rule->references[i]));
    printf("  defined in  %.*s:%u\n\n%.*s\n", VIEW_ARGS(rule->place.path), rule->place.line,
           VIEW_ARGS(rule->message));
    if (rule->help.length) printf("\nhelp: %.*s\n", VIEW_ARGS(rule->help));
    return STATUS_OK;
}

/* Sums of several paths. */
struct test_sum {
    uint32_t rules, files, expected, ok, todo, missed, surplus, untested;
    json_t *faults;
};

static void fault_print(const struct fixture_line *fault)
{
    style_put(stdout, fault->path);
    printf(":%u: %s ", fault->line, fault->fault == FIXTURE_MISSED ? "missed" : "surplus");
    style_put(stdout, fault->rule_id);
    putchar('\n');
}

static json_t *fault_json(const struct fixture_line *fault)
{
    return json_pack("{s:o, s:I, s:s, s:o}", "path", json_string_of_view(fault->path), "line",
                     (json_int_t)fault->line, "fault", fault->fault == FIXTURE_MISSED ? "missed" : "surplus",
                     "rule_id", json_string_of_view(fault->rule_id));
}

static void test_add(struct test_sum *sum, const struct options *options, const struct fixture_report *report)
{
    sum->rules += report->rule_count;
    sum->files += report->file_count;
    sum->expected += report->expected_count;
    sum->ok += report->ok_count;
    sum->todo += report->todo_count;
    sum->untested += report->rules_without_target;
    for (uint32_t i = 0; i < report->fault_count; i++) {
        const struct fixture_line *fault = &report->faults[i];
        sum->missed += fault->fault == FIXTURE_MISSED;
        sum->surplus += fault->fault == FIXTURE_SURPLUS;
        if (options->format == FORMAT_JSON)
            json_array_append_new(sum->faults, fault_json(fault));
        else
            fault_print(fault);
    }
    for (uint32_t i = 0; i < report->rules_without_target && options->format != FORMAT_JSON; i++)
        printf("no fixture for %.*s\n", VIEW_ARGS(report->untested[i]));
}

static enum status rules_test(const struct options *options, struct arena *arena)
{
    struct error err = {0};
    struct test_sum sum = {.faults = json_array()};
    for (uint32_t i = 1; i < options->operands.count; i++) {
        struct fixture_report report;
        if (!fixture_run(arena, options->operands.items[i], &report, &err)) {
            json_decref(sum.faults);
            return job_complain(&err);
        }
        test_add(&sum, options, &report);
    }
    bool is_clean = sum.missed == 0 && sum.surplus == 0;
    if (options->format == FORMAT_JSON) {
        json_finish(json_pack("{s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "clean", is_clean,
                              "rules", (json_int_t)sum.rules, "files", (json_int_t)sum.files, "ruleid",
                              (json_int_t)sum.expected, "ok", (json_int_t)sum.ok, "todo",
                              (json_int_t)sum.todo, "missed", (json_int_t)sum.missed, "surplus",
                              (json_int_t)sum.surplus, "rules_without_fixture", (json_int_t)sum.untested,
                              "faults", sum.faults));
    } else {
        json_decref(sum.faults);
        printf("%u rules, %u files: %u ruleid lines, %u missed; %u ok lines, %u surplus; %u set aside; %u "
               "rules without a "
               "fixture\n",
               sum.rules, sum.files, sum.expected, sum.missed, sum.ok, sum.surplus, sum.todo, sum.untested);
    }
    return is_clean ? STATUS_OK : STATUS_REJECTED;
}

/* Every file is looked at, so that all complaints come at once. */
static json_t *complaint_json(const struct error *complaint)
{
    json_t *object =
        json_pack("{s:s, s:I, s:I, s:s}", "path", complaint->path, "line", (json_int_t)complaint->line, "col",
                  (json_int_t)complaint->col, "message", complaint->message);
    if (complaint->remedy[0]) json_object_set_new(object, "remedy", json_string(complaint->remedy));
    return object;
}

static int complaint_order(const void *left, const void *right)
{
    const struct error *a = left, *b = right;
    int order = strcmp(a->path, b->path);
    if (order != 0) return order;
    if (a->line != b->line) return a->line < b->line ? -1 : 1;
    return a->col < b->col ? -1 : a->col > b->col;
}

/* Every complaint about the rules of one path; they are added to `complaints`, or printed. False: cordon
 * failed. */
static bool path_rules_check(const char *path, json_t *complaints, uint32_t *rules, uint32_t *count,
                             struct error *err)
{
    struct ruleset *ruleset = ruleset_new();
    struct error_list errors = {0};
    if (!ruleset) return error_set(err, ERROR_SYSTEM, "no memory for rules");
    ruleset_collect(ruleset, &errors);
    bool is_fine = ruleset_add_path(ruleset, path, err) && ruleset_compile(ruleset, err);
    if (errors.count) qsort(errors.items, errors.count, sizeof *errors.items, complaint_order);
    for (uint32_t i = 0; i < errors.count; i++) {
        if (complaints)
            json_array_append_new(complaints, complaint_json(&errors.items[i]));
        else
            job_complain(&errors.items[i]);
    }
    for (uint32_t i = 0; i < ruleset_count(ruleset) && !complaints; i++) {
        const struct rule *rule = ruleset_rule(ruleset, i);
        if (rule->is_inapplicable)
            printf("%.*s:%u: note: rule %.*s matches nothing here: another version, or a language that "
                   "cordon does not have\n",
                   VIEW_ARGS(rule->place.path), rule->place.line, VIEW_ARGS(rule->id));
    }
    *rules += ruleset_count(ruleset);
    *count += errors.count;
    if (is_fine && !complaints && errors.count == 0) printf("%s: %u rules\n", path, ruleset_count(ruleset));
    ruleset_free(ruleset);
    return is_fine;
}

static enum status rules_check(const struct options *options)
{
    json_t *complaints = options->format == FORMAT_JSON ? json_array() : NULL;
    uint32_t rules = 0, count = 0;
    for (uint32_t i = 1; i < options->operands.count; i++) {
        struct error err = {0};
        if (path_rules_check(options->operands.items[i], complaints, &rules, &count, &err)) continue;
        json_decref(complaints);
        return job_complain(&err);
    }
    if (complaints)
        json_finish(json_pack("{s:b, s:I, s:o}", "clean", count == 0, "rules", (json_int_t)rules,
                              "complaints", complaints));
    return count ? STATUS_UNDECIDED : STATUS_OK;
}

enum status command_rules(const struct options *options, struct arena *arena)
{
    struct error err = {0};
    const char *verb = options->operands.count ? options->operands.items[0] : "";
    struct view word = view_of_cstr(verb);
    bool wants_path = view_equals(word, VIEW("test")) || view_equals(word, VIEW("check"));
    bool wants_id = view_equals(word, VIEW("show"));
    if ((wants_path || wants_id) && options->operands.count < 2) {
        error_set(&err, ERROR_USAGE, "cordon rules %s wants %s", verb,
                  wants_id ? "a rule's id" : "a rule file or folder");
        return job_complain(&err);
    }
    if (view_equals(word, VIEW("test"))) return rules_test(options, arena);
    if (view_equals(word, VIEW("check"))) return rules_check(options);
    if (!wants_id && !view_equals(word, VIEW("list"))) {
        error_set(&err, ERROR_USAGE, *verb ? "unknown: cordon rules %.40s" : "what about the rules?%.0s",
                  verb);
        error_remedy(&err, "cordon rules list, show ID, test PATH... or check PATH...");
        return job_complain(&err);
    }
    struct ruleset *ruleset =
        rulepack_open(options->policy.uses_shipped_rules, options->policy.rule_paths.items,
                      options->policy.rule_paths.count, &err);
    if (!ruleset) return job_complain(&err);
    enum status status = wants_id ? rules_show(options, ruleset, options->operands.items[1])
                                  : rules_list(options, arena, ruleset);
    ruleset_free(ruleset);
    return status;
}
