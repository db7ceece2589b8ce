#include "grammars/module.h"

#include <pthread.h>
#include <string.h>

#include "base/bug.h"
#include "base/embed.h"

enum {
    MODULES_MAX = 1200,
    PACKAGES_MAX = 6000,
    NEAREST_BYTES_MIN = 4,   /* of shorter names every other one is near */
    LOOKALIKE_BYTES_MIN = 6, /* shorter ones are a letter apart by chance: clock, click */
};

extern const struct embedded_file modulefact_files[];
extern const unsigned modulefact_count;

/* The lines of a file, as it has them: sorted by their first word (a test looks). */
struct lines {
    struct view *items;
    uint32_t count;
};

static struct lines modules[2];  /* by family: a module and its names */
static struct lines packages[2]; /* by family: a name each */
static pthread_once_t modules_once = PTHREAD_ONCE_INIT, packages_once = PTHREAD_ONCE_INIT;

static const struct {
    enum language_family family;
    const char *old, *usual;
} renamed[] = {
#define MODULE_RENAMED(family, old, usual) {FAMILY_##family, old, usual},
#include "grammars/module.def"
#undef MODULE_RENAMED
};

static struct view first_word(struct view line)
{
    return view_slice(line, 0, view_find_byte(line, ' '));
}

static struct lines lines_of(struct view *storage, uint32_t limit, const char *name)
{
    struct lines lines = {.items = storage};
    struct view rest = {0}, line;
    for (unsigned i = 0; i < modulefact_count; i++)
        if (strcmp(modulefact_files[i].name, name) == 0) rest = embedded_bytes(&modulefact_files[i]);
    for (bool has_more = true; has_more;) {
        has_more = view_split(rest, '\n', &line, &rest);
        if (line.length == 0) continue;
        BUG_ON(lines.count == limit);
        lines.items[lines.count++] = line;
    }
    return lines;
}

static void modules_make(void)
{
    static struct view storage[2][MODULES_MAX];
    modules[FAMILY_PYTHON] = lines_of(storage[0], MODULES_MAX, "python.txt");
    modules[FAMILY_JAVASCRIPT] = lines_of(storage[1], MODULES_MAX, "javascript.txt");
}

static void packages_make(void)
{
    static struct view storage[2][PACKAGES_MAX];
    packages[FAMILY_PYTHON] = lines_of(storage[0], PACKAGES_MAX, "python_packages.txt");
    packages[FAMILY_JAVASCRIPT] = lines_of(storage[1], PACKAGES_MAX, "javascript_packages.txt");
}

static const struct lines no_lines;

static const struct lines *modules_of(enum language_family family)
{
    pthread_once(&modules_once, modules_make);
    return family == FAMILY_PYTHON || family == FAMILY_JAVASCRIPT ? &modules[family] : &no_lines;
}

static const struct lines *packages_of(enum language_family family)
{
    pthread_once(&packages_once, packages_make);
    return family == FAMILY_PYTHON || family == FAMILY_JAVASCRIPT ? &packages[family] : &no_lines;
}

/* The line of this first word, or an empty view. */
static struct view line_find(const struct lines *lines, struct view word)
{
    uint32_t low = 0, high = lines->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = view_compare(first_word(lines->items[middle]), word);
        if (order == 0) return lines->items[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return (struct view){0};
}

bool module_is_own(enum language_family family, struct view module)
{
    return line_find(modules_of(family), module).length > 0;
}

enum module_name module_has(enum language_family family, struct view module, struct view name)
{
    struct view line = line_find(modules_of(family), module);
    struct view rest = view_slice(line, module.length + 1, line.length);
    if (line.length == 0 || name.length == 0 || view_equals(rest, VIEW("*"))) return MODULE_NAME_UNKNOWN;
    if (name.bytes[0] == '_') return MODULE_NAME_UNKNOWN; /* what is private comes and goes */
    for (size_t at; (at = view_find(rest, name)) != SIZE_MAX;) {
        struct view behind = view_slice(rest, at + name.length, rest.length);
        bool is_word = (at == 0 || rest.bytes[at - 1] == ' ') && (!behind.length || behind.bytes[0] == ' ');
        if (is_word) return MODULE_NAME_THERE;
        rest = view_slice(rest, at + 1, rest.length);
        if (rest.length && rest.bytes[0] != ' ')
            rest = view_slice(rest, view_find_byte(rest, ' '), rest.length);
    }
    return MODULE_NAME_MISSING;
}

/* How far apart two names may be and still be taken for each other. */
static unsigned edits_allowed(struct view name)
{
    return name.length >= 7 ? 2 : name.length >= 3 ? 1 : 0;
}

static void nearest_take(struct view candidate, struct view name, struct view *nearest, unsigned *distance)
{
    unsigned found = view_distance(candidate, name, *distance);
    if (found >= *distance) return;
    *distance = found;
    *nearest = candidate;
}

struct view module_name_nearest(enum language_family family, struct view module, struct view name)
{
    struct view line = line_find(modules_of(family), module), word, nearest = {0};
    struct view rest = view_slice(line, module.length + 1, line.length), head = {0};
    unsigned distance = edits_allowed(name) + 1;
    for (bool has_more = rest.length > 0; has_more;) {
        has_more = view_split(rest, ' ', &word, &rest);
        nearest_take(word, name, &nearest, &distance);
        bool is_head =
            word.length >= NEAREST_BYTES_MIN && word.length > head.length && view_starts_with(name, word);
        if (is_head) head = word;
    }
    if (nearest.length) return nearest;
    return head; /* squareroot: nothing; readFileContents: readFile */
}

struct view module_nearest(enum language_family family, struct view module)
{
    const struct lines *lines = modules_of(family);
    struct view nearest = {0};
    unsigned distance = edits_allowed(module) + 1;
    for (size_t i = 0; i < sizeof renamed / sizeof *renamed; i++)
        if (renamed[i].family == family && view_equals_cstr(module, renamed[i].old))
            return view_of_cstr(renamed[i].usual);
    for (uint32_t i = 0; i < lines->count; i++) {
        struct view word = first_word(lines->items[i]);
        if (word.bytes[0] != '_' && !view_starts_with(word, VIEW("global:")))
            nearest_take(word, module, &nearest, &distance);
    }
    return nearest;
}

bool package_is_known(enum language_family family, struct view package)
{
    const struct lines *lines = packages_of(family);
    if (line_find(lines, package).length) return true;
    if (package.length == 0 || package.bytes[0] != '@') return false;
    struct view scope = view_slice(package, 0, view_find_byte(package, '/') + 1);
    for (uint32_t i = 0; i < lines->count && scope.length > 1; i++)
        if (view_starts_with(lines->items[i], scope)) return true;
    return view_starts_with(package, VIEW("@types/"));
}

struct view package_lookalike(enum language_family family, struct view package)
{
    const struct lines *lines = packages_of(family);
    if (package.length < LOOKALIKE_BYTES_MIN || package.bytes[0] == '@') return (struct view){0};
    for (uint32_t i = 0; i < lines->count; i++)
        if (lines->items[i].length >= LOOKALIKE_BYTES_MIN && view_distance(lines->items[i], package, 1) == 1)
            return lines->items[i];
    return (struct view){0};
}
