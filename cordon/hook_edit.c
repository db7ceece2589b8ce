#include "cordon/hook_edit.h"

struct lines {
    struct view *items;
    uint32_t count, capacity;
};

static struct view replace_plain(struct arena *arena, struct view before, struct view old, struct view new)
{
    size_t count = 0, at = 0;
    for (struct view rest = before; (at = view_find(rest, old)) != SIZE_MAX; count++)
        rest = view_slice(rest, at + old.length, rest.length);
    if (count == 0) return (struct view){0};
    size_t size = before.length - count * old.length;
    if (new.length > (SIZE_MAX - size) / count - 1) return (struct view){0};
    char *out = arena_alloc(arena, size + count * new.length + 1);
    if (!out) return (struct view){0};
    size_t used = 0;
    for (struct view rest = before;;) {
        at = view_find(rest, old);
        size_t kept = at == SIZE_MAX ? rest.length : at;
        if (kept) memcpy(out + used, rest.bytes, kept);
        used += kept;
        if (at == SIZE_MAX) break;
        if (new.length) memcpy(out + used, new.bytes, new.length);
        used += new.length;
        rest = view_slice(rest, at + old.length, rest.length);
    }
    return view_make(out, used);
}

static struct view without_cr(struct arena *arena, struct view text)
{
    char *out = arena_alloc(arena, text.length + 1);
    size_t used = 0;
    for (size_t i = 0; out && i < text.length; i++)
        if (text.bytes[i] != '\r' || i + 1 == text.length || text.bytes[i + 1] != '\n')
            out[used++] = text.bytes[i];
    return view_make(out, used);
}

struct view hook_edit_replace(struct arena *arena, struct view before, struct view old, struct view new)
{
    if (old.length == 0) return before.length == 0 ? arena_copy(arena, new) : (struct view){0};
    struct view after = replace_plain(arena, before, old, new);
    if (after.bytes || view_find(before, VIEW("\r\n")) == SIZE_MAX) return after;
    struct view plain = without_cr(arena, before), wanted = without_cr(arena, old);
    return plain.bytes && wanted.bytes ? replace_plain(arena, plain, wanted, new) : (struct view){0};
}

struct view hook_edit_insert(struct arena *arena, struct view before, int64_t line, struct view text)
{
    size_t at = 0;
    for (int64_t i = 0; i < line && at < before.length; i++) {
        size_t end = view_find_byte(view_slice(before, at, before.length), '\n');
        at = end == SIZE_MAX ? before.length : at + end + 1;
    }
    bool is_joined = at && before.bytes[at - 1] != '\n';
    bool is_open = text.length && text.bytes[text.length - 1] != '\n';
    char *out = arena_alloc(arena, before.length + text.length + 3);
    if (!out) return (struct view){0};
    size_t used = at;
    if (at) memcpy(out, before.bytes, at);
    if (is_joined) out[used++] = '\n';
    if (text.length) memcpy(out + used, text.bytes, text.length);
    used += text.length;
    if (is_open) out[used++] = '\n';
    if (before.length > at) memcpy(out + used, before.bytes + at, before.length - at);
    return view_make(out, used + before.length - at);
}

bool hook_patch_is(struct view text)
{
    return view_starts_with(view_trim(text), VIEW("*** Begin Patch"));
}

static bool line_head(struct view line, struct view head, struct view *rest)
{
    if (!view_starts_with(line, head)) return false;
    *rest = view_trim(view_slice(line, head.length, line.length));
    return true;
}

bool hook_patch_read(struct hook_patch *patch, struct arena *arena, struct view text)
{
    *patch = (struct hook_patch){0};
    struct view rest = view_trim(text), line;
    struct hook_patch_file *file = NULL;
    if (!hook_patch_is(text)) return false;
    view_split(rest, '\n', &line, &rest);
    for (bool has_more = rest.length > 0; has_more;) {
        has_more = view_split(rest, '\n', &line, &rest);
        struct hook_patch_file next = {0};
        if (view_starts_with(line, VIEW("*** End Patch"))) return patch->count > 0;
        if (line_head(line, VIEW("*** Move to: "), &next.path)) {
            if (!file || file->kind != HOOK_PATCH_UPDATE) return false;
            file->new_path = next.path;
            continue;
        }
        bool is_file = line_head(line, VIEW("*** Add File: "), &next.path);
        if (line_head(line, VIEW("*** Update File: "), &next.path))
            next.kind = HOOK_PATCH_UPDATE, is_file = true;
        if (line_head(line, VIEW("*** Delete File: "), &next.path))
            next.kind = HOOK_PATCH_DELETE, is_file = true;
        if (is_file) {
            if (!ARRAY_PUSH(arena, patch, next)) return false;
            file = &patch->items[patch->count - 1];
            continue;
        }
        if (!file) return false;
        if (!file->body.bytes) file->body.bytes = line.bytes;
        file->body.length = (size_t)(line.bytes + line.length - file->body.bytes);
    }
    return patch->count > 0; /* the last line may be missing */
}

