#include "analyzer/fixture.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "analyzer/analyzer.h"
#include "base/io.h"

enum { FIXTURE_DEPTH_MAX = 64, RULE_FILE_BYTES_MAX = 8 * 1024 * 1024 };

enum annotation { ANNOTATION_RULEID, ANNOTATION_OK, ANNOTATION_TODO };

/* A line that an annotation speaks of. */
struct expectation {
    struct view rule_id;
    uint32_t line;
    enum annotation kind;
    bool is_met;
};

struct expectation_list {
    struct expectation *items;
    uint32_t count, capacity;
};

struct view_list {
    struct view *items;
    uint32_t count, capacity;
};

/* One run over many rule files. */
struct fixture_walk {
    struct arena *arena;
    struct fixture_report *report;
    struct view_list untested;
    struct error *err;
};

static bool exhausted(struct fixture_walk *walk)
{
    return error_set(walk->err, ERROR_LIMIT, "too many rules or fixtures to test at once");
}

/* The text behind the comment sign that starts a line, or an empty view. */
static struct view comment_text(struct view line)
{
    static const char *const signs[] = {"#", "//", "/*", "<!--", "{/*", "--", ";"};
    line = view_trim(line);
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (view_starts_with(line, view_of_cstr(signs[i])))
            return view_trim(view_slice(line, strlen(signs[i]), line.length));
    return (struct view){0};
}

/* "ruleid: A, B" and the like: the kind, and the ids behind the colon. */
static bool annotation_read(struct view line, enum annotation *kind, struct view *ids)
{
    static const struct {
        const char *word;
        enum annotation kind;
    } words[] = {{"ruleid:", ANNOTATION_RULEID},       {"ok:", ANNOTATION_OK},
                 {"todoruleid:", ANNOTATION_TODO},     {"todook:", ANNOTATION_TODO},
                 {"deepruleid:", ANNOTATION_TODO},     {"deepok:", ANNOTATION_TODO},
                 {"tododeepruleid:", ANNOTATION_TODO}, {"proruleid:", ANNOTATION_TODO},
                 {"prook:", ANNOTATION_TODO}};
    struct view text = comment_text(line);
    for (size_t i = 0; text.length && i < sizeof words / sizeof *words; i++) {
        struct view word = view_of_cstr(words[i].word);
        if (!view_starts_with(text, word)) continue;
        *kind = words[i].kind;
        *ids = view_slice(text, word.length, text.length);
        return true;
    }
    return false;
}

static bool expectations_read(struct fixture_walk *walk, const struct source *source,
                              struct expectation_list *list)
{
    for (uint32_t line = 1; line <= source->line_count; line++) {
        enum annotation kind;
        struct view ids, id;
        if (!annotation_read(source_line(source, line), &kind, &ids)) continue;
        bool has_more = true;
        while (has_more) {
            has_more = view_split(ids, ',', &id, &ids);
            struct view rest;
            view_split(view_trim(id), ' ', &id, &rest); /* words may stand behind an id */
            if (id.length == 0) continue;
            struct expectation item = {.rule_id = id, .line = line + 1, .kind = kind};
            if (!ARRAY_PUSH(walk->arena, list, item)) return exhausted(walk);
        }
    }
    return true;
}

static bool fault_add(struct fixture_walk *walk, struct view rule_id, struct view path, uint32_t line,
                      enum fixture_fault fault)
{
    struct fixture_line item = {arena_copy(walk->arena, rule_id), arena_copy(walk->arena, path), line, fault};
    struct {
        struct fixture_line *items;
        uint32_t count, capacity;
    } faults = {walk->report->faults, walk->report->fault_count, walk->report->fault_capacity};
    if (!ARRAY_PUSH(walk->arena, &faults, item)) return exhausted(walk);
    walk->report->faults = faults.items;
    walk->report->fault_count = faults.count;
    walk->report->fault_capacity = faults.capacity;
    return true;
}

/* The expectation for a finding's line: of this rule, by ruleid first, then by todo; NULL where there is
 * none. */
static struct expectation *expectation_find(const struct expectation_list *list, struct view rule_id,
                                            uint32_t line)
{
    struct expectation *todo = NULL;
    ARRAY_FOREACH (struct expectation, item, list) {
        if (item->line != line || !view_equals(item->rule_id, rule_id)) continue;
        if (item->kind == ANNOTATION_RULEID) return item;
        if (item->kind == ANNOTATION_TODO) todo = item;
    }
    return todo;
}

