#include "runner/limits.h"

#include <ctype.h>
#include <inttypes.h>

static const struct {
    const char *word, *unit, *reason;
    uint64_t standard, least, most;
} facts[LIMIT_COUNT] = {
#define LIMIT(name, word, unit, standard, least, most, why) \
    [LIMIT_##name] = {word, unit, why, standard, least, most},
#include "runner/limit.def"
#undef LIMIT
};

struct limits limits_default(void)
{
    struct limits limits;
    for (int i = 0; i < LIMIT_COUNT; i++) limits.values[i] = facts[i].standard;
    return limits;
}

const char *limit_word(enum limit limit)
{
    return limit < LIMIT_COUNT ? facts[limit].word : "none";
}

const char *limit_unit(enum limit limit)
{
    return limit < LIMIT_COUNT ? facts[limit].unit : "";
}

const char *limit_reason(enum limit limit)
{
    return limit < LIMIT_COUNT ? facts[limit].reason : "";
}

static bool limit_check(const struct limits *limits, enum limit limit, struct error *err)
{
    uint64_t value = limits->values[limit];
    if (value >= facts[limit].least && value <= facts[limit].most) return true;
    error_set(err, ERROR_USAGE, "%" PRIu64 " %s is no limit for %s", value, facts[limit].unit,
              facts[limit].word);
    return error_remedy(err, "from %" PRIu64 " to %" PRIu64, facts[limit].least, facts[limit].most);
}

bool limits_check(const struct limits *limits, struct error *err)
{
    for (int i = 0; i < LIMIT_COUNT; i++)
        if (!limit_check(limits, (enum limit)i, err)) return false;
    return true;
}

/* How many of the limit's own units one of the suffix is; 0: no such suffix. */
static uint64_t suffix_factor(enum limit limit, struct view suffix)
{
    static const struct {
        const char *unit, *suffix;
        uint64_t factor;
    } suffixes[] = {
        {"ms", "ms", 1},
        {"ms", "s", 1000},
        {"ms", "m", 60000},
        {"ms", "h", 3600000},
        {"bytes", "", 1},
        {"bytes", "B", 1},
        {"bytes", "KiB", 1 << 10},
        {"bytes", "K", 1 << 10},
        {"bytes", "MiB", 1 << 20},
        {"bytes", "M", 1 << 20},
        {"bytes", "GiB", 1 << 30},
        {"bytes", "G", 1 << 30},
        {"", "", 1},
    };
    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (strcmp(suffixes[i].unit, facts[limit].unit) == 0 && view_equals_cstr(suffix, suffixes[i].suffix))
            return suffixes[i].factor;
    return 0;
}

bool limits_parse(struct limits *limits, enum limit limit, struct view text, struct error *err)
{
    uint64_t number = 0;
    size_t at = 0;
    bool fits = true;
    for (; at < text.length && isdigit((unsigned char)text.bytes[at]); at++) {
        fits &= !__builtin_mul_overflow(number, 10u, &number);
        fits &= !__builtin_add_overflow(number, (uint64_t)(text.bytes[at] - '0'), &number);
    }
    uint64_t factor = at ? suffix_factor(limit, view_slice(text, at, text.length)) : 0;
    if (factor == 0 || !fits || __builtin_mul_overflow(number, factor, &number)) {
        error_set(err, ERROR_USAGE, "'%.*s' is no value for the limit %s", VIEW_ARGS(view_slice(text, 0, 40)),
                  facts[limit].word);
        const char *unit = facts[limit].unit;
        return error_remedy(err, "write %s",
                            *unit == 'm' ? "500ms, 10s or 2m"
                            : *unit      ? "64KiB, 256MiB or 1GiB"
                                         : "a number");
    }
    limits->values[limit] = number;
    return limit_check(limits, limit, err);
}
