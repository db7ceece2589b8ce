#include "analyzer/source.h"

#include "base/array.h"
#include "base/utf8.h"

bool source_init(struct source *source, struct arena *arena, struct view path, struct view bytes,
                 const struct language *language, struct error *err)
{
    *source = (struct source){.path = path, .bytes = bytes, .language = language};
    if (bytes.length >= UINT32_MAX) return error_set(err, ERROR_LIMIT, "source of 4 GiB or more");
    source->digest = digest_sha256(bytes);
    ARRAY_OF(uint32_t) starts = {0};
    for (size_t start = 0, at = 0; at != SIZE_MAX; start += at + 1) {
        if (!ARRAY_PUSH(arena, &starts, (uint32_t)start))
            return error_set(err, ERROR_LIMIT, "no memory left for the line table");
        at = start < bytes.length ? view_find_byte(view_slice(bytes, start, bytes.length), '\n') : SIZE_MAX;
    }
    source->line_starts = starts.items;
    source->line_count = starts.count;
    return true;
}

static uint32_t line_of_offset(const struct source *source, uint32_t offset)
{
    uint32_t low = 0, high = source->line_count;
    while (high - low > 1) {
        uint32_t middle = low + (high - low) / 2;
        if (source->line_starts[middle] <= offset)
            low = middle;
        else
            high = middle;
    }
    return low;
}

struct place source_place(const struct source *source, uint32_t offset)
{
    if (offset > source->bytes.length) offset = (uint32_t)source->bytes.length;
    uint32_t line = line_of_offset(source, offset);
    struct view before = view_slice(source->bytes, source->line_starts[line], offset);
    return (struct place){.line = line + 1, .col = (uint32_t)utf8_count(before) + 1, .offset = offset};
}

struct view source_line(const struct source *source, uint32_t line)
{
    if (line == 0 || line > source->line_count) return (struct view){0};
    uint32_t start = source->line_starts[line - 1];
    size_t end = line < source->line_count ? source->line_starts[line] - 1 : source->bytes.length;
    struct view text = view_slice(source->bytes, start, end);
    if (text.length && text.bytes[text.length - 1] == '\r') text.length--;
    return text;
}
