#include "cordon/place.h"

#include <ctype.h>
#include <limits.h>
#include <unistd.h>

struct view place_absolute(struct arena *arena, struct view folder, struct view path)
{
    bool is_absolute = path.length && path.bytes[0] == '/';
    struct view whole =
        is_absolute ? path : arena_format(arena, "%.*s/%.*s", VIEW_ARGS(folder), VIEW_ARGS(path));
    char *out = arena_alloc(arena, whole.length + 2);
    if (!out || (!is_absolute && !whole.bytes)) return (struct view){0};
    size_t used = 0;
    struct view part;
    for (bool has_more = true; has_more;) {
        has_more = view_split(whole, '/', &part, &whole);
        if (part.length == 0 || view_equals(part, VIEW("."))) continue;
        if (view_equals(part, VIEW(".."))) {
            while (used > 0 && out[--used] != '/') continue;
            continue;
        }
        out[used++] = '/';
        memcpy(out + used, part.bytes, part.length);
        used += part.length;
    }
    if (used == 0) out[used++] = '/';
    return view_make(out, used);
}

struct view place_below(struct view path, struct view folder)
{
    if (view_equals(folder, VIEW("/"))) return view_slice(path, 1, path.length);
    if (!view_starts_with(path, folder)) return (struct view){0};
    if (path.length == folder.length) return view_make("", 0);
    return path.bytes[folder.length] == '/' ? view_slice(path, folder.length + 1, path.length)
                                            : (struct view){0};
}

struct view place_shown(struct arena *arena, struct view path)
{
    char current[PATH_MAX];
    if (view_equals(path, VIEW("<stdin>")) || !getcwd(current, sizeof current)) return path;
    struct view absolute = place_absolute(arena, view_of_cstr(current), path);
    struct view below = absolute.bytes ? place_below(absolute, view_of_cstr(current)) : (struct view){0};
    if (below.bytes) return below.length ? below : VIEW(".");
    return absolute;
}

struct view place_uri(struct arena *arena, struct view path)
{
    struct view shown = place_shown(arena, path);
    const char *before = shown.length && shown.bytes[0] == '/' ? "file://" : "";
    char *out = arena_alloc(arena, 3 * shown.length + 8);
    if (!out) return (struct view){0};
    size_t used = strlen(before);
    memcpy(out, before, used);
    for (size_t i = 0; i < shown.length; i++) {
        unsigned char byte = (unsigned char)shown.bytes[i];
        if (isalnum(byte) || strchr("-._~/", (char)byte)) {
            out[used++] = (char)byte;
            continue;
        }
        out[used++] = '%';
        out[used++] = "0123456789ABCDEF"[byte >> 4];
        out[used++] = "0123456789ABCDEF"[byte & 15];
    }
    return view_make(out, used);
}

static int digit_value(char digit)
{
    const char *digits = "0123456789abcdef", *at = strchr(digits, tolower((unsigned char)digit));
    return digit && at ? (int)(at - digits) : -1;
}

struct view place_of_uri(struct arena *arena, struct view uri)
{
    if (view_starts_with(uri, VIEW("file://"))) uri = view_slice(uri, 7, uri.length);
    char *out = arena_alloc(arena, uri.length + 1);
    if (!out) return (struct view){0};
    size_t used = 0;
    for (size_t i = 0; i < uri.length; i++) {
        bool is_code = uri.bytes[i] == '%' && i + 2 < uri.length && digit_value(uri.bytes[i + 1]) >= 0 &&
                       digit_value(uri.bytes[i + 2]) >= 0;
        out[used++] = is_code ? (char)(digit_value(uri.bytes[i + 1]) * 16 + digit_value(uri.bytes[i + 2]))
                              : uri.bytes[i];
        if (is_code) i += 2;
    }
    return place_shown(arena, view_make(out, used));
}
