#include "analyzer/regex_trait.h"

#include <pthread.h>
#include <string.h>

#include "analyzer/regex_reader.h"

/* Classes: letters, digits, the signs of `signs`, then these. */
enum { CLASS_DIGIT = 26, CLASS_SIGN = 36, CLASS_REST = 60, CLASS_SPACE, CLASS_BEYOND };
static const char signs[] = "_-./\\: {}<>@\"'$%()=+*,;#";
_Static_assert(CLASS_SIGN + sizeof signs - 1 == CLASS_REST, "a class for each sign");

/* Every class there is. */
static const uint64_t everything = CLASSES_KNOWN - 1;

static unsigned class_of(unsigned char byte)
{
    const char *sign;
    if (byte >= 0x80) return CLASS_BEYOND;
    if ((byte | 32) >= 'a' && (byte | 32) <= 'z') return (unsigned)(byte | 32) - 'a';
    if (byte >= '0' && byte <= '9') return CLASS_DIGIT + byte - (unsigned)'0';
    if (byte && (sign = strchr(signs, byte))) return CLASS_SIGN + (unsigned)(sign - signs);
    return byte >= '\t' && byte <= '\r' ? CLASS_SPACE : CLASS_REST;
}

static uint64_t bit_of(unsigned char byte)
{
    return (uint64_t)1 << class_of(byte);
}

/* The bit of each byte's class; made once. Not a table of each thread's: the library's share of what a
 * process has for these when it loads one is small. */
static uint64_t class_bits[256];
static pthread_once_t bits_once = PTHREAD_ONCE_INIT;

static void bits_make(void)
{
    for (unsigned byte = 0; byte < 256; byte++) class_bits[byte] = bit_of((unsigned char)byte);
}

static const uint64_t *bits_by_byte(void)
{
    pthread_once(&bits_once, bits_make);
    return class_bits;
}

uint64_t text_classes(struct view text)
{
    const uint64_t *bits = bits_by_byte();
    uint64_t classes = CLASSES_KNOWN;
    for (size_t i = 0; i < text.length; i++) classes |= bits[(unsigned char)text.bytes[i]];
    return classes;
}

/* How often a text has one of the classes: letters are everywhere, signs are not. */
static unsigned cost_of(uint64_t classes)
{
    enum { COST_LETTER = 12, COST_DIGIT = 6, COST_WHITE = 20, COST_SIGN = 1, COST_DOT = 4 };
    unsigned cost = 0;
    for (unsigned class = 0; class < 63; class ++) {
        if (!(classes >> class & 1)) continue;
        cost += class < CLASS_DIGIT                                ? COST_LETTER
                : class < CLASS_SIGN                               ? COST_DIGIT
                : class == class_of(' ') || class == CLASS_SPACE   ? COST_WHITE
                : class == class_of('.') || class == class_of('_') ? COST_DOT
                                                                   : COST_SIGN;
    }
    return cost;
}

/* What is known of a part of a regex. */
struct trait {
    struct regex_traits traits;
    bool may_be_empty;
};

static void any_take(uint64_t *any, uint64_t other)
{
    if (other && other != everything && (!*any || cost_of(other) < cost_of(*any))) *any = other;
}

/* ---- the sets of atoms ---- */

struct byte_set {
    bool has[256];
};

static void set_range(struct byte_set *set, unsigned from, unsigned to)
{
    for (unsigned byte = from; byte <= to && byte < 256; byte++) set->has[byte] = true;
}

/* What \c stands for; false: not known here. */
static bool set_escape(struct byte_set *set, char c)
{
    static const char white[] = "\t\n\v\f\r ";
    switch (c) {
    case 'w':
        set_range(set, 'a', 'z');
        set_range(set, 'A', 'Z');
        set->has['_'] = true;
        set_range(set, '0', '9');
        return true;
    case 'd':
        set_range(set, '0', '9');
        return true;
    case 's':
        for (const char *at = white; *at; at++) set->has[(unsigned char)*at] = true;
        return true;
    case 'n':
        set->has['\n'] = true;
        return true;
    case 't':
        set->has['\t'] = true;
        return true;
    case 'r':
        set->has['\r'] = true;
        return true;
    default:
        break;
    }
    bool is_itself = !((c | 32) >= 'a' && (c | 32) <= 'z') && !(c >= '0' && c <= '9') && c > 0;
    if (is_itself) set->has[(unsigned char)c] = true;
    return is_itself;
}

static uint64_t set_classes(const struct byte_set *set, bool is_negated)
{
    uint64_t classes = 0;
    for (unsigned byte = 0; byte < 256; byte++)
        if (set->has[byte] != is_negated) classes |= bit_of((unsigned char)byte);
    return classes;
}

