/* limits.h - what one cell may use. The zero value is not valid: start from limits_default(). */
#ifndef CORDON_RUNNER_LIMITS_H
#define CORDON_RUNNER_LIMITS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/view.h"

enum limit {
#define LIMIT(name, word, unit, standard, least, most, why) LIMIT_##name,
#include "runner/limit.def"
#undef LIMIT
    LIMIT_COUNT,
    LIMIT_NONE = LIMIT_COUNT
};

struct limits {
    uint64_t values[LIMIT_COUNT]; /* in each limit's own unit: ms, bytes or a count */
};

struct limits limits_default(void);

/* The word of a limit ("wall"); "none" for LIMIT_NONE. */
const char *limit_word(enum limit limit);
const char *limit_unit(enum limit limit); /* "ms", "bytes" or "" */
const char *limit_reason(enum limit limit);

/* Sets one limit from text: "500ms", "10s", "2m" for times; "64KiB", "256MiB", "1GiB", "4096" for bytes; a
 * plain number for counts. */
bool limits_parse(struct limits *limits, enum limit limit, struct view text, struct error *err);

/* Every value between its least and its most. */
bool limits_check(const struct limits *limits, struct error *err);

#endif
