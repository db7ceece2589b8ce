/* redos_parse.c - a regex of Python or JavaScript as a position automaton, by recursive descent. A counted
 * repetition is read again for each of its copies. */
#include <string.h>

#include "analyzer/redos_scratch.h"
#include "base/utf8.h"

/* A part of the regex: where it can begin and end, and whether it can be nothing. What looks around or refers
 * back is a barrier: it has none of them, so that nothing is claimed across it. */
struct fragment {
    struct redos_set first, last;
    bool is_nullable;
};

struct parse {
    struct redos_scratch *s;
    struct view text;
    size_t at;
    unsigned flags;
    unsigned depth;
    uint64_t *steps;
    bool is_javascript, is_failed;
};

struct quantifier {
    uint32_t low, high; /* high UINT32_MAX: no bound */
    bool is_possessive;
};

static bool fail(struct parse *parse)
{
    parse->is_failed = true;
    return false;
}

static char peek(const struct parse *parse)
{
    return parse->at < parse->text.length ? parse->text.bytes[parse->at] : '\0';
}

static bool take(struct parse *parse, const char *token)
{
    struct view rest = view_slice(parse->text, parse->at, parse->text.length);
    if (!view_starts_with(rest, view_of_cstr(token))) return false;
    parse->at += strlen(token);
    return true;
}

static void set_join(struct redos_set *into, const struct redos_set *from)
{
    for (int w = 0; w < REDOS_WORDS; w++) into->words[w] |= from->words[w];
}

static bool step_take(struct parse *parse, uint64_t count)
{
    if (*parse->steps < count) return fail(parse);
    *parse->steps -= count;
    return true;
}

/* `to` comes after `from` in one more way. */
static void follow_add(struct parse *parse, const struct redos_set *from, const struct redos_set *to)
{
    struct redos_scratch *s = parse->s;
    for (uint32_t p = 0; p < s->position_count; p++) {
        if (!redos_has(from, p) || !step_take(parse, s->position_count)) continue;
        for (uint32_t q = 0; q < s->position_count; q++)
            if (redos_has(to, q) && s->follow[p][q] < 2) s->follow[p][q]++;
    }
}

static void fragment_append(struct parse *parse, struct fragment *left, const struct fragment *right)
{
    follow_add(parse, &left->last, &right->first);
    if (left->is_nullable) set_join(&left->first, &right->first);
    if (!right->is_nullable) left->last = (struct redos_set){0};
    set_join(&left->last, &right->last);
    left->is_nullable &= right->is_nullable;
}

static struct fragment position_add(struct parse *parse, const struct redos_class *class)
{
    struct redos_scratch *s = parse->s;
    struct fragment fragment = {0};
    if (s->position_count == REDOS_POSITIONS || s->range_count + class->count > REDOS_RANGES) {
        fail(parse);
        return fragment;
    }
    uint32_t index = s->position_count++;
    memset(s->follow[index], 0, sizeof s->follow[index]);
    for (uint32_t p = 0; p < index; p++) s->follow[p][index] = 0;
    s->positions[index] = (struct redos_position){(uint16_t)s->range_count, (uint16_t) class->count};
    if (class->count) memcpy(s->ranges + s->range_count, class->ranges, class->count * sizeof *class->ranges);
    s->range_count += class->count;
    redos_put(&fragment.first, index);
    fragment.last = fragment.first;
    return fragment;
}

static struct fragment class_position(struct parse *parse, struct redos_class *class, bool is_negated)
{
    class_finish(class, parse->flags & REDOS_IGNORES_CASE, is_negated);
    return position_add(parse, class);
}

/* --- characters --- */

static uint32_t code_point_take(struct parse *parse)
{
    struct view rest = view_slice(parse->text, parse->at, parse->text.length);
    uint32_t point = 0;
    if (rest.length == 0) return fail(parse);
    size_t length = utf8_decode(rest, &point);
    if (length == 0) { /* bytes that are no UTF-8: each stands for itself */
        point = (unsigned char)rest.bytes[0];
        length = 1;
    }
    parse->at += length;
    return point;
}

static bool digits_take(struct parse *parse, unsigned base, unsigned limit, uint32_t *value)
{
    unsigned count = 0;
    for (*value = 0; count < limit; count++, parse->at++) {
        char c = peek(parse);
        unsigned digit = c >= '0' && c <= '9'   ? (unsigned)(c - '0')
                         : c >= 'a' && c <= 'f' ? (unsigned)(c - 'a') + 10
                         : c >= 'A' && c <= 'F' ? (unsigned)(c - 'A') + 10
                                                : 16;
        if (digit >= base) break;
        *value = *value * base + digit;
    }
    return count > 0;
}