static bool lines_split(struct lines *lines, struct arena *arena, struct view text)
{
    *lines = (struct lines){0};
    while (text.length) {
        struct view line;
        view_split(text, '\n', &line, &text);
        if (!ARRAY_PUSH(arena, lines, line)) return false;
    }
    return true;
}

static struct view trim_end(struct view line)
{
    while (line.length && strchr(" \t\r", line.bytes[line.length - 1])) line.length--;
    return line;
}

/* As the host compares: exactly, then without white space at the end, then at both ends. */
static bool line_fits(struct view line, struct view wanted, int looseness)
{
    if (looseness == 0) return view_equals(line, wanted);
    if (looseness == 1) return view_equals(trim_end(line), trim_end(wanted));
    return view_equals(view_trim(line), view_trim(wanted));
}

/* Where the lines of a hunk begin in the file, from `from` on; UINT32_MAX: nowhere. */
static uint32_t hunk_find(const struct lines *file, const struct lines *wanted, uint32_t from)
{
    for (int looseness = 0; looseness < 3; looseness++)
        for (uint32_t at = from; at + wanted->count <= file->count; at++) {
            uint32_t same = 0;
            while (same < wanted->count && line_fits(file->items[at + same], wanted->items[same], looseness))
                same++;
            if (same == wanted->count) return at;
        }
    return UINT32_MAX;
}

struct patching {
    struct arena *arena;
    struct lines file, out;
    struct lines wanted, put; /* of the hunk under way */
    uint32_t at;              /* in the file */
};

static bool lines_copy(struct patching *patching, const struct lines *lines, uint32_t from, uint32_t to)
{
    for (uint32_t i = from; i < to; i++)
        if (!ARRAY_PUSH(patching->arena, &patching->out, lines->items[i])) return false;
    return true;
}

static bool hunk_end(struct patching *patching)
{
    if (patching->wanted.count == 0 && patching->put.count == 0) return true;
    uint32_t at = patching->wanted.count ? hunk_find(&patching->file, &patching->wanted, patching->at)
                                         : patching->file.count;
    if (at == UINT32_MAX) return false;
    bool is_copied = lines_copy(patching, &patching->file, patching->at, at) &&
                     lines_copy(patching, &patching->put, 0, patching->put.count);
    patching->at = at + patching->wanted.count;
    patching->wanted.count = patching->put.count = 0;
    return is_copied;
}

static bool hunk_line(struct patching *patching, struct view line)
{
    struct view context = {0};
    if (view_starts_with(line, VIEW("@@"))) {
        if (!hunk_end(patching)) return false;
        context = view_trim(view_slice(line, 2, line.length));
        struct lines one = {&context, 1, 1};
        uint32_t at = context.length ? hunk_find(&patching->file, &one, patching->at) : UINT32_MAX;
        if (context.length && at == UINT32_MAX) return false;
        if (context.length && !lines_copy(patching, &patching->file, patching->at, at)) return false;
        if (context.length) patching->at = at;
        return true;
    }
    if (view_starts_with(line, VIEW("*** End of File"))) return true;
    char mark = line.length ? line.bytes[0] : ' ';
    struct view text = view_slice(line, line.length ? 1 : 0, line.length);
    if (mark != '+' && mark != '-' && mark != ' ') return false;
    return (mark == '+' || ARRAY_PUSH(patching->arena, &patching->wanted, text)) &&
           (mark == '-' || ARRAY_PUSH(patching->arena, &patching->put, text));
}

static struct view lines_join(struct arena *arena, const struct lines *lines)
{
    size_t size = 1, used = 0;
    for (uint32_t i = 0; i < lines->count; i++) size += lines->items[i].length + 1;
    char *out = arena_alloc(arena, size);
    for (uint32_t i = 0; out && i < lines->count; i++) {
        if (lines->items[i].length) memcpy(out + used, lines->items[i].bytes, lines->items[i].length);
        used += lines->items[i].length;
        out[used++] = '\n';
    }
    return view_make(out, used);
}

struct view hook_patch_apply(struct arena *arena, const struct hook_patch_file *file, struct view before)
{
    struct patching patching = {.arena = arena};
    struct lines body;
    if (!lines_split(&body, arena, file->body)) return (struct view){0};
    bool is_add = file->kind == HOOK_PATCH_ADD;
    if (!is_add && !lines_split(&patching.file, arena, before)) return (struct view){0};
    for (uint32_t i = 0; i < body.count; i++) {
        if (is_add && !view_starts_with(body.items[i], VIEW("+"))) return (struct view){0};
        if (!hunk_line(&patching, body.items[i])) return (struct view){0};
    }
    if (!hunk_end(&patching) || !lines_copy(&patching, &patching.file, patching.at, patching.file.count))
        return (struct view){0};
    return lines_join(arena, &patching.out);
}
