#include "analyzer/rule_paths.h"

static bool class_matches(struct view glob, size_t *at, char c)
{
    size_t i = *at + 1;
    bool is_negated = i < glob.length && (glob.bytes[i] == '!' || glob.bytes[i] == '^'), is_in = false;
    for (i += is_negated; i < glob.length && (glob.bytes[i] != ']' || i == *at + 1 + is_negated); i++) {
        bool is_span = i + 2 < glob.length && glob.bytes[i + 1] == '-' && glob.bytes[i + 2] != ']';
        is_in |= is_span ? c >= glob.bytes[i] && c <= glob.bytes[i + 2] : c == glob.bytes[i];
        if (is_span) i += 2;
    }
    *at = i + 1;
    return is_in != is_negated;
}

/* One name against one part of a glob: a star is remembered and tried with one byte more, so it ends in the
 * product of both lengths. */
static bool name_matches(struct view glob, struct view name)
{
    size_t g = 0, n = 0, star = SIZE_MAX, from = 0;
    while (n < name.length) {
        size_t next = g + 1;
        char c = g < glob.length ? glob.bytes[g] : 0;
        if (c == '*') {
            star = ++g;
            from = n;
            continue;
        }
        bool holds = g < glob.length && (c == '?' || c == name.bytes[n]);
        if (c == '[') {
            next = g;
            holds = class_matches(glob, &next, name.bytes[n]);
        }
        if (holds) {
            g = next;
            n++;
        } else if (star != SIZE_MAX) {
            g = star;
            n = ++from;
        } else {
            return false;
        }
    }
    while (g < glob.length && glob.bytes[g] == '*') g++;
    return g >= glob.length;
}

enum { PARTS_MAX = 128 };

/* The last parts of a path, and all of a glob. */
static uint32_t parts_split(struct view text, struct view *parts)
{
    uint32_t count = 0;
    for (bool has_more = text.length > 0; has_more;) {
        struct view part = text, rest = {0};
        has_more = view_split(text, '/', &part, &rest);
        text = rest;
        if (part.length == 0 || view_equals_cstr(part, ".")) continue;
        if (count == PARTS_MAX) memmove(parts, parts + 1, --count * sizeof *parts);
        parts[count++] = part;
    }
    return count;
}

/* As name_matches, over parts, with `**` for the star. What the glob names may be a folder on the way. */
static bool parts_match(const struct view *glob, uint32_t glob_count, const struct view *path,
                        uint32_t path_count)
{
    uint32_t g = 0, n = 0, star = UINT32_MAX, from = 0;
    while (n < path_count && g < glob_count) {
        if (view_equals_cstr(glob[g], "**")) {
            star = ++g;
            from = n;
        } else if (name_matches(glob[g], path[n])) {
            g++;
            n++;
        } else if (star != UINT32_MAX) {
            g = star;
            n = ++from;
        } else {
            return false;
        }
    }
    while (g < glob_count && view_equals_cstr(glob[g], "**")) g++;
    return g == glob_count;
}

bool rule_glob_matches(struct view glob, struct view path)
{
    struct view globs[PARTS_MAX], paths[PARTS_MAX];
    uint32_t glob_count = parts_split(glob, globs), path_count = parts_split(path, paths);
    for (uint32_t start = 0; glob_count && start < path_count; start++)
        if (parts_match(globs, glob_count, paths + start, path_count - start)) return true;
    return false;
}

bool rule_paths_allow(const struct rule_paths *paths, struct view path)
{
    for (uint32_t i = 0; i < paths->exclude_count; i++)
        if (rule_glob_matches(paths->excludes[i], path)) return false;
    for (uint32_t i = 0; i < paths->include_count; i++)
        if (rule_glob_matches(paths->includes[i], path)) return true;
    return paths->include_count == 0;
}