static bool findings_compare(struct fixture_walk *walk, const struct ruleset *ruleset,
                             const struct report *report, struct expectation_list *expected)
{
    struct view path = report->source.path, last_id = {0};
    uint32_t last_line = 0;
    ARRAY_FOREACH (const struct finding, finding, &report->findings) {
        uint32_t line = source_place(&report->source, finding->start).line;
        struct expectation *item = expectation_find(expected, finding->rule_id, line);
        if (item) {
            item->is_met = true;
            continue;
        }
        bool is_repeated = last_line == line && view_equals(last_id, finding->rule_id);
        last_line = line;
        last_id = finding->rule_id;
        if (!is_repeated && !fault_add(walk, finding->rule_id, path, line, FIXTURE_SURPLUS)) return false;
    }
    ARRAY_FOREACH (struct expectation, item, expected) {
        if (!ruleset_find(ruleset, item->rule_id)) continue; /* of another rule file with the same target */
        walk->report->expected_count += item->kind == ANNOTATION_RULEID;
        walk->report->ok_count += item->kind == ANNOTATION_OK;
        walk->report->todo_count += item->kind == ANNOTATION_TODO;
        bool is_missed = item->kind == ANNOTATION_RULEID && !item->is_met;
        if (is_missed && !fault_add(walk, item->rule_id, path, item->line, FIXTURE_MISSED)) return false;
    }
    return true;
}

static bool target_test(struct fixture_walk *walk, const struct ruleset *ruleset, const char *path,
                        const struct language *language, struct expectation_list *expected)
{
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 4 * (size_t)RULE_FILE_BYTES_MAX);
    struct view bytes;
    if (!io_read_file(&arena, path, LIMIT_SOURCE_BYTES_MAX, &bytes, walk->err)) return false;
    struct checker_options options = {
        .ruleset = ruleset, .source_limit_bytes = LIMIT_SOURCE_BYTES_MAX, .ignores_rule_paths = true};
    struct checker *checker = checker_new(&options, walk->err);
    struct report report = {0};
    bool is_tested =
        checker &&
        (language ? checker_check(checker, view_of_cstr(path), bytes, language, &report, walk->err)
                  : checker_check_text(checker, view_of_cstr(path), bytes, &report, walk->err)) &&
        expectations_read(walk, &report.source, expected);
    if (is_tested) is_tested = findings_compare(walk, ruleset, &report, expected);
    /* What is kept of the expectations must outlive the file's bytes. */
    ARRAY_FOREACH (struct expectation, item, expected) item->rule_id = arena_copy(walk->arena, item->rule_id);
    walk->report->file_count++;
    report_clear(&report);
    checker_free(checker);
    return is_tested;
}

static bool has_extension(const char *name, const char *extension)
{
    return view_ends_with(view_of_cstr(name), view_of_cstr(extension));
}

static bool name_is_rule_file(const char *name)
{
    bool is_yaml = has_extension(name, ".yaml") || has_extension(name, ".yml");
    return is_yaml && name[0] != '.' && !has_extension(name, ".test.yaml") &&
           !has_extension(name, ".test.yml");
}

/* The name up to its first dot. */
static struct view stem_of(struct view path)
{
    size_t start = path.length;
    while (start > 0 && path.bytes[start - 1] != '/') start--;
    struct view name = view_slice(path, start, path.length), stem, rest;
    view_split(name, '.', &stem, &rest);
    return stem;
}

static int name_order(const void *left, const void *right)
{
    return view_compare(*(const struct view *)left, *(const struct view *)right);
}

/* The names in a folder, sorted; hidden ones are left out. */
static bool names_read(struct fixture_walk *walk, const char *path, struct view_list *names)
{
    DIR *folder = opendir(path);
    if (!folder) {
        error_set_errno(walk->err, ERROR_INPUT, errno, "cannot open the folder");
        return error_place(walk->err, view_of_cstr(path), 0, 0);
    }
    bool fits = true;
    for (struct dirent *entry; fits && (entry = readdir(folder));) {
        if (entry->d_name[0] == '.') continue;
        struct view name = arena_copy(walk->arena, view_of_cstr(entry->d_name));
        fits = name.bytes && ARRAY_PUSH(walk->arena, names, name);
    }
    closedir(folder);
    if (names->count) qsort(names->items, names->count, sizeof *names->items, name_order);
    return fits || exhausted(walk);
}

