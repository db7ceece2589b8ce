#include "base/view.h"

struct view view_slice(struct view text, size_t start, size_t end)
{
    if (end > text.length) end = text.length;
    if (start > end) start = end;
    if (!text.bytes) return (struct view){0};
    return (struct view){text.bytes + start, end - start};
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct view view_trim(struct view text)
{
    size_t start = 0, end = text.length;
    while (start < end && is_space(text.bytes[start])) start++;
    while (end > start && is_space(text.bytes[end - 1])) end--;
    return view_slice(text, start, end);
}

size_t view_find(struct view text, struct view needle)
{
    if (needle.length == 0) return 0;
    if (text.length < needle.length) return SIZE_MAX;
    const char *found = memmem(text.bytes, text.length, needle.bytes, needle.length);
    return found ? (size_t)(found - text.bytes) : SIZE_MAX;
}

size_t view_find_byte(struct view text, char byte)
{
    const char *found = text.length ? memchr(text.bytes, byte, text.length) : NULL;
    return found ? (size_t)(found - text.bytes) : SIZE_MAX;
}

int view_compare(struct view a, struct view b)
{
    size_t shared = a.length < b.length ? a.length : b.length;
    int order = shared ? memcmp(a.bytes, b.bytes, shared) : 0;
    if (order) return order;
    return a.length < b.length ? -1 : a.length > b.length;
}

bool view_split(struct view text, char separator, struct view *head, struct view *rest)
{
    size_t at = view_find_byte(text, separator);
    if (at == SIZE_MAX) {
        *head = text;
        *rest = (struct view){0};
        return false;
    }
    *head = view_slice(text, 0, at);
    *rest = view_slice(text, at + 1, text.length);
    return true;
}

uint64_t view_hash(struct view text, uint64_t seed)
{
    uint64_t hash = 0xcbf29ce484222325u ^ seed;
    for (size_t i = 0; i < text.length; i++) hash = (hash ^ (unsigned char)text.bytes[i]) * 0x100000001b3u;
    return hash ^ (hash >> 29);
}

unsigned view_distance(struct view a, struct view b, unsigned limit)
{
    enum { LONGEST = 64 };
    if (a.length > LONGEST || b.length > LONGEST) return limit + 1;
    unsigned rows[3][LONGEST + 1];
    unsigned *before = rows[0], *last = rows[1], *now = rows[2];
    for (size_t j = 0; j <= b.length; j++) last[j] = (unsigned)j;
    for (size_t i = 1; i <= a.length; i++) {
        now[0] = (unsigned)i;
        for (size_t j = 1; j <= b.length; j++) {
            unsigned cost = a.bytes[i - 1] != b.bytes[j - 1];
            unsigned best = last[j - 1] + cost;
            if (last[j] + 1 < best) best = last[j] + 1;
            if (now[j - 1] + 1 < best) best = now[j - 1] + 1;
            bool swapped =
                i > 1 && j > 1 && a.bytes[i - 1] == b.bytes[j - 2] && a.bytes[i - 2] == b.bytes[j - 1];
            if (swapped && before[j - 2] + 1 < best) best = before[j - 2] + 1;
            now[j] = best;
        }
        unsigned *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[b.length] <= limit ? last[b.length] : limit + 1;
}
