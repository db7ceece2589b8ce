#include "analyzer/text_pattern.h"

#include <ctype.h>
#include <stdlib.h>

#include "base/array.h"

/* What ellipses on the way here let pass. */
struct dots {
    bool is_open;
    uint32_t last_line;  /* up to this one */
    uint32_t start, end; /* bytes passed over */
    uint16_t slot;       /* of `$...X`, or UINT16_MAX */
};

struct search {
    const struct text_match *match;
    const struct text_pattern *pattern;
    struct binding bindings[LIMIT_METAVARIABLES];
    uint32_t end, end_line; /* of the last token that is a part of the match */
    bool is_over;           /* no steps left */
};

/* Where the search is in the text: at token `i`, in `block`, which it may leave unless it is `limit`. */
struct cursor {
    uint32_t i, block, limit;
};

struct view text_pattern_word(const struct text_pattern *pattern)
{
    struct view longest = {0};
    for (uint32_t i = 0; i < pattern->tokens.count; i++) {
        const struct text_token *token = &pattern->tokens.items[i];
        if (token->kind == TEXT_TOKEN_WORD && token->end - token->start > longest.length)
            longest = view_slice(pattern->text, token->start, token->end);
    }
    return longest;
}

const struct text_pattern *text_pattern_compile(struct arena *arena, struct slot_table *slots,
                                                struct view text, const struct text_options *options,
                                                struct error *err)
{
    struct text_pattern *pattern = ARENA_NEW(arena, struct text_pattern);
    if (text.length > LIMIT_PATTERN_BYTES) {
        error_set(err, ERROR_LIMIT, "a pattern has at most %u bytes", LIMIT_PATTERN_BYTES);
        return NULL;
    }
    if (!pattern || !text_tokenize(arena, text, true, &pattern->tokens)) {
        error_set(err, ERROR_SYSTEM, "no memory for a pattern");
        return NULL;
    }
    pattern->text = text;
    pattern->options = *options;
    if (pattern->tokens.count < 2 || pattern->tokens.count > LIMIT_PATTERN_NODES) {
        error_set(err, ERROR_RULE, "the pattern is empty or has more than %u parts", LIMIT_PATTERN_NODES);
        return NULL;
    }
    for (uint32_t i = 0; i < pattern->tokens.count; i++) {
        struct text_token *token = &pattern->tokens.items[i];
        if (token->kind != TEXT_TOKEN_METAVAR && token->kind != TEXT_TOKEN_ELLIPSIS_NAMED) continue;
        bool follows_dots = token->kind == TEXT_TOKEN_ELLIPSIS_NAMED && i > 0 &&
                            (pattern->tokens.items[i - 1].kind == TEXT_TOKEN_ELLIPSIS ||
                             pattern->tokens.items[i - 1].kind == TEXT_TOKEN_ELLIPSIS_NAMED);
        if (follows_dots) {
            error_set(err, ERROR_RULE, "an ellipsis with a name stands behind another ellipsis");
            return NULL;
        }
        if (slot_of(arena, slots, view_slice(text, token->start, token->end), &token->slot)) continue;
        error_set(err, ERROR_LIMIT, "a rule has at most %u metavariables", LIMIT_METAVARIABLES);
        return NULL;
    }
    return pattern;
}

static struct view binding_text(const struct search *s, const struct binding *binding)
{
    return view_slice(s->match->text, binding->start - s->match->offset, binding->end - s->match->offset);
}

/* Binds, or holds what is bound against it. */
static bool bind_text(struct search *s, uint16_t slot, uint32_t start, uint32_t end)
{
    struct binding *at = &s->bindings[slot];
    struct binding binding = {
        .start = s->match->offset + start, .end = s->match->offset + end, .kind = BINDING_TEXT};
    if (at->kind != BINDING_NONE) return view_equals(binding_text(s, at), binding_text(s, &binding));
    *at = binding;
    return true;
}

static bool dots_close(struct search *s, const struct dots *dots)
{
    return !dots->is_open || dots->slot == UINT16_MAX || bind_text(s, dots->slot, dots->start, dots->end);
}

