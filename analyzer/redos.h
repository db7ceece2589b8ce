/* redos.h - whether a backtracking regex can take exponential time. Pure; a scratch belongs to one thread.
 *
 * The regex becomes a position automaton (Glushkov 1961). It is exponential where one text leads from a
 * position back to itself in two ways, and what follows can fail (Weideman et al., "Analyzing Matching Time
 * Behavior of Backtracking Regular Expression Matchers by Using Ambiguity of NFA", 2016). Only what is sure
 * is said: parts that look around, refer back or are atomic take part in no ambiguity, and a regex that is
 * too large, or of a kind not understood, is undecided. Polynomial time is not reported. */
#ifndef CORDON_ANALYZER_REDOS_H
#define CORDON_ANALYZER_REDOS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/view.h"
#include "grammars/language.h"

enum redos_flag {
    REDOS_IGNORES_CASE = 1,
    REDOS_IS_VERBOSE = 2, /* white space and comments are left out (Python's re.VERBOSE) */
    REDOS_DOT_IS_ALL = 4,
    REDOS_IS_WHOLE = 8, /* must match up to the end, as by re.fullmatch */
};

enum redos_verdict {
    REDOS_UNDECIDED, /* too large, a syntax error, or something not understood */
    REDOS_SAFE,      /* not exponential, as far as is said above */
    REDOS_EXPONENTIAL,
};

struct redos {
    enum redos_verdict verdict;
    uint32_t start, end; /* bytes of the regex: the repetition that is at fault */
};

/* NULL where the arena, which owns it, is exhausted. About 300 KiB, used again for each regex. */
struct redos_scratch;
struct redos_scratch *redos_scratch_new(struct arena *arena);

/* `regex` is the regex itself, without quotes or slashes, its string escapes decoded, in the dialect of the
 * family. `*steps` is what may be spent; at 0 it is undecided. */
struct redos redos_analyze(struct redos_scratch *scratch, enum language_family family, struct view regex,
                           unsigned flags, uint64_t *steps);

#endif
