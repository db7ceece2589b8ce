/* Strings and templates of a pattern. */
#include "analyzer/literal_node.h"
#include "analyzer/pattern_lowering.h"
#include "analyzer/pattern_text.h"

/* A string with substitutions: its texts and its expressions in order; `...` as a text is any number. */
static bool lower_template(struct lowering *l, uint32_t n, unsigned depth)
{
    uint32_t p = node_open(l, PATTERN_TEMPLATE, n), end = l->syntax->nodes[n].next;
    if (p == UINT32_MAX) return false;
    for (uint32_t c = lowering_child(l, n + 1, end); c < end;
         c = lowering_child(l, l->syntax->nodes[c].next, end)) {
        uint32_t first = 0;
        struct view text = node_text(l->syntax, c);
        bool is_text =
            lowering_child_count(l, c, &first) == 0 || text.length == 0 || !strchr("{$`", text.bytes[0]);
        if (!(lowering_form(l, c).flags & FORM_IS_TRANSPARENT) && l->forms->has_word_values) first = c;
        if (is_text) {
            bool done = false; /* `...`, or a metavariable that is all of the text */
            uint32_t q = l->out.count;
            if (!lower_placeholder(l, c, text, &done)) return false;
            text = pattern_text_restore(l->context->scratch, text);
            if (!done && !lower_placeholder(l, c, text, &done)) return false;
            if (done) l->out.items[q].flags |= PATTERN_IS_TEXT;
            if (done) continue;
            q = node_open(l, PATTERN_TEMPLATE_TEXT, c);
            if (q == UINT32_MAX) return false;
            l->out.items[q].symbol = lowering_intern(l, pattern_text_restore(l->context->scratch, text));
            continue;
        }
        uint32_t q = l->out.count;
        if (view_equals_cstr(node_text(l->syntax, first),
                             "...")) { /* no placeholder: a word of the language */
            q = node_open(l, PATTERN_ANY, first);
            if (q == UINT32_MAX) return false;
            node_close(l, q);
            continue;
        }
        if (!lower(l, first, depth + 1)) return false;
        if (l->out.items[q].op == PATTERN_ELLIPSIS) l->out.items[q].op = PATTERN_ANY; /* one substitution */
    }
    node_close(l, p);
    return true;
}

/* `"..." "..."`: texts one behind the other. */
static bool lower_concatenation(struct lowering *l, uint32_t n)
{
    uint32_t p = node_open(l, PATTERN_NODE, n);
    if (p == UINT32_MAX || node_open(l, PATTERN_ELLIPSIS, n) == UINT32_MAX) return false;
    node_close(l, p);
    return true;
}

/* A word of a shell: a placeholder, or a text that is the same however it is quoted. */
static bool lower_word(struct lowering *l, uint32_t n, bool *done)
{
    struct view text = node_text(l->syntax, n), inside = node_inside(l->syntax, l->forms, n), name = {0};
    *done = false;
    if ((l->syntax->nodes[n].flags & NODE_IS_LEAF) && !lower_placeholder(l, n, text, done)) return false;
    if (*done) return true;
    bool is_reference =
        node_is_quoted(l->syntax, l->forms, n) && view_starts_with(inside, VIEW("$")) &&
        pattern_text_placeholder(l->context->scratch, l->forms, view_slice(inside, 1, inside.length),
                                 &name) == PLACEHOLDER_METAVAR;
    if (is_reference) { /* "$X": any string in quotes */
        uint32_t p = l->out.count;
        if (!lower_placeholder(l, n, view_slice(inside, 1, inside.length), done)) return false;
        l->out.items[p].flags |= PATTERN_IS_QUOTED;
        return true;
    }
    uint32_t known = l->names.constant ? l->names.constant[n] : 0;
    bool is_special = view_equals_cstr(inside, "...") || view_starts_with(inside, VIEW("=~/"));
    *done = known && !pattern_text_has_placeholder(text) &&
            !(is_special && node_is_quoted(l->syntax, l->forms, n));
    if (!*done) return true;
    uint32_t p = node_open(l, PATTERN_STRING, n);
    if (p == UINT32_MAX) return false;
    l->out.items[p].symbol = lowering_intern(l, symbol_text(l->syntax->symbols, known));
    return true;
}

bool lower_string(struct lowering *l, uint32_t n, unsigned depth)
{
    uint32_t first = 0;
    bool is_word = false;
    if (l->forms->has_word_values && !lower_word(l, n, &is_word)) return false;
    if (is_word) return true;
    bool is_concatenation =
        lowering_child_count(l, n, &first) > 1 && lowering_form(l, first).role == FORM_STRING;
    if (is_concatenation && view_equals_cstr(node_inside(l->syntax, l->forms, first), "..."))
        return lower_concatenation(l, n);
    bool is_any = view_equals_cstr(node_inside(l->syntax, l->forms, n), "...");
    if (!node_is_plain_string(l->syntax, l->forms, n) ||
        (is_any && node_is_formatted(l->syntax, l->forms, n)))
        return lower_template(l, n, depth);
    struct view inside = pattern_text_restore(l->context->scratch, node_inside(l->syntax, l->forms, n)),
                name = {0};
    if (is_any) return node_open(l, PATTERN_STRING_ANY, n) != UINT32_MAX;
    if (view_starts_with(inside, VIEW("=~/"))) {
        size_t end = inside.length;
        while (end > 3 && inside.bytes[end - 1] != '/') end--;
        struct view flags = view_slice(inside, end, inside.length);
        struct view body = view_slice(inside, 3, end > 3 ? end - 1 : inside.length);
        if (view_find_byte(flags, 'i') != SIZE_MAX)
            body = arena_format(l->context->scratch, "(?i)%.*s", VIEW_ARGS(body));
        const struct regex *regex =
            regex_compile(l->context->arena, l->context->regexes, body, REGEX_SEARCH, l->err);
        uint32_t p = regex ? node_open(l, PATTERN_STRING_REGEX, n) : UINT32_MAX;
        if (p == UINT32_MAX) return false;
        l->out.items[p].regex = regex;
        return true;
    }
    bool is_metavar = inside.length > 1 && inside.bytes[0] == '$';
    for (size_t i = 1; is_metavar && i < inside.length; i++)
        is_metavar = inside.bytes[i] == '_' || (inside.bytes[i] >= 'A' && inside.bytes[i] <= 'Z') ||
                     (inside.bytes[i] >= '0' && inside.bytes[i] <= '9');
    if (is_metavar) {
        if (view_equals_cstr(inside, "$_")) return node_open(l, PATTERN_STRING_ANY, n) != UINT32_MAX;
        name = arena_copy(l->context->arena, inside);
        uint32_t p = node_open(l, PATTERN_STRING_METAVAR, n);
        l->has_metavars = true;
        return p != UINT32_MAX && slot_of(l->context->arena, l->context->slots, name, &l->out.items[p].slot);
    }
    uint32_t p = node_open(l, PATTERN_STRING, n);
    if (p == UINT32_MAX) return false;
    uint32_t known = l->names.constant ? l->names.constant[n] : 0;
    struct view value = known ? symbol_text(l->syntax->symbols, known) : inside;
    l->out.items[p].symbol = lowering_intern(l, pattern_text_restore(l->context->scratch, value));
    return true;
}