static bool tokens_equal(struct search *s, const struct text_token *want, const struct text_token *token)
{
    if (want->kind == TEXT_TOKEN_METAVAR)
        return token->kind == TEXT_TOKEN_WORD && bind_text(s, want->slot, token->start, token->end);
    if (want->kind != token->kind) return false;
    struct view a = view_slice(s->pattern->text, want->start, want->end);
    struct view b = view_slice(s->match->text, token->start, token->end);
    if (!s->pattern->options.ignores_case || a.length != b.length) return view_equals(a, b);
    for (size_t i = 0; i < a.length; i++)
        if (tolower((unsigned char)a.bytes[i]) != tolower((unsigned char)b.bytes[i])) return false;
    return true;
}

/* Whether nothing but ellipses stand in [p, p_end). */
static bool is_free(const struct search *s, uint32_t p, uint32_t p_end)
{
    for (; p < p_end; p++) {
        uint8_t kind = s->pattern->tokens.items[p].kind;
        if (kind != TEXT_TOKEN_ELLIPSIS && kind != TEXT_TOKEN_ELLIPSIS_NAMED && kind != TEXT_TOKEN_BLOCK)
            return false;
    }
    return true;
}

/* The pattern's end, at the cursor: an open ellipsis takes what is left of the block, within its lines. */
static bool pattern_ends(struct search *s, bool is_inner, struct cursor at, struct dots *dots)
{
    const struct text_token *tokens = s->match->tokens->items;
    uint32_t block_end = tokens[at.block].next;
    if (!dots->is_open) return !is_inner || at.i >= block_end;
    if (s->end_line > dots->last_line) return !is_inner;
    for (uint32_t i = at.i; i < block_end; i++) {
        if (tokens[i].kind == TEXT_TOKEN_BLOCK) continue;
        if (tokens[i].line > dots->last_line) break;
        s->end = tokens[i].end;
        s->end_line = tokens[i].line;
    }
    dots->end = s->end > dots->start ? s->end : dots->start;
    return dots_close(s, dots);
}

static bool pattern_holds(struct search *s, uint32_t p, uint32_t p_end, bool is_inner, struct cursor at,
                          struct dots dots);

/* A block of the pattern where the text has one: they match on their own. */
static bool block_holds(struct search *s, uint32_t p, struct cursor at, const struct dots *dots)
{
    if (!dots_close(s, dots)) return false;
    struct cursor inside = {at.i + 1, at.i, at.i};
    return pattern_holds(s, p + 1, s->pattern->tokens.items[p].next, true, inside, (struct dots){0});
}

/* Steps over a token that an ellipsis may pass over. */
static bool token_pass(const struct text_token *token, struct dots *dots)
{
    if (!dots->is_open || token->line > dots->last_line) return false;
    dots->end = token->end;
    return true;
}

static void dots_open(const struct search *s, const struct text_token *want, struct dots *dots)
{
    uint32_t lines = s->pattern->options.ellipsis_lines;
    if (!dots->is_open)
        *dots = (struct dots){true, s->end_line + lines, s->end, s->end, want->slot};
    else
        dots->last_line += lines;
}

/* Whether the pattern's [p, p_end) hold from the cursor on; the bindings are undone where they do not. The
 * recursion is as deep as the pattern has parts. */
