#include "gateway/sqlite_function.h"

#include <stdlib.h>

#include "base/cleanup.h"
#include "base/utf8.h"

enum { STEPS_BETWEEN_ASKING = 1 << 16 };

/* One call under way. */
struct work {
    const struct sqlite_library *sqlite;
    const struct sqlite_functions *functions;
    sqlite3_context *context;
    size_t steps;
    bool is_stopped;
};

static bool stops(struct work *work, size_t steps)
{
    work->steps += steps;
    if (work->steps < STEPS_BETWEEN_ASKING || work->is_stopped) return work->is_stopped;
    work->steps = 0;
    work->is_stopped = work->functions->stop(work->functions->context);
    return work->is_stopped;
}

/* False: an argument is NULL, and then the result is. */
static bool work_begin(struct work *work, sqlite3_context *context, int count, sqlite3_value **values)
{
    const struct sqlite_library *sqlite = sqlite_library_load();
    *work = (struct work){sqlite, sqlite->sqlite3_user_data(context), context, 0, false};
    for (int i = 0; i < count; i++)
        if (sqlite->sqlite3_value_type(values[i]) == SQLITE_NULL) return false;
    return true;
}

static struct view text_of(const struct work *work, sqlite3_value *value)
{
    const char *bytes = (const char *)work->sqlite->sqlite3_value_text(value);
    return bytes ? view_make(bytes, (size_t)work->sqlite->sqlite3_value_bytes(value)) : VIEW("");
}

static bool is_blob(const struct work *work, sqlite3_value *value)
{
    return work->sqlite->sqlite3_value_type(value) == SQLITE_BLOB;
}

static void stopped_say(const struct work *work)
{
    work->sqlite->sqlite3_result_error_code(work->context, SQLITE_INTERRUPT);
}

static bool is_inner(char byte)
{
    return ((unsigned char)byte & 0xc0) == 0x80;
}

/* Behind the character there. */
static size_t char_end(struct view text, size_t at)
{
    for (at++; at < text.length && is_inner(text.bytes[at]);) at++;
    return at;
}

/* The character there, behind which *at is then; 0: the text has ended. */
static uint32_t char_take(struct view text, size_t *at)
{
    uint32_t code = 0;
    if (*at >= text.length) return 0;
    size_t end = char_end(text, *at);
    if (!utf8_decode(view_slice(text, *at, end), &code)) code = (unsigned char)text.bytes[*at];
    *at = end;
    return code;
}

/* ---- LIKE and GLOB ---- */

struct wildcards {
    char any, one, set; /* '\0': there is none */
    bool folds;
    struct view escape; /* what stands before a character that stands for itself */
};

static char fold(const struct wildcards *wildcards, char byte)
{
    return wildcards->folds && byte >= 'A' && byte <= 'Z' ? (char)(byte | 32) : byte;
}

/* `[a-z]`, `[^...]`; *at is behind the bracket, and then behind the set. False: not in it. */
static bool set_has(struct view pattern, size_t *at, uint32_t wanted)
{
    bool is_inverted = false, has = false;
    uint32_t before = 0, code = char_take(pattern, at);
    if (code == '^') {
        is_inverted = true;
        code = char_take(pattern, at);
    }
    if (code == ']') {
        has = wanted == ']';
        code = char_take(pattern, at);
    }
    for (; code && code != ']'; code = char_take(pattern, at)) {
        bool is_range = code == '-' && before && *at < pattern.length && pattern.bytes[*at] != ']';
        if (is_range) code = char_take(pattern, at);
        has |= is_range ? wanted >= before && wanted <= code : wanted == code;
        before = is_range ? 0 : code;
    }
    return code && has != is_inverted;
}

