/* redos_scratch.h - the position automaton of one regex: what redos_parse.c makes and redos.c judges. Inside
 * the analyzer only. */
#ifndef CORDON_ANALYZER_REDOS_SCRATCH_H
#define CORDON_ANALYZER_REDOS_SCRATCH_H

#include "analyzer/redos.h"

/* Positions of one automaton: the regexes of real programs have fewer than 100. Counted repetitions are
 * written out up to REDOS_COPIES_MAX, and are endless or once above. */
enum {
    REDOS_POSITIONS = 256,
    REDOS_WORDS = REDOS_POSITIONS / 64,
    REDOS_RANGES = 4096,
    REDOS_LOOPS = 128,
    REDOS_DEPTH = 60,
    REDOS_COPIES_MAX = 12,
};

struct redos_set {
    uint64_t words[REDOS_WORDS];
};

struct redos_range {
    uint32_t first, last; /* code points */
};

struct redos_position {
    uint16_t range_start, range_count; /* sorted, disjoint; none: matches nothing that is known */
};

/* A repetition without a bound, for the place of a finding. */
struct redos_loop {
    uint32_t start, end;    /* bytes of the regex */
    uint16_t first, behind; /* positions in it */
};

struct redos_scratch {
    struct redos_position positions[REDOS_POSITIONS];
    uint32_t position_count;
    struct redos_range ranges[REDOS_RANGES];
    uint32_t range_count;
    uint8_t follow[REDOS_POSITIONS]
                  [REDOS_POSITIONS]; /* in how many ways one comes after the other; 2: more */
    struct redos_set accepting;      /* behind them the match, or a look-around, has held */
    struct redos_loop loops[REDOS_LOOPS];
    uint32_t loop_count;
    struct redos_set edges[REDOS_POSITIONS];    /* follow, without accepting positions */
    struct redos_set reach[REDOS_POSITIONS];    /* one step or more */
    struct redos_set overlaps[REDOS_POSITIONS]; /* a character fits both */
    struct redos_set seen[REDOS_POSITIONS];
    uint8_t queue[REDOS_POSITIONS * REDOS_POSITIONS][2];
};

static inline bool redos_has(const struct redos_set *set, uint32_t at)
{
    return set->words[at / 64] >> (at % 64) & 1;
}

static inline void redos_put(struct redos_set *set, uint32_t at)
{
    set->words[at / 64] |= (uint64_t)1 << (at % 64);
}

/* Fills positions, ranges, follow, accepting and loops. False: undecided. */
bool redos_parse(struct redos_scratch *scratch, enum language_family family, struct view regex,
                 unsigned flags, uint64_t *steps);

/* redos_class.c: ranges of one position under construction. */
struct redos_class {
    struct redos_range ranges[160];
    uint32_t count;
    bool is_unknown; /* a property or a set operation: matches nothing that is known */
};

void class_add(struct redos_class *set, uint32_t first, uint32_t last);
/* What \d, \w, \s, and in capitals their opposite, stand for. False: none of them. */
bool class_add_named(struct redos_class *set, char name);
/* Sorts and joins; with the other case of ASCII letters where asked for. */
void class_finish(struct redos_class *set, bool ignores_case, bool is_negated);

#endif