static bool pattern_holds(struct search *s, uint32_t p, uint32_t p_end, bool is_inner, struct cursor at,
                          struct dots dots)
{
    const struct text_token *tokens = s->match->tokens->items;
    struct binding saved[LIMIT_METAVARIABLES];
    memcpy(saved, s->bindings, s->match->slot_count * sizeof *saved);
    uint32_t end = s->end, end_line = s->end_line;
    while (*s->match->steps > 0) {
        --*s->match->steps;
        if (p == p_end) {
            if (pattern_ends(s, is_inner, at, &dots)) return true;
            break;
        }
        const struct text_token *want = &s->pattern->tokens.items[p];
        bool is_dots = want->kind == TEXT_TOKEN_ELLIPSIS || want->kind == TEXT_TOKEN_ELLIPSIS_NAMED;
        uint32_t block_end = tokens[at.block].next;
        if (is_dots) {
            dots_open(s, want, &dots);
            p++;
            continue;
        }
        if (at.i >= block_end && want->kind == TEXT_TOKEN_BLOCK) {
            if (is_free(s, p, p_end) && dots_close(s, &dots)) return true;
            break;
        }
        if (at.i >= block_end) {
            if (at.block == at.limit) break;
            at.block = tokens[at.block].parent;
            continue;
        }
        const struct text_token *token = &tokens[at.i];
        if (token->kind == TEXT_TOKEN_BLOCK) {
            if (want->kind == TEXT_TOKEN_BLOCK) {
                if (!block_holds(s, p, at, &dots)) break;
                p = want->next;
                at.i = token->next;
                dots = (struct dots){0};
            } else { /* a flat pattern goes on in the block */
                at.block = at.i++;
            }
            continue;
        }
        bool is_in_reach = !dots.is_open || token->line <= dots.last_line;
        if (want->kind != TEXT_TOKEN_BLOCK && is_in_reach && dots_close(s, &dots) &&
            tokens_equal(s, want, token)) {
            s->end = token->end;
            s->end_line = token->line;
            if (pattern_holds(s, p + 1, p_end, is_inner, (struct cursor){at.i + 1, at.block, at.limit},
                              (struct dots){0}))
                return true;
        }
        if (s->is_over) break;
        memcpy(s->bindings, saved, s->match->slot_count * sizeof *saved);
        s->end = end;
        s->end_line = end_line;
        if (!token_pass(token, &dots)) {
            if (want->kind != TEXT_TOKEN_BLOCK || !is_free(s, p + 1, want->next) || !dots_close(s, &dots))
                break;
            p = want->next;
            dots = (struct dots){0};
            continue;
        }
        at.i++;
    }
    s->is_over |= *s->match->steps == 0;
    memcpy(s->bindings, saved, s->match->slot_count * sizeof *saved);
    s->end = end;
    s->end_line = end_line;
    return false;
}

/* Of matches that end at one place the shortest stays. They come in the order of their starts. */
static int end_order(const void *left, const void *right)
{
    const struct range *a = left, *b = right;
    if (a->end != b->end) return a->end < b->end ? -1 : 1;
    return a->start < b->start ? 1 : a->start > b->start ? -1 : 0;
}

bool text_pattern_search(const struct text_match *match, const struct text_pattern *pattern,
                         struct range_list *out)
{
    const struct text_token *tokens = match->tokens->items;
    uint8_t head = pattern->tokens.items[1].kind;
    bool starts_open = head == TEXT_TOKEN_ELLIPSIS || head == TEXT_TOKEN_ELLIPSIS_NAMED;
    struct range_list found = {0};
    for (uint32_t i = 1; i < match->tokens->count; i++) {
        bool is_first = tokens[i].parent + 1 == i;
        if (tokens[i].kind == TEXT_TOKEN_BLOCK || (starts_open && !is_first)) continue;
        struct search s = {
            .match = match, .pattern = pattern, .end = tokens[i].start, .end_line = tokens[i].line};
        memcpy(s.bindings, match->bindings, match->slot_count * sizeof *s.bindings);
        struct cursor at = {i, tokens[i].parent, 0};
        bool holds = pattern_holds(&s, 1, pattern->tokens.count, false, at, (struct dots){0});
        if (s.is_over) return false;
        if (!holds) continue;
        struct binding *bindings = ARENA_NEW_ARRAY(match->arena, struct binding, match->slot_count + 1);
        if (!bindings || found.count >= LIMIT_MATCH_RANGES) return false;
        memcpy(bindings, s.bindings, match->slot_count * sizeof *bindings);
        uint32_t end = s.end > tokens[i].start ? s.end : tokens[i].end;
        struct range range = {
            match->offset + tokens[i].start, match->offset + end, false, false, bindings, false};
        if (!ARRAY_PUSH(match->arena, &found, range)) return false;
    }
    if (found.count) qsort(found.items, found.count, sizeof *found.items, end_order);
    for (uint32_t i = 0; i < found.count; i++)
        if ((i == 0 || found.items[i].end != found.items[i - 1].end) &&
            !ARRAY_PUSH(match->arena, out, found.items[i]))
            return false;
    return true;
}