/* The classes of what `[...]` matches; the reader passes over it. */
static uint64_t class_read(struct reader *reader)
{
    size_t at = reader->at + 1;
    reader_skip_class(reader);
    if (reader->at > reader->text.length) reader->is_lost = true;
    struct view inside = view_slice(reader->text, at, reader->at - 1);
    struct byte_set set = {0};
    bool is_negated = inside.length && inside.bytes[0] == '^';
    for (size_t i = is_negated; i < inside.length; i++) {
        char c = inside.bytes[i];
        char after = i + 1 < inside.length ? inside.bytes[i + 1] : '\0';
        bool is_range = after == '-' && i + 2 < inside.length;
        if ((c == '[' && after == ':') || (signed char)c <= 0) return everything;
        if (c == '\\') {
            if (!set_escape(&set, after)) return everything;
            i++;
            if (i + 2 < inside.length && inside.bytes[i + 1] == '-') return everything; /* from an escape */
        } else if (is_range) {
            char to = inside.bytes[i + 2];
            if (to == '\\' || to == '[' || (signed char)to < 0) return everything;
            set_range(&set, (unsigned char)c, (unsigned char)to);
            i += 2;
        } else {
            set.has[(unsigned char)c] = true;
        }
    }
    return set_classes(&set, is_negated);
}

/* Without their case, k and s are also U+212A and U+017F. */
static uint64_t beyond_add(uint64_t classes)
{
    return classes & (bit_of('k') | bit_of('s')) ? classes | bit_of(0x80) : classes;
}

/* ---- the regex ---- */

static void alternatives_read(struct reader *reader, unsigned depth, struct trait *out);

/* Adds what follows: a part that is there at least `least` times. */
static void part_add(struct trait *out, const struct trait *part, unsigned least)
{
    if (out->may_be_empty) out->traits.first |= part->traits.first;
    if (least == 0) return;
    out->traits.all |= part->traits.all;
    any_take(&out->traits.any, part->traits.any);
    out->may_be_empty &= part->may_be_empty;
}

static void group_read(struct reader *reader, unsigned depth, struct trait *out)
{
    struct trait inner;
    bool is_flags, has_quantifier;
    bool is_needed = reader_group(reader, &is_flags);
    if (is_flags || reader->is_lost) return;
    alternatives_read(reader, depth + 1, &inner);
    if (reader_peek(reader, 0) != ')') reader->is_lost = true;
    reader->at++;
    unsigned least = reader_quantifier(reader, &has_quantifier);
    if (is_needed) part_add(out, &inner, least);
}

/* One atom that is no group. */
static void atom_read(struct reader *reader, struct trait *out)
{
    char c = reader_peek(reader, 0);
    bool has_quantifier, is_reference = false;
    enum atom atom = ATOM_OTHER;
    uint64_t classes = everything;
    if (c == '[') {
        classes = class_read(reader);
    } else if (c == '\\') {
        struct byte_set set = {0};
        reader->at++;
        atom = reader_escape(reader, &c);
        is_reference = c >= '0' && c <= '9';
        if (set_escape(&set, c)) classes = set_classes(&set, false);
    } else {
        reader->at++;
        /* all of a character, which without its case may be ASCII */
        while ((reader_peek(reader, 0) & 0xC0) == 0x80) reader->at++;
        if (c == '^' || c == '$') atom = ATOM_NOTHING;
        if (c != '.' && (signed char)c > 0) classes = bit_of((unsigned char)c);
    }
    unsigned least = reader_quantifier(reader, &has_quantifier);
    if (atom == ATOM_NOTHING) return;
    classes = beyond_add(classes);
    struct trait part = {.traits = {.first = classes, .any = classes}, .may_be_empty = is_reference};
    if ((classes & (classes - 1)) == 0) part.traits.all = classes;
    part_add(out, &part, is_reference ? 0 : least);
}

static void sequence_read(struct reader *reader, unsigned depth, struct trait *out)
{
    *out = (struct trait){.may_be_empty = true};
    while (reader->at < reader->text.length && !reader->is_lost) {
        char c = reader_peek(reader, 0);
        if (c == '|' || c == ')') break;
        if (c == '(')
            group_read(reader, depth, out);
        else
            atom_read(reader, out);
    }
}

static void alternatives_read(struct reader *reader, unsigned depth, struct trait *out)
{
    bool is_first = true, is_open = false;
    *out = (struct trait){0};
    if (depth > READER_DEPTH_MAX) reader->is_lost = true;
    while (!reader->is_lost) {
        struct trait one;
        sequence_read(reader, depth, &one);
        out->traits.all = is_first ? one.traits.all : out->traits.all & one.traits.all;
        out->traits.any |= one.traits.any;
        out->traits.first |= one.traits.first;
        out->may_be_empty |= one.may_be_empty;
        is_open |= one.traits.any == 0;
        is_first = false;
        if (reader_peek(reader, 0) != '|' || reader->at >= reader->text.length) break;
        reader->at++;
    }
    if (is_open) out->traits.any = 0;
}

struct regex_traits regex_traits_find(struct view regex)
{
    struct reader reader = {.text = regex};
    struct trait whole;
    alternatives_read(&reader, 0, &whole);
    if (reader.is_lost || reader.at < regex.length) return (struct regex_traits){0};
    if (whole.may_be_empty || whole.traits.first == everything) whole.traits.first = 0;
    if (whole.traits.any == everything) whole.traits.any = 0;
    return whole.traits;
}

bool regex_traits_admit(const struct regex_traits *traits, struct view text, uint64_t classes,
                        bool is_anchored)
{
    if (text.length < traits->least_chars) return false;
    if (is_anchored && traits->first &&
        (text.length == 0 || !(bits_by_byte()[(unsigned char)text.bytes[0]] & traits->first)))
        return false;
    if (!classes) return true;
    return (traits->all & ~classes) == 0 && (!traits->any || (traits->any & classes)) &&
           (!traits->first || (traits->first & classes));
}
