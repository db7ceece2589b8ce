#include "analyzer/taint_state.h"

#include <string.h>

bool taint_steps_taken(struct taint_memory *memory, uint64_t count)
{
    if (*memory->steps > count && !*memory->is_undecided) {
        *memory->steps -= count;
        return true;
    }
    *memory->steps = 0;
    *memory->is_undecided = true;
    return false;
}

uint32_t taint_place(struct taint_memory *memory, uint32_t parent, uint32_t key, bool is_made)
{
    uint32_t bucket = (parent * 2654435761u ^ key * 40503u) % TAINT_PLACE_BUCKETS;
    for (uint32_t p = memory->buckets[bucket]; p; p = memory->places.items[p].next) {
        if (!taint_steps_taken(memory, 1)) return 0;
        if (memory->places.items[p].parent == parent && memory->places.items[p].key == key) return p;
    }
    if (!is_made) return 0;
    struct taint_place place = {parent, key, memory->buckets[bucket], false};
    if ((memory->places.count == 0 && !ARRAY_PUSH(memory->arena, &memory->places, (struct taint_place){0})) ||
        !ARRAY_PUSH(memory->arena, &memory->places, place)) {
        *memory->is_undecided = true;
        return 0;
    }
    if (parent) memory->places.items[parent].has_parts = true;
    return memory->buckets[bucket] = memory->places.count - 1;
}

/* The index of the first entry that is not before the place. */
static uint32_t entry_index(const struct taint_state *state, uint32_t place)
{
    uint32_t low = 0, high = state->entries.count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (state->entries.items[middle].place < place)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct taint_entry *entry_find(const struct taint_state *state, uint32_t place)
{
    uint32_t i = entry_index(state, place);
    bool is_there = i < state->entries.count && state->entries.items[i].place == place;
    return is_there ? &state->entries.items[i] : NULL;
}

uint64_t taint_state_get(struct taint_memory *memory, const struct taint_state *state, uint32_t place)
{
    for (; place && state->entries.count; place = memory->places.items[place].parent) {
        const struct taint_entry *entry = entry_find(state, place);
        if (entry) return entry->taints;
    }
    return 0;
}

static bool is_part_of(const struct taint_memory *memory, uint32_t part, uint32_t place)
{
    while (part && part != place) part = memory->places.items[part].parent;
    return part != 0;
}

uint64_t taint_state_whole(struct taint_memory *memory, const struct taint_state *state, uint32_t place)
{
    uint64_t taints = taint_state_get(memory, state, place);
    if (!place || !memory->places.items[place].has_parts) return taints;
    if (!taint_steps_taken(memory, state->entries.count)) return taints;
    for (uint32_t i = entry_index(state, place); i < state->entries.count; i++)
        if (is_part_of(memory, state->entries.items[i].place, place))
            taints |= state->entries.items[i].taints;
    return taints;
}

static void entry_put(struct taint_memory *memory, struct taint_state *state, uint32_t place, uint64_t taints)
{
    struct taint_entry *entry = entry_find(state, place);
    if (entry) {
        entry->taints = taints;
        return;
    }
    uint32_t i = entry_index(state, place);
    if (!taint_steps_taken(memory, 1 + (state->entries.count - i) / 8)) return;
    if (!ARRAY_PUSH(memory->arena, &state->entries, (struct taint_entry){0})) {
        *memory->is_undecided = true;
        return;
    }
    struct taint_entry *items = state->entries.items;
    memmove(&items[i + 1], &items[i], (state->entries.count - 1 - i) * sizeof *items);
    items[i] = (struct taint_entry){place, taints};
}

void taint_state_set(struct taint_memory *memory, struct taint_state *state, uint32_t place, uint64_t taints)
{
    if (!place) return;
    if (memory->places.items[place].has_parts && taint_steps_taken(memory, state->entries.count)) {
        uint32_t kept = entry_index(state, place);
        for (uint32_t i = kept; i < state->entries.count; i++)
            if (!is_part_of(memory, state->entries.items[i].place, place))
                state->entries.items[kept++] = state->entries.items[i];
        state->entries.count = kept;
    }
    if (taint_state_get(memory, state, place) != taints) entry_put(memory, state, place, taints);
}

void taint_state_add(struct taint_memory *memory, struct taint_state *state, uint32_t place, uint64_t taints)
{
    uint64_t before = taint_state_get(memory, state, place);
    if (place && (before | taints) != before) entry_put(memory, state, place, before | taints);
}

void taint_state_copy(struct taint_memory *memory, struct taint_state *to, const struct taint_state *from)
{
    *to = (struct taint_state){0};
    if (memory->pool_count) *to = memory->pool[--memory->pool_count];
    uint32_t count = from->entries.count;
    to->entries.count = 0;
    to->control = from->control;
    to->is_dead = from->is_dead;
    if (!taint_steps_taken(memory, 1 + count / 4)) return;
    if (!ARRAY_RESERVE(memory->arena, &to->entries, count)) {
        *memory->is_undecided = true;
        return;
    }
    if (count) memcpy(to->entries.items, from->entries.items, count * sizeof *from->entries.items);
    to->entries.count = count;
}

void taint_state_drop(struct taint_memory *memory, struct taint_state *state)
{
    if (memory->pool_count < TAINT_POOL_MAX && state->entries.items)
        memory->pool[memory->pool_count++] = *state;
    *state = (struct taint_state){0};
}

void taint_state_join(struct taint_memory *memory, struct taint_state *state, const struct taint_state *other)
{
    if (other->is_dead && !state->is_dead) return;
    if (state->is_dead && !other->is_dead) {
        taint_state_drop(memory, state);
        taint_state_copy(memory, state, other);
        return;
    }
    struct taint_state both;
    state->control |= other->control;
    if (!taint_steps_taken(memory, 1 + state->entries.count + other->entries.count)) return;
    taint_state_copy(memory, &both, state);
    for (uint32_t i = 0; i < both.entries.count; i++) {
        struct taint_entry *entry = &both.entries.items[i];
        entry->taints |= taint_state_get(memory, other, entry->place);
    }
    for (uint32_t i = 0; i < other->entries.count; i++) {
        const struct taint_entry *entry = &other->entries.items[i];
        if (!entry_find(state, entry->place))
            entry_put(memory, &both, entry->place,
                      entry->taints | taint_state_get(memory, state, entry->place));
    }
    taint_state_drop(memory, state);
    *state = both;
}

bool taint_state_equals(const struct taint_state *a, const struct taint_state *b)
{
    if (a->entries.count != b->entries.count || a->control != b->control || a->is_dead != b->is_dead)
        return false;
    for (uint32_t i = 0; i < a->entries.count; i++)
        if (a->entries.items[i].place != b->entries.items[i].place ||
            a->entries.items[i].taints != b->entries.items[i].taints)
            return false;
    return true;
}
