#include "analyzer/regex_need.h"

#include "analyzer/regex_reader.h"

enum { SCRATCH_BYTES = 1 << 20 };

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c | 32) : c;
}

/* Any one of `items` must be there; none: nothing is known. */
struct required {
    struct view items[NEEDLE_ALTERNATIVES_MAX];
    unsigned count;
};

static size_t shortest(const struct required *required)
{
    size_t length = required->count ? SIZE_MAX : 0;
    for (unsigned i = 0; i < required->count; i++)
        if (required->items[i].length < length) length = required->items[i].length;
    return length;
}

/* Long needles are seldom there by accident, and few are better than many. */
static void better_take(struct required *best, const struct required *other)
{
    enum { LONG_ENOUGH = 8 };
    size_t mine = shortest(best), theirs = shortest(other);
    if (mine > LONG_ENOUGH) mine = LONG_ENOUGH;
    if (theirs > LONG_ENOUGH) theirs = LONG_ENOUGH;
    if (theirs > mine || (theirs == mine && other->count < best->count)) *best = *other;
}

/* Bytes that follow one another. */
struct run {
    char bytes[NEEDLE_BYTES_MAX];
    size_t length;
};

static void run_end(struct reader *reader, struct run *run, struct required *best)
{
    if (run->length >= NEEDLE_BYTES_MIN) {
        struct required own;
        own.count = 1;
        own.items[0] = arena_copy(reader->arena, view_make(run->bytes, run->length));
        if (own.items[0].bytes)
            better_take(best, &own);
        else
            reader->is_lost = true;
    }
    run->length = 0;
}

static void alternatives_read(struct reader *reader, unsigned depth, struct required *out);

/* A group and its quantifier. */
static void group_read(struct reader *reader, unsigned depth, struct required *best)
{
    struct required inner;
    bool is_flags, has_quantifier;
    inner.count = 0;
    bool is_needed = reader_group(reader, &is_flags);
    reader->has_flags |= is_flags;
    if (is_flags || reader->is_lost) return;
    alternatives_read(reader, depth + 1, &inner);
    if (reader_peek(reader, 0) != ')') reader->is_lost = true;
    reader->at++;
    unsigned least = reader_quantifier(reader, &has_quantifier);
    if (is_needed && least) better_take(best, &inner);
}

/* One alternative: what it needs most. */
static void sequence_read(struct reader *reader, unsigned depth, struct required *best)
{
    struct run run = {.length = 0};
    best->count = 0;
    while (reader->at < reader->text.length && !reader->is_lost) {
        char c = reader_peek(reader, 0);
        enum atom atom = ATOM_OTHER;
        bool has_quantifier;
        if (c == '|' || c == ')') break;
        if (c == '(') {
            run_end(reader, &run, best);
            group_read(reader, depth, best);
            continue;
        }
        if (c == '[') {
            reader_skip_class(reader);
        } else if (c == '\\') {
            reader->at++;
            atom = reader_escape(reader, &c);
        } else {
            reader->at++;
            if (!strchr(".^$", c) && (signed char)c > 0) atom = ATOM_BYTE;
        }
        unsigned least = reader_quantifier(reader, &has_quantifier);
        if (atom == ATOM_NOTHING) continue;
        if (atom == ATOM_OTHER || least == 0 || (signed char)c <= 0) run_end(reader, &run, best);
        if (atom == ATOM_OTHER || least == 0 || (signed char)c <= 0) continue;
        if (run.length == sizeof run.bytes) run_end(reader, &run, best);
        run.bytes[run.length++] = lower(c);
        if (has_quantifier) run_end(reader, &run, best);
    }
    run_end(reader, &run, best);
}

static void alternatives_read(struct reader *reader, unsigned depth, struct required *out)
{
    bool is_known = true;
    struct required one;
    out->count = 0;
    if (depth > READER_DEPTH_MAX) reader->is_lost = true;
    while (!reader->is_lost) {
        sequence_read(reader, depth, &one);
        is_known &= one.count > 0 && out->count + one.count <= NEEDLE_ALTERNATIVES_MAX;
        for (unsigned i = 0; i < one.count && is_known; i++) out->items[out->count++] = one.items[i];
        if (reader_peek(reader, 0) != '|' || reader->at >= reader->text.length) break;
        reader->at++;
    }
    if (!is_known || reader->is_lost) out->count = 0;
}

uint32_t needle_symbol(struct arena *arena, struct symbol_table *symbols, struct view text)
{
    text = view_slice(text, 0, NEEDLE_BYTES_MAX);
    char *copy = arena_alloc(arena, text.length + 1);
    if (!copy) return 0;
    copy[0] = NEEDLE_MARK;
    for (size_t i = 0; i < text.length; i++) copy[i + 1] = lower(text.bytes[i]);
    return symbol_intern(symbols, view_make(copy, text.length + 1));
}

/* False: no memory. */
static bool need_make(struct arena *arena, struct symbol_table *symbols, const struct required *required,
                      struct regex_need *need)
{
    uint32_t *found = ARENA_NEW_ARRAY(arena, uint32_t, required->count);
    if (!found) return false;
    for (unsigned i = 0; i < required->count; i++) {
        found[i] = needle_symbol(arena, symbols, required->items[i]);
        if (!found[i]) return false;
    }
    *need = (struct regex_need){found, required->count};
    return true;
}

bool regex_need_find(struct arena *arena, struct symbol_table *symbols, struct view regex,
                     struct regex_need *need)
{
    AUTO_ARENA struct arena scratch;
    arena_init(&scratch, SCRATCH_BYTES);
    struct reader reader = {.arena = &scratch, .text = regex};
    struct required required;
    *need = (struct regex_need){0};
    if (!symbols) return true;
    alternatives_read(&reader, 0, &required);
    if (reader.is_lost || reader.at < regex.length || required.count == 0) return true;
    return need_make(arena, symbols, &required, need);
}