/* One element of the pattern that is not `any`, against the text there. False: they differ. */
static bool element_fits(const struct wildcards *wildcards, struct view pattern, size_t *p, struct view text,
                         size_t *t)
{
    bool is_escaped = wildcards->escape.length &&
                      view_starts_with(view_slice(pattern, *p, pattern.length), wildcards->escape);
    if (is_escaped) *p += wildcards->escape.length;
    if (*p >= pattern.length || *t >= text.length) return false;
    char byte = pattern.bytes[*p];
    if (!is_escaped && wildcards->set && byte == wildcards->set) {
        ++*p;
        return set_has(pattern, p, char_take(text, t));
    }
    if (!is_escaped && byte == wildcards->one) {
        ++*p;
        *t = char_end(text, *t);
        return true;
    }
    size_t end = char_end(pattern, *p);
    for (; *p < end; ++*p, ++*t)
        if (*t >= text.length || fold(wildcards, pattern.bytes[*p]) != fold(wildcards, text.bytes[*t]))
            return false;
    return true;
}

/* Goes back to the last `any` alone: an earlier one can do no more. */
static bool pattern_fits(struct work *work, const struct wildcards *wildcards, struct view pattern,
                         struct view text)
{
    size_t p = 0, t = 0, again_p = SIZE_MAX, again_t = 0;
    while (!stops(work, 1)) {
        bool is_any = p < pattern.length && pattern.bytes[p] == wildcards->any &&
                      !view_equals(wildcards->escape, view_slice(pattern, p, p + 1));
        if (is_any) {
            again_p = ++p;
            again_t = t;
            continue;
        }
        if (p == pattern.length && (t == text.length || again_p == p)) return true;
        size_t start = p;
        if (p < pattern.length && element_fits(wildcards, pattern, &p, text, &t)) {
            stops(work, p - start);
            continue;
        }
        if (again_p == SIZE_MAX || again_t >= text.length) return false;
        again_t = char_end(text, again_t);
        p = again_p;
        t = again_t;
    }
    return false;
}

static void pattern_answer(struct work *work, const struct wildcards *wildcards, sqlite3_value **values)
{
    bool fits = pattern_fits(work, wildcards, text_of(work, values[0]), text_of(work, values[1]));
    if (work->is_stopped)
        stopped_say(work);
    else
        work->sqlite->sqlite3_result_int64(work->context, fits);
}

static void like_run(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct work work;
    struct wildcards wildcards = {.any = '%', .one = '_', .folds = true};
    if (!work_begin(&work, context, count, values)) return;
    if (count == 3) wildcards.escape = text_of(&work, values[2]);
    if (count == 3 && utf8_count(wildcards.escape) != 1) {
        work.sqlite->sqlite3_result_error(context, "ESCAPE expression must be a single character", -1);
        return;
    }
    pattern_answer(&work, &wildcards, values);
}

static void glob_run(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct work work;
    const struct wildcards wildcards = {.any = '*', .one = '?', .set = '['};
    if (work_begin(&work, context, count, values)) pattern_answer(&work, &wildcards, values);
}

/* ---- texts in texts ---- */

static void instr_run(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct work work;
    if (!work_begin(&work, context, count, values)) return;
    bool is_bytes = is_blob(&work, values[0]) && is_blob(&work, values[1]);
    struct view text = text_of(&work, values[0]), wanted = text_of(&work, values[1]);
    size_t at = wanted.length ? view_find(text, wanted) : 0, place = 1;
    for (size_t i = 0; at != SIZE_MAX && i < at; i++) place += is_bytes || i == 0 || !is_inner(text.bytes[i]);
    work.sqlite->sqlite3_result_int64(context, at == SIZE_MAX ? 0 : (sqlite3_int64)place);
}

static size_t occurrences(struct view text, struct view wanted)
{
    size_t count = 0, at;
    for (; (at = view_find(text, wanted)) != SIZE_MAX; count++)
        text = view_slice(text, at + wanted.length, text.length);
    return count;
}

