#include "analyzer/nested_repeat.h"

#include <ctype.h>
#include <stdint.h>

enum { GROUP_DEPTH = 100 };

/* A repetition may run this often before a blow-up can be noticed. */
enum { DANGEROUS_REPEATS = 4 };

/* What is known of a group or of the whole, as far as it has been read. */
struct level {
    bool has_choice;       /* a repetition in it that allows two different counts, both above zero */
    bool has_dangerous;    /* a repetition of something with such a choice */
    bool is_dangerous_now; /* such a one in an earlier item of this alternative, nothing behind it yet */
};

struct reader {
    struct view text;
    size_t at;
    struct level levels[GROUP_DEPTH];
    unsigned depth;
};

static char peek(const struct reader *r, size_t ahead)
{
    return r->at + ahead < r->text.length ? r->text.bytes[r->at + ahead] : 0;
}

static uint32_t number_read(struct reader *r)
{
    uint32_t value = 0;
    while (isdigit((unsigned char)peek(r, 0))) {
        if (value < 100000) value = value * 10 + (uint32_t)(peek(r, 0) - '0');
        r->at++;
    }
    return value;
}

/* *, +, ?, {n}, {n,}, {n,m} with what may stand behind it. False: there is none here. */
static bool repeat_read(struct reader *r, uint32_t *min, uint32_t *max, bool *is_possessive)
{
    size_t start = r->at;
    char sign = peek(r, 0);
    *is_possessive = false;
    if (sign == '*' || sign == '+' || sign == '?') {
        *min = sign == '+';
        *max = sign == '?' ? 1 : UINT32_MAX;
        r->at++;
    } else if (sign == '{' && (isdigit((unsigned char)peek(r, 1)) || peek(r, 1) == ',')) {
        r->at++;
        *min = *max = number_read(r);
        if (peek(r, 0) == ',') {
            r->at++;
            *max = isdigit((unsigned char)peek(r, 0)) ? number_read(r) : UINT32_MAX;
        }
        if (peek(r, 0) != '}') {
            r->at = start;
            return false;
        }
        r->at++;
    } else {
        return false;
    }
    if (peek(r, 0) == '+') *is_possessive = true;
    if (peek(r, 0) == '+' || peek(r, 0) == '?') r->at++;
    return true;
}

static void class_skip(struct reader *r)
{
    r->at++;
    if (peek(r, 0) == '^') r->at++;
    if (peek(r, 0) == ']') r->at++;
    while (r->at < r->text.length && peek(r, 0) != ']') r->at += peek(r, 0) == '\\' ? 2 : 1;
    r->at++;
}

/* `(?:`, `(?<name>`, `(?P<name>`, `(?=`, `(?i)`: to the first byte of the body. */
static void group_head_skip(struct reader *r)
{
    r->at++;
    if (peek(r, 0) != '?') return;
    r->at++;
    bool is_named = peek(r, 0) == 'P' || peek(r, 0) == '<' || peek(r, 0) == '\'';
    if (is_named && peek(r, 1) != '=' && peek(r, 1) != '!') {
        while (r->at < r->text.length && peek(r, 0) != '>' && peek(r, 0) != ')') r->at++;
        if (peek(r, 0) == '>') r->at++;
        return;
    }
    while (peek(r, 0) && strchr("<:=!>|", peek(r, 0))) r->at++;
}

/* Takes an item into its level, with the repetition behind it. True: the regex is dangerous. */
static bool item_end(struct reader *r, struct level inner, bool consumes)
{
    struct level *level = &r->levels[r->depth];
    uint32_t min = 1, max = 1;
    bool is_possessive = false, is_dangerous = inner.has_dangerous;
    if (consumes && level->is_dangerous_now) return true; /* something that can fail stands behind it */
    bool is_repeated = repeat_read(r, &min, &max, &is_possessive);
    if (is_repeated && !is_possessive) {
        is_dangerous |= max >= DANGEROUS_REPEATS && inner.has_choice;
        level->has_choice |= max >= 2 && max > (min ? min : 1);
    }
    if (!is_possessive) {
        level->has_choice |= inner.has_choice;
        level->has_dangerous |= is_dangerous;
        level->is_dangerous_now |= is_dangerous;
    }
    return false;
}

bool nested_repeat_is_there(struct view regex)
{
    struct reader r = {.text = regex};
    while (r.at < regex.length) {
        char byte = peek(&r, 0);
        struct level none = {0};
        bool consumes = true;
        if (byte == '(') {
            if (r.depth + 1 >= GROUP_DEPTH) return false;
            if (r.levels[r.depth].is_dangerous_now) return true;
            group_head_skip(&r);
            r.levels[++r.depth] = none;
            continue;
        }
        if (byte == ')') {
            if (r.depth == 0) return false;
            none = r.levels[r.depth--];
            consumes = false; /* its inside was looked at already */
            r.at++;
        } else if (byte == '|') {
            r.levels[r.depth].is_dangerous_now = false;
            r.at++;
            continue;
        } else if (byte == '[') {
            class_skip(&r);
        } else {
            r.at += byte == '\\' ? 2 : 1;
        }
        if (item_end(&r, none, consumes)) return true;
    }
    return false;
}