/* One character behind a backslash; the backslash and `letter` are taken. */
static uint32_t escape_value(struct parse *parse, char letter)
{
    static const char names[] = "nrtfva", values[] = "\n\r\t\f\v\a";
    const char *found = letter ? strchr(names, letter) : NULL;
    uint32_t value = 0;
    if (found) return (uint32_t)values[found - names];
    if (letter == 'x') {
        digits_take(parse, 16, 2, &value);
        return value;
    }
    if (letter == 'u' && take(parse, "{")) {
        digits_take(parse, 16, 6, &value);
        take(parse, "}");
        return value;
    }
    if (letter == 'u' || (letter == 'U' && !parse->is_javascript)) {
        digits_take(parse, 16, letter == 'u' ? 4 : 8, &value);
        return value;
    }
    if (letter == '0') {
        digits_take(parse, 8, 2, &value);
        return value;
    }
    parse->at--;
    return code_point_take(parse);
}

/* \p{...} and \N{...}: what it holds is not known here. */
static bool property_take(struct parse *parse, struct redos_class *class, char letter)
{
    if ((letter != 'p' && letter != 'P' && letter != 'N') || peek(parse) != '{') return false;
    class->is_unknown = true;
    while (parse->at < parse->text.length && !take(parse, "}")) parse->at++;
    return true;
}

/* An element of [...]: a class, or one character into `*point`. */
static bool element_take(struct parse *parse, struct redos_class *class, uint32_t *point)
{
    if (!take(parse, "\\")) {
        *point = code_point_take(parse);
        return true;
    }
    char letter = peek(parse);
    if (parse->at++ >= parse->text.length) return fail(parse);
    if (class_add_named(class, letter) || property_take(parse, class, letter)) return false;
    *point = letter == 'b' ? '\b' : escape_value(parse, letter);
    return true;
}

static struct fragment bracket_parse(struct parse *parse)
{
    struct redos_class class = {0};
    bool is_negated = take(parse, "^"), is_first = !parse->is_javascript;
    while (parse->at < parse->text.length && (peek(parse) != ']' || is_first)) {
        uint32_t first = 0, last = 0;
        is_first = false;
        if (!element_take(parse, &class, &first)) continue;
        last = first;
        bool is_range = peek(parse) == '-' && parse->at + 1 < parse->text.length &&
                        parse->text.bytes[parse->at + 1] != ']';
        if (is_range) {
            parse->at++;
            if (!element_take(parse, &class, &last)) { /* [a-\d]: a dash */
                class_add(&class, '-', '-');
                last = first;
            }
        }
        if (last < first) fail(parse);
        class_add(&class, first, last);
    }
    if (!take(parse, "]")) fail(parse);
    return class_position(parse, &class, is_negated);
}

static struct fragment escape_parse(struct parse *parse)
{
    static const struct fragment barrier = {0};
    struct redos_class class = {0};
    char letter = peek(parse);
    if (parse->at++ >= parse->text.length) fail(parse);
    if (letter && strchr("bB", letter)) return barrier;
    if (letter && !parse->is_javascript && strchr("AZzG", letter)) return barrier;
    if (letter >= '1' && letter <= '9') {
        uint32_t number;
        digits_take(parse, 10, 2, &number);
        return barrier;
    }
    if (letter == 'k' && take(parse, "<")) {
        while (parse->at < parse->text.length && !take(parse, ">")) parse->at++;
        return barrier;
    }
    if (!class_add_named(&class, letter) && !property_take(parse, &class, letter)) {
        uint32_t point = escape_value(parse, letter);
        class_add(&class, point, point);
    }
    return class_position(parse, &class, false);
}

/* --- groups and repetitions --- */

static struct fragment either_parse(struct parse *parse);