static void replace_run(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct work work;
    if (!work_begin(&work, context, count, values)) return;
    struct view text = text_of(&work, values[0]), wanted = text_of(&work, values[1]);
    struct view put = text_of(&work, values[2]);
    size_t found = wanted.length ? occurrences(text, wanted) : 0, at = 0;
    size_t length = text.length - found * wanted.length, added, used = 0;
    if (__builtin_mul_overflow(found, put.length, &added) || added > work.functions->most_bytes ||
        length + added > work.functions->most_bytes) {
        work.sqlite->sqlite3_result_error_toobig(context);
        return;
    }
    AUTO_FREE char *out = malloc(length + added + 1);
    if (!out) {
        work.sqlite->sqlite3_result_error_nomem(context);
        return;
    }
    for (size_t i = 0; i < found; i++) {
        at = view_find(text, wanted);
        if (at) memcpy(out + used, text.bytes, at);
        if (put.length) memcpy(out + used + at, put.bytes, put.length);
        used += at + put.length;
        text = view_slice(text, at + wanted.length, text.length);
    }
    if (text.length) memcpy(out + used, text.bytes, text.length);
    work.sqlite->sqlite3_result_text64(context, out, used + text.length, SQLITE_TRANSIENT, SQLITE_UTF8);
}

/* Whether the character text[start, end) is one of the set's. */
static bool is_of_set(struct work *work, struct view set, struct view text, size_t start, size_t end)
{
    struct view one = view_slice(text, start, end);
    for (size_t at = 0, next; at < set.length && !stops(work, 1); at = next) {
        next = char_end(set, at);
        if (view_equals(view_slice(set, at, next), one)) return true;
    }
    return false;
}

static void trim(sqlite3_context *context, int count, sqlite3_value **values, bool is_left, bool is_right)
{
    struct work work;
    if (!work_begin(&work, context, count, values)) return;
    struct view text = text_of(&work, values[0]), set = count == 2 ? text_of(&work, values[1]) : VIEW(" ");
    size_t start = 0, end = text.length;
    while (is_left && start < end) {
        size_t next = char_end(text, start);
        if (!is_of_set(&work, set, text, start, next)) break;
        start = next;
    }
    while (is_right && end > start) {
        size_t before = end - 1;
        while (before > start && is_inner(text.bytes[before])) before--;
        if (!is_of_set(&work, set, text, before, end)) break;
        end = before;
    }
    if (work.is_stopped)
        stopped_say(&work);
    else
        work.sqlite->sqlite3_result_text64(context, text.bytes + start, end - start, SQLITE_TRANSIENT,
                                           SQLITE_UTF8);
}

static void trim_run(sqlite3_context *context, int count, sqlite3_value **values)
{
    trim(context, count, values, true, true);
}

static void ltrim_run(sqlite3_context *context, int count, sqlite3_value **values)
{
    trim(context, count, values, true, false);
}

static void rtrim_run(sqlite3_context *context, int count, sqlite3_value **values)
{
    trim(context, count, values, false, true);
}

bool sqlite_functions_put(sqlite3 *database, struct sqlite_functions *functions)
{
    static const struct {
        const char *name;
        int count;
        void (*run)(sqlite3_context *context, int count, sqlite3_value **values);
    } own[] = {{"like", 2, like_run},   {"like", 3, like_run},      {"glob", 2, glob_run},
               {"instr", 2, instr_run}, {"trim", 1, trim_run},      {"trim", 2, trim_run},
               {"ltrim", 1, ltrim_run}, {"ltrim", 2, ltrim_run},    {"rtrim", 1, rtrim_run},
               {"rtrim", 2, rtrim_run}, {"replace", 3, replace_run}};
    const struct sqlite_library *sqlite = sqlite_library_load();
    const int flags = SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS;
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (sqlite->sqlite3_create_function_v2(database, own[i].name, own[i].count, flags, functions,
                                               own[i].run, NULL, NULL, NULL) != SQLITE_OK)
            return false;
    return true;
}
