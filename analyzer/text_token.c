#include "analyzer/text_token.h"

#include <ctype.h>

#include "base/array.h"

/* Blocks open at once; deeper ones are read as if they were not there. */
enum { BLOCK_DEPTH = 512, TAB_COLUMNS = 8 };

struct tokenizing {
    struct arena *arena;
    struct view text;
    struct text_token_list *out;
    struct {
        uint32_t block, column;
    } open[BLOCK_DEPTH];
    uint32_t depth; /* at least 1: the root */
    uint32_t line;
    bool is_pattern, is_out_of_memory;
};

static bool is_word_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static uint32_t token_add(struct tokenizing *t, enum text_token_kind kind, size_t start, size_t end)
{
    uint32_t own = t->out->count;
    struct text_token token = {.start = (uint32_t)start,
                               .end = (uint32_t)end,
                               .next = own + 1,
                               .parent = t->depth ? t->open[t->depth - 1].block : own,
                               .line = t->line,
                               .slot = UINT16_MAX,
                               .kind = (uint8_t)kind};
    if (!ARRAY_PUSH(t->arena, t->out, token)) t->is_out_of_memory = true;
    return own;
}

static void block_open(struct tokenizing *t, uint32_t column, size_t at)
{
    if (t->depth == BLOCK_DEPTH || t->is_out_of_memory) return;
    uint32_t block = token_add(t, TEXT_TOKEN_BLOCK, at, at);
    t->open[t->depth].block = block;
    t->open[t->depth].column = column;
    t->depth++;
}

static void block_close(struct tokenizing *t)
{
    if (t->is_out_of_memory) return;
    struct text_token *block = &t->out->items[t->open[--t->depth].block];
    block->next = t->out->count;
    block->end = t->out->items[t->out->count - 1].end;
}

static size_t name_end(const struct tokenizing *t, size_t at)
{
    if (at >= t->text.length || !isupper((unsigned char)t->text.bytes[at])) return at;
    while (at < t->text.length && is_word_byte(t->text.bytes[at])) at++;
    return at;
}

/* Where the token that starts at `at` ends; a run of more than three dots is so many signs. */
static size_t token_read(struct tokenizing *t, size_t at, size_t *dots)
{
    struct view rest = view_slice(t->text, at, t->text.length);
    size_t end = at;
    while (end < t->text.length && is_word_byte(t->text.bytes[end])) end++;
    if (end > at) {
        token_add(t, TEXT_TOKEN_WORD, at, end);
        return end;
    }
    if (t->is_pattern && view_starts_with(rest, VIEW("$...")) && (end = name_end(t, at + 4)) > at + 4) {
        token_add(t, TEXT_TOKEN_ELLIPSIS_NAMED, at, end);
        return end;
    }
    if (t->is_pattern && rest.bytes[0] == '$' && (end = name_end(t, at + 1)) > at + 1) {
        token_add(t, TEXT_TOKEN_METAVAR, at, end);
        return end;
    }
    bool is_run = rest.bytes[0] == '.' && *dots == 0;
    while (is_run && *dots < rest.length && rest.bytes[*dots] == '.') ++*dots;
    if (t->is_pattern && is_run && *dots == 3) {
        token_add(t, TEXT_TOKEN_ELLIPSIS, at, at + 3);
        *dots = 0;
        return at + 3;
    }
    if (*dots) --*dots;
    token_add(t, TEXT_TOKEN_SIGN, at, at + 1);
    return at + 1;
}

/* Where the bracket at `at` is closed within its line, or SIZE_MAX. */
static size_t bracket_match(const struct tokenizing *t, size_t at, size_t line_end)
{
    char stack[64];
    unsigned depth = 0;
    for (; at < line_end; at++) {
        char c = t->text.bytes[at];
        if (c == '(' || c == '[' || c == '{') {
            if (depth == sizeof stack) return SIZE_MAX;
            stack[depth++] = c == '(' ? ')' : c == '[' ? ']' : '}';
        } else if (c == ')' || c == ']' || c == '}') {
            if (stack[depth - 1] != c) return SIZE_MAX;
            if (--depth == 0) return at;
        }
    }
    return SIZE_MAX;
}