/* (?i) holds from here on, (?i:...) in the group. True: a group follows. */
static bool flags_take(struct parse *parse)
{
    bool is_off = false;
    for (; parse->at < parse->text.length; parse->at++) {
        unsigned flag = 0;
        switch (peek(parse)) {
        case '-':
            is_off = true;
            continue;
        case 'i':
            flag = REDOS_IGNORES_CASE;
            break;
        case 's':
            flag = REDOS_DOT_IS_ALL;
            break;
        case 'x':
            flag = REDOS_IS_VERBOSE;
            break;
        case 'a':
        case 'L':
        case 'm':
        case 'u':
            break;
        default:
            if (take(parse, ":")) return true;
            return take(parse, ")") ? false : fail(parse);
        }
        parse->flags = is_off ? parse->flags & ~flag : parse->flags | flag;
    }
    return fail(parse);
}

/* Behind an opening parenthesis. `*is_apart`: what stands in the group is matched for itself. */
static struct fragment group_parse(struct parse *parse)
{
    static const char *const apart[] = {"?=", "?!", "?<=", "?<!", "?>"};
    struct fragment nothing = {.is_nullable = true};
    unsigned flags = parse->flags;
    bool is_apart = false;
    for (size_t i = 0; i < sizeof apart / sizeof *apart && !is_apart; i++) is_apart = take(parse, apart[i]);
    if (!is_apart && take(parse, "?#")) {
        while (parse->at < parse->text.length && !take(parse, ")")) parse->at++;
        return nothing;
    }
    if (!is_apart && take(parse, "?P=")) {
        while (parse->at < parse->text.length && !take(parse, ")")) parse->at++;
        return (struct fragment){0};
    }
    bool is_named = !is_apart && (take(parse, "?P<") || take(parse, "?<"));
    while (is_named && parse->at < parse->text.length && !take(parse, ">")) parse->at++;
    if (!is_apart && !is_named && take(parse, "?")) {
        bool has_group = flags_take(parse);
        if (!has_group) return nothing;
    }
    struct fragment inner = either_parse(parse);
    if (!take(parse, ")")) fail(parse);
    parse->flags = flags;
    if (!is_apart) return inner;
    set_join(&parse->s->accepting, &inner.last);
    return (struct fragment){0};
}

static struct fragment atom_parse(struct parse *parse)
{
    struct redos_class class = {0};
    if (take(parse, "(")) return group_parse(parse);
    if (take(parse, "[")) return bracket_parse(parse);
    if (take(parse, "\\")) return escape_parse(parse);
    if (take(parse, "^") || take(parse, "$")) return (struct fragment){0};
    if (take(parse, ".")) {
        if (!(parse->flags & REDOS_DOT_IS_ALL)) class_add(&class, '\n', '\n');
        if (!(parse->flags & REDOS_DOT_IS_ALL) && parse->is_javascript) {
            class_add(&class, '\r', '\r');
            class_add(&class, 0x2028, 0x2029);
        }
        class_finish(&class, false, true);
        return position_add(parse, &class);
    }
    if (peek(parse) == '*' || peek(parse) == '+' || peek(parse) == '?') fail(parse);
    uint32_t point = code_point_take(parse);
    class_add(&class, point, point);
    return class_position(parse, &class, false);
}

/* {n}, {n,} and {n,m}; anything else in braces is text. */
static bool count_take(struct parse *parse, struct quantifier *quantifier)
{
    size_t before = parse->at;
    take(parse, "{");
    bool has_low = digits_take(parse, 10, 9, &quantifier->low), has_high = false;
    quantifier->high = quantifier->low;
    if (take(parse, ",")) {
        has_high = digits_take(parse, 10, 9, &quantifier->high);
        if (!has_high) quantifier->high = UINT32_MAX;
        if (!has_low && (!has_high || parse->is_javascript)) parse->at = before;
    } else if (!has_low) {
        parse->at = before;
    }
    if (parse->at == before || !take(parse, "}")) {
        parse->at = before;
        return false;
    }
    return true;
}

static bool quantifier_take(struct parse *parse, struct quantifier *quantifier)
{
    *quantifier = (struct quantifier){0, UINT32_MAX, false};
    if (take(parse, "+")) {
        quantifier->low = 1;
    } else if (take(parse, "?")) {
        quantifier->high = 1;
    } else if (!take(parse, "*") && !(peek(parse) == '{' && count_take(parse, quantifier))) {
        return false;
    }
    if (!take(parse, "?")) quantifier->is_possessive = !parse->is_javascript && take(parse, "+");
    return quantifier->low <= quantifier->high || fail(parse);
}

static void loop_note(struct parse *parse, size_t start, uint32_t first)
{
    struct redos_scratch *s = parse->s;
    if (s->loop_count == REDOS_LOOPS) return;
    s->loops[s->loop_count++] = (struct redos_loop){(uint32_t)start, (uint32_t)parse->at, (uint16_t)first,
                                                    (uint16_t)s->position_count};
}