/* ---- splitting ---- */

/* The alternatives that stand in text[from, to), which are all of a regex or one of its groups. */
struct choice {
    size_t from, to;
    size_t starts[REGEX_PARTS_MAX + 1], ends[REGEX_PARTS_MAX + 1];
    struct required needs[REGEX_PARTS_MAX + 1];
    unsigned count, known_count;
};

/* Reads alternatives from where the reader is. False: too many, or nothing that can be taken apart. */
static bool choice_read(struct reader *reader, struct choice *choice)
{
    choice->count = choice->known_count = 0;
    choice->from = reader->at;
    while (choice->count < REGEX_PARTS_MAX) {
        unsigned i = choice->count++;
        choice->starts[i] = reader->at;
        sequence_read(reader, 0, &choice->needs[i]);
        choice->ends[i] = reader->at;
        choice->known_count += choice->needs[i].count > 0;
        if (reader->is_lost || reader->has_flags) return false;
        if (reader_peek(reader, 0) != '|') break;
        reader->at++;
    }
    choice->to = reader->at;
    return reader->at == reader->text.length || reader_peek(reader, 0) == ')';
}

/* Whether what a group captured is asked for again: then its alternatives are not all that it is. */
static bool has_reference(struct view regex)
{
    for (size_t i = 0; i + 1 < regex.length; i++) {
        if (regex.bytes[i] != '\\') continue;
        i++;
        if (regex.bytes[i] >= '1' && regex.bytes[i] <= '9') return true;
    }
    return false;
}

/* A group at the reader that stands for itself, once: its alternatives, where they are better than `best`. */
static void group_choice(struct reader *reader, struct choice *one, struct choice *best)
{
    struct reader ahead = *reader;
    bool is_flags, has_quantifier;
    bool is_plain = reader_peek(&ahead, 1) != '?' || reader_peek(&ahead, 2) == ':';
    bool is_needed = reader_group(&ahead, &is_flags);
    if (is_flags || !is_needed || !is_plain || !choice_read(&ahead, one) || reader_peek(&ahead, 0) != ')')
        return;
    ahead.at++;
    reader_quantifier(&ahead, &has_quantifier);
    if (!has_quantifier && one->known_count > best->known_count) *best = *one;
}

/* Finds the choice by which the regex is best taken apart. */
static void choice_find(struct reader *reader, struct choice *one, struct choice *best)
{
    bool is_flags = false;
    best->known_count = 0;
    while (reader_peek(reader, 0) == '(' && reader_peek(reader, 1) == '?') { /* flags for all of it */
        struct reader ahead = *reader;
        reader_group(&ahead, &is_flags);
        if (!is_flags || ahead.is_lost) break;
        reader->at = ahead.at;
    }
    struct reader whole = *reader;
    if (!choice_read(&whole, one) || whole.at < whole.text.length) return;
    if (one->count > 1) {
        *best = *one;
        return;
    }
    while (reader->at < reader->text.length && !reader->is_lost) {
        char byte;
        bool has_quantifier;
        struct required ignored = {.count = 0};
        switch (reader_peek(reader, 0)) {
        case '(':
            group_choice(reader, one, best);
            group_read(reader, 0, &ignored);
            break;
        case '[':
            reader_skip_class(reader);
            break;
        case '\\':
            reader->at++;
            reader_escape(reader, &byte);
            break;
        default:
            reader->at++;
        }
        reader_quantifier(reader, &has_quantifier);
    }
}

static struct view part_text(struct arena *arena, struct view regex, const struct choice *choice,
                             struct view alternatives)
{
    struct view before = view_slice(regex, 0, choice->from);
    struct view after = view_slice(regex, choice->to, regex.length);
    return arena_format(arena, "%.*s(?:%.*s)%.*s", VIEW_ARGS(before), VIEW_ARGS(alternatives),
                        VIEW_ARGS(after));
}

bool regex_split(struct arena *arena, struct symbol_table *symbols, struct view regex,
                 struct regex_part *parts, uint32_t *count)
{
    AUTO_ARENA struct arena scratch;
    arena_init(&scratch, SCRATCH_BYTES);
    struct reader reader = {.arena = &scratch, .text = regex};
    struct choice *choices = ARENA_NEW_ARRAY(&scratch, struct choice, 2), *best;
    struct view rest = {0};
    *count = 0;
    if (!choices || !symbols || view_find_byte(regex, '\0') != SIZE_MAX || has_reference(regex)) return true;
    best = &choices[1];
    choice_find(&reader, &choices[0], best);
    if (reader.is_lost || best->known_count < REGEX_PARTS_MIN) return true;
    for (unsigned i = 0; i < best->count; i++) {
        struct view alternative = view_slice(regex, best->starts[i], best->ends[i]);
        if (!best->needs[i].count) {
            rest = rest.bytes ? arena_format(&scratch, "%.*s|%.*s", VIEW_ARGS(rest), VIEW_ARGS(alternative))
                              : arena_format(&scratch, "%.*s", VIEW_ARGS(alternative));
            continue;
        }
        struct regex_part *part = &parts[(*count)++];
        part->text = part_text(arena, regex, best, alternative);
        if (!part->text.bytes || !need_make(arena, symbols, &best->needs[i], &part->need)) return false;
    }
    if (best->known_count == best->count) return !scratch.is_exhausted;
    parts[*count] = (struct regex_part){.text = part_text(arena, regex, best, rest)};
    return parts[(*count)++].text.bytes && !scratch.is_exhausted;
}