/* One line's tokens. Of a source, what stands in brackets that match is a block. */
static void line_read(struct tokenizing *t, size_t at, size_t line_end)
{
    size_t dots = 0, closing[64];
    uint32_t depth = 0;
    while (at < line_end && !t->is_out_of_memory) {
        char c = t->text.bytes[at];
        if (c == ' ' || c == '\t' || (c == '\r' && at + 1 == line_end)) {
            at++;
            continue;
        }
        if (depth && at == closing[depth - 1]) {
            block_close(t);
            depth--;
        }
        bool is_open = !t->is_pattern && (c == '(' || c == '[' || c == '{');
        size_t match = is_open && depth < 64 ? bracket_match(t, at, line_end) : SIZE_MAX;
        at = token_read(t, at, &dots);
        size_t inside = at;
        while (inside < line_end && strchr(" \t", t->text.bytes[inside])) inside++;
        bool has_block = match != SIZE_MAX && inside < match && t->depth < BLOCK_DEPTH;
        if (has_block) {
            block_open(t, 0, at);
            closing[depth++] = match;
        }
    }
}

bool text_tokenize(struct arena *arena, struct view text, bool is_pattern, struct text_token_list *tokens)
{
    struct tokenizing *t = ARENA_NEW(arena, struct tokenizing);
    if (!t) return false;
    *tokens = (struct text_token_list){0};
    *t = (struct tokenizing){.arena = arena, .text = text, .out = tokens, .is_pattern = is_pattern};
    block_open(t, 0, 0);
    for (size_t at = 0; at < text.length && !t->is_out_of_memory;) {
        size_t length = view_find_byte(view_slice(text, at, text.length), '\n'), start = at;
        size_t end = length == SIZE_MAX ? text.length : at + length;
        uint32_t column = 0;
        t->line++;
        for (; start < end && (text.bytes[start] == ' ' || text.bytes[start] == '\t'); start++)
            column += text.bytes[start] == '\t' ? TAB_COLUMNS : 1;
        bool is_blank = start == end || (text.bytes[start] == '\r' && start + 1 == end);
        if (!is_blank) {
            while (t->depth > 1 && t->open[t->depth - 1].column > column) block_close(t);
            if (column > t->open[t->depth - 1].column) block_open(t, column, start);
            line_read(t, start, end);
        }
        at = end + 1;
    }
    while (t->depth) block_close(t);
    return !t->is_out_of_memory;
}

/* Whitens [at, end) but for line ends. */
static void whiten(char *out, size_t at, size_t end)
{
    for (; at < end; at++)
        if (out[at] != '\n' && out[at] != '\r') out[at] = ' ';
}

struct view text_without_comments(struct arena *arena, struct view text, enum text_comments style)
{
    if (style == TEXT_COMMENTS_NONE) return text;
    char *out = arena_alloc(arena, text.length + 1);
    if (!out) return (struct view){0};
    memcpy(out, text.bytes, text.length);
    struct view line_mark = style == TEXT_COMMENTS_SHELL ? VIEW("#") : VIEW("//");
    for (size_t at = 0; at < text.length; at++) {
        struct view rest = view_slice(text, at, text.length);
        size_t end = SIZE_MAX;
        if (style != TEXT_COMMENTS_C && view_starts_with(rest, line_mark)) {
            end = view_find_byte(rest, '\n');
            if (end == SIZE_MAX) end = rest.length;
        } else if (style != TEXT_COMMENTS_SHELL && view_starts_with(rest, VIEW("/*"))) {
            size_t close = view_find(view_slice(rest, 2, rest.length), VIEW("*/"));
            if (close != SIZE_MAX) end = close + 4;
        }
        if (end == SIZE_MAX) continue;
        whiten(out, at, at + end);
        at += end - 1;
    }
    return view_make(out, text.length);
}