/* As many copies of the atom at `start` as its count says, up to a few. */
static struct fragment copies_parse(struct parse *parse, size_t start, struct fragment atom,
                                    struct quantifier quantifier)
{
    size_t behind = parse->at;
    unsigned flags = parse->flags;
    bool is_endless = quantifier.high == UINT32_MAX;
    uint32_t copies = is_endless ? quantifier.low : quantifier.high;
    bool is_long = copies > REDOS_COPIES_MAX;
    /* Of a count that is not written out one of the copies stands for all: as a loop where it is free. */
    bool is_loop = is_endless || (is_long && quantifier.low != quantifier.high);
    if (is_long || copies == 0) copies = 1;
    uint32_t low = quantifier.low < copies ? quantifier.low : copies;
    struct fragment chain = {.is_nullable = true}, whole = {.is_nullable = low == 0};
    for (uint32_t copy = 1; copy <= copies && !parse->is_failed; copy++) {
        struct fragment next = atom;
        if (copy > 1) {
            parse->at = start;
            next = atom_parse(parse);
        }
        if (is_loop && copy == copies) follow_add(parse, &next.last, &next.first);
        fragment_append(parse, &chain, &next);
        if (copy >= low) set_join(&whole.last, &chain.last);
        if (copy >= low) whole.is_nullable |= chain.is_nullable;
    }
    whole.first = chain.first;
    parse->at = behind;
    parse->flags = flags;
    return whole;
}

static bool blank_take(struct parse *parse)
{
    if (!(parse->flags & REDOS_IS_VERBOSE) || parse->at >= parse->text.length) return false;
    if (take(parse, "#")) {
        while (parse->at < parse->text.length && !take(parse, "\n")) parse->at++;
        return true;
    }
    return take(parse, " ") || take(parse, "\n") || take(parse, "\t") || take(parse, "\r") ||
           take(parse, "\f") || take(parse, "\v");
}

static struct fragment piece_parse(struct parse *parse)
{
    size_t start = parse->at;
    uint32_t first = parse->s->position_count;
    struct quantifier quantifier;
    unsigned flags = parse->flags;
    step_take(parse, 32); /* about the time of as many steps of the search */
    struct fragment piece = atom_parse(parse);
    while (blank_take(parse)) continue;
    if (parse->is_failed || !quantifier_take(parse, &quantifier)) return piece;
    parse->flags = flags;
    if (quantifier.high == 0) return (struct fragment){.is_nullable = true};
    piece = copies_parse(parse, start, piece, quantifier);
    if (quantifier.high > 1) loop_note(parse, start, first);
    if (quantifier.is_possessive) { /* as an atomic group */
        set_join(&parse->s->accepting, &piece.last);
        return (struct fragment){0};
    }
    return piece;
}

static struct fragment sequence_parse(struct parse *parse)
{
    struct fragment sequence = {.is_nullable = true};
    while (parse->at < parse->text.length && !parse->is_failed && peek(parse) != '|' && peek(parse) != ')') {
        if (blank_take(parse)) continue;
        struct fragment piece = piece_parse(parse);
        fragment_append(parse, &sequence, &piece);
    }
    return sequence;
}

static struct fragment either_parse(struct parse *parse)
{
    struct fragment whole = {0};
    if (parse->depth == REDOS_DEPTH) fail(parse);
    parse->depth++;
    do {
        struct fragment one = sequence_parse(parse);
        set_join(&whole.first, &one.first);
        set_join(&whole.last, &one.last);
        whole.is_nullable |= one.is_nullable;
    } while (!parse->is_failed && take(parse, "|"));
    parse->depth--;
    return whole;
}

bool redos_parse(struct redos_scratch *scratch, enum language_family family, struct view regex,
                 unsigned flags, uint64_t *steps)
{
    scratch->position_count = scratch->range_count = scratch->loop_count = 0;
    scratch->accepting = (struct redos_set){0};
    struct parse parse = {.s = scratch,
                          .text = regex,
                          .flags = flags,
                          .steps = steps,
                          .is_javascript = family == FAMILY_JAVASCRIPT};
    struct fragment whole = either_parse(&parse);
    set_join(&scratch->accepting, &whole.last);
    return !parse.is_failed && parse.at == regex.length;
}