static bool rules_note_untested(struct fixture_walk *walk, const struct ruleset *ruleset,
                                const struct expectation_list *expected)
{
    for (uint32_t i = 0; i < ruleset_count(ruleset); i++) {
        const struct rule *rule = ruleset_rule(ruleset, i);
        walk->report->rule_count++;
        bool is_tested =
            rule->language_mask == 0 && !rule->is_text; /* of a language that cordon does not have */
        ARRAY_FOREACH (const struct expectation, item, expected)
            is_tested |= view_equals(item->rule_id, rule->id);
        if (is_tested) continue;
        struct view id = arena_copy(walk->arena, rule->id);
        if (!id.bytes || !ARRAY_PUSH(walk->arena, &walk->untested, id)) return exhausted(walk);
    }
    return true;
}

static bool rule_file_test(struct fixture_walk *walk, struct view path)
{
    struct ruleset *ruleset = ruleset_new();
    if (!ruleset) return exhausted(walk);
    bool is_fine = ruleset_add_path(ruleset, path.bytes, walk->err) && ruleset_compile(ruleset, walk->err);
    size_t slash = path.length;
    while (slash > 0 && path.bytes[slash - 1] != '/') slash--;
    struct view folder = slash ? arena_copy(walk->arena, view_slice(path, 0, slash)) : VIEW("./");
    struct view_list names = {0};
    struct expectation_list all = {0};
    bool sees_text = false, is_only_text = true;
    for (uint32_t i = 0; is_fine && i < ruleset_count(ruleset); i++) {
        sees_text |= ruleset_rule(ruleset, i)->is_text;
        is_only_text &= ruleset_rule(ruleset, i)->is_text && !ruleset_rule(ruleset, i)->language_mask;
    }
    is_fine = is_fine && names_read(walk, folder.bytes, &names);
    for (uint32_t i = 0; is_fine && i < names.count; i++) {
        const struct language *language = is_only_text ? NULL : language_of_path(names.items[i]);
        bool is_target = (language || (sees_text && !name_is_rule_file(names.items[i].bytes))) &&
                         view_equals(stem_of(names.items[i]), stem_of(path)) &&
                         view_find(names.items[i], VIEW(".fixed")) == SIZE_MAX;
        if (!is_target) continue;
        struct expectation_list expected = {0};
        struct view target =
            arena_format(walk->arena, "%s%s", slash ? folder.bytes : "", names.items[i].bytes);
        is_fine = target.bytes && target_test(walk, ruleset, target.bytes, language, &expected);
        ARRAY_FOREACH (const struct expectation, item, &expected)
            is_fine = is_fine && ARRAY_PUSH(walk->arena, &all, *item);
    }
    is_fine = is_fine && rules_note_untested(walk, ruleset, &all);
    ruleset_free(ruleset);
    return is_fine;
}

static bool path_test(struct fixture_walk *walk, struct view path, unsigned depth)
{
    struct stat status;
    if (lstat(path.bytes, &status) < 0) {
        error_set_errno(walk->err, ERROR_INPUT, errno, "cannot open");
        return error_place(walk->err, path, 0, 0);
    }
    if (!S_ISDIR(status.st_mode)) return rule_file_test(walk, path);
    struct view_list names = {0};
    if (depth == FIXTURE_DEPTH_MAX) return error_set(walk->err, ERROR_LIMIT, "rule folders nest too deep");
    if (!names_read(walk, path.bytes, &names)) return false;
    bool has_slash = path.length && path.bytes[path.length - 1] == '/';
    for (uint32_t i = 0; i < names.count; i++) {
        struct view inner =
            arena_format(walk->arena, "%s%s%s", path.bytes, has_slash ? "" : "/", names.items[i].bytes);
        if (!inner.bytes) return exhausted(walk);
        if (lstat(inner.bytes, &status) < 0) continue;
        bool is_rule_file = S_ISREG(status.st_mode) && name_is_rule_file(names.items[i].bytes);
        if ((S_ISDIR(status.st_mode) || is_rule_file) && !path_test(walk, inner, depth + 1)) return false;
    }
    return true;
}

bool fixture_run(struct arena *arena, const char *path, struct fixture_report *report, struct error *err)
{
    *report = (struct fixture_report){0};
    struct fixture_walk walk = {.arena = arena, .report = report, .err = err};
    struct view copy = arena_copy(arena, view_of_cstr(path));
    if (!copy.bytes) return exhausted(&walk);
    bool is_done = path_test(&walk, copy, 0);
    report->untested = walk.untested.items;
    report->rules_without_target = walk.untested.count;
    return is_done;
}
