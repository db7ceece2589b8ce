#include "cordon/line_diff.h"

#include "base/array.h"

/* Differing lines up to which the shortest script is looked for (Myers 1986, O(ND)); its trace takes about
 * this many squared integers, 16 MiB. */
enum { EDITS_MAX = 2000 };

struct lines {
    struct view *items;
    uint32_t count, capacity;
};

static bool lines_split(struct lines *lines, struct arena *arena, struct view text)
{
    *lines = (struct lines){0};
    for (bool has_more = true; has_more;) {
        struct view line;
        has_more = view_split(text, '\n', &line, &text);
        if (line.length && line.bytes[line.length - 1] == '\r') line.length--;
        if (!ARRAY_PUSH(arena, lines, line)) return false;
    }
    return true;
}

/* The middle of both, without their common start and end. */
struct middle {
    const struct view *before, *after;
    int before_count, after_count;
};

/* How far down the diagonal `k` one gets with `d` edits, from the furthest points of d - 1 edits. */
static int furthest_reach(const struct middle *middle, const int *reach, int d, int k)
{
    bool is_down = k == -d || (k != d && reach[k - 1] < reach[k + 1]);
    int x = is_down ? reach[k + 1] : reach[k - 1] + 1; /* x counts lines of `before` */
    int y = x - k;
    while (x < middle->before_count && y < middle->after_count &&
           view_equals(middle->before[x], middle->after[y])) {
        x++;
        y++;
    }
    return x;
}

/* Walks the trace back and clears the lines that both have. */
static void trace_follow(const struct middle *middle, const int *trace, int edits, bool *changed)
{
    int x = middle->before_count, y = middle->after_count;
    for (int d = edits; d >= 0; d--) {
        /* the row of d - 1 edits holds diagonals -(d-1)..(d-1), widened by one on each side */
        const int *reach = trace + (size_t)d * (size_t)(d + 2) + d + 1;
        int k = x - y, from_x = 0, from_y = 0;
        if (d > 0) {
            bool is_down = k == -d || (k != d && reach[k - 1] < reach[k + 1]);
            int from_k = is_down ? k + 1 : k - 1;
            from_x = reach[from_k];
            from_y = from_x - from_k;
        }
        while (x > from_x && y > from_y) {
            x--;
            y--;
            if (view_equals(middle->before[x], middle->after[y])) changed[y] = false;
        }
        x = from_x;
        y = from_y;
    }
}

/* Row d of the trace is what was known before its edit: 2 (d + 1) + 1 integers, from d (d + 2) on. */
static bool middle_compare(const struct middle *middle, struct arena *arena, bool *changed)
{
    int most = middle->before_count + middle->after_count;
    if (most > EDITS_MAX) most = EDITS_MAX;
    int *reach_all = arena_alloc_array(arena, 2 * (size_t)most + 3, sizeof(int));
    int *trace = arena_alloc_array(arena, (size_t)(most + 1) * (size_t)(most + 3), sizeof(int));
    if (!reach_all || !trace) return false;
    int *reach = reach_all + most + 1;
    reach[1] = 0;
    for (int d = 0; d <= most; d++) {
        memcpy(trace + (size_t)d * (size_t)(d + 2), reach - d - 1, (2 * (size_t)d + 3) * sizeof(int));
        for (int k = -d; k <= d; k += 2) {
            reach[k] = furthest_reach(middle, reach, d, k);
            if (reach[k] < middle->before_count || reach[k] - k < middle->after_count) continue;
            trace_follow(middle, trace, d, changed);
            return true;
        }
    }
    return true; /* too different: all of the middle counts as changed */
}

bool line_diff(struct line_set *changed, struct arena *arena, struct view before, struct view after)
{
    struct lines old, new;
    if (!lines_split(&old, arena, before) || !lines_split(&new, arena, after)) return false;
    bool *has = ARENA_NEW_ARRAY(arena, bool, new.count + 1);
    if (!has) return false;
    uint32_t start = 0, end = 0, least = old.count < new.count ? old.count : new.count;
    while (start < least && view_equals(old.items[start], new.items[start])) start++;
    while (end < least - start && view_equals(old.items[old.count - 1 - end], new.items[new.count - 1 - end]))
        end++;
    struct middle middle = {old.items + start, new.items + start, (int)(old.count - start - end),
                            (int)(new.count - start - end)};
    for (int i = 0; i < middle.after_count; i++) has[1 + start + (uint32_t)i] = true;
    *changed = (struct line_set){has, new.count};
    if (middle.before_count == 0 || middle.after_count == 0) return true;
    return middle_compare(&middle, arena, has + 1 + start);
}
