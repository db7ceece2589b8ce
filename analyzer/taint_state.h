/* taint_state.h - what is tainted at a point of the code: a set of taints for each variable or part of one.
 *
 * A taint is a bit; which source it stands for is the walk's affair. A place is a variable, or a part of a
 * place (a member, a constant index). A place without an entry is as tainted as what it is a part of. States
 * are copied where the code branches; their memory comes from a pool in the arena. One thread. */
#ifndef CORDON_ANALYZER_TAINT_STATE_H
#define CORDON_ANALYZER_TAINT_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/array.h"

struct taint_entry {
    uint32_t place;
    uint64_t taints;
};

struct taint_state {
    ARRAY_OF(struct taint_entry) entries; /* by place */
    uint64_t control;                     /* taints of whatever runs from here on */
    bool is_dead;                         /* this point is not reached */
};

struct taint_place {
    uint32_t parent; /* 0: a variable */
    uint32_t key;    /* of the variable, or the symbol of the part */
    uint32_t next;   /* in its bucket */
    bool has_parts;
};

enum { TAINT_PLACE_BUCKETS = 1024, TAINT_POOL_MAX = 64 };

struct taint_memory {
    struct arena *arena;
    uint64_t *steps; /* left; at 0 it is over */
    bool *is_undecided;
    ARRAY_OF(struct taint_place) places; /* [0] is none */
    uint32_t buckets[TAINT_PLACE_BUCKETS];
    struct taint_state pool[TAINT_POOL_MAX];
    uint32_t pool_count;
};

/* False, and the search is over, where `count` steps are no longer there. */
bool taint_steps_taken(struct taint_memory *memory, uint64_t count);

/* The place's number; where it is new it is made, or, unless `is_made`, 0. */
uint32_t taint_place(struct taint_memory *memory, uint32_t parent, uint32_t key, bool is_made);

/* Of the place itself, and of it with all its parts. */
uint64_t taint_state_get(struct taint_memory *memory, const struct taint_state *state, uint32_t place);
uint64_t taint_state_whole(struct taint_memory *memory, const struct taint_state *state, uint32_t place);

/* The place is given a value: what was known of its parts is gone. */
void taint_state_set(struct taint_memory *memory, struct taint_state *state, uint32_t place, uint64_t taints);
void taint_state_add(struct taint_memory *memory, struct taint_state *state, uint32_t place, uint64_t taints);

void taint_state_copy(struct taint_memory *memory, struct taint_state *to, const struct taint_state *from);
/* Gives the memory back to the pool. */
void taint_state_drop(struct taint_memory *memory, struct taint_state *state);
/* What holds where two ways meet. */
void taint_state_join(struct taint_memory *memory, struct taint_state *state,
                      const struct taint_state *other);
bool taint_state_equals(const struct taint_state *a, const struct taint_state *b);

#endif
