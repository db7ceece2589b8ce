#include "analyzer/pattern.h"

#include "analyzer/limits.h"
#include "analyzer/pattern_lower.h"
#include "analyzer/pattern_text.h"
#include "base/array.h"
#include "base/io.h"

/* Of one try to parse a pattern, and of all: a rule's author is trusted more than a program's, but a rule
 * file may be wrong in ways that a parser dislikes. */
enum { PATTERN_PARSE_MS = 200, PATTERN_MS = 2000 };

bool slot_of(struct arena *arena, struct slot_table *slots, struct view name, uint16_t *slot)
{
    *slot = slot_find(slots, name);
    if (*slot != UINT16_MAX) return true;
    if (slots->count >= LIMIT_METAVARIABLES) return false;
    if (!ARRAY_PUSH(arena, slots, name)) return false;
    *slot = (uint16_t)(slots->count - 1);
    return true;
}

uint16_t slot_find(const struct slot_table *slots, struct view name)
{
    for (uint32_t i = 0; i < slots->count; i++)
        if (view_equals(slots->items[i], name)) return (uint16_t)i;
    return UINT16_MAX;
}

static bool has_error(const struct syntax *syntax)
{
    for (uint32_t i = 0; i < syntax->count; i++)
        if (syntax->nodes[i].flags & NODE_IS_ERROR) return true;
    return syntax->count == 0;
}

/* The node that the wrapping says is the pattern, or UINT32_MAX: of that kind, and with all of the text. */
static uint32_t root_find(const struct syntax *syntax, const struct form_table *forms,
                          const struct form_wrap *wrap, uint32_t start, uint32_t end)
{
    if (!wrap->root) return 0;
    const TSLanguage *grammar = forms->language->parser();
    for (uint32_t i = 0; i < syntax->count; i++) {
        const struct node *node = &syntax->nodes[i];
        if (node->start >= start && node->end <= end && node->end + 1 >= end &&
            strcmp(ts_language_symbol_name(grammar, node->kind), wrap->root) == 0)
            return i;
    }
    return UINT32_MAX;
}

/* Whether the root is something that a program may be but a pattern never is: `key: value` as a label. */
static bool is_misread(const struct syntax *syntax, const struct form_table *forms)
{
    const TSLanguage *grammar = forms->language->parser();
    return syntax->count > 1 &&
           strcmp(ts_language_symbol_name(grammar, syntax->nodes[1].kind), "labeled_statement") == 0;
}

static bool parse(struct pattern_context *context, const struct form_table *forms,
                  const struct form_wrap *wrap, struct view text, struct syntax *syntax, uint32_t *root,
                  bool *is_code, struct error *err)
{
    struct view whole =
        arena_format(context->scratch, "%s%.*s%s\n", wrap->before, VIEW_ARGS(text), wrap->after);
    struct source *source = ARENA_NEW(context->scratch, struct source);
    struct finding_list findings = {0};
    if (!source || !whole.bytes) return error_set(err, ERROR_SYSTEM, "no memory for a pattern");
    if (!source_init(source, context->scratch, VIEW("<pattern>"), whole, forms->language, err)) return false;
    *syntax = (struct syntax){0};
    if (!syntax_parse(context->parser, context->scratch, source, PATTERN_PARSE_MS, syntax, &findings, err))
        return false;
    uint32_t start = (uint32_t)strlen(wrap->before);
    *is_code = false;
    if (has_error(syntax)) return true;
    *root = root_find(syntax, forms, wrap, start, start + (uint32_t)text.length);
    *is_code = *root != UINT32_MAX && !(wrap->root == NULL && is_misread(syntax, forms));
    return true;
}

/* The text without the white space around it, but with the first line's indentation where more follow. */
static struct view text_trim(struct view text)
{
    struct view trimmed = view_trim(text);
    if (view_find_byte(trimmed, '\n') == SIZE_MAX) return trimmed;
    const char *start = trimmed.bytes;
    while (start > text.bytes && start[-1] != '\n') start--;
    return view_make(start, (size_t)(trimmed.bytes + trimmed.length - start));
}

const struct pattern *pattern_compile(struct pattern_context *context, const struct form_table *forms,
                                      struct view text, struct error *err)
{
    if (text.length > LIMIT_PATTERN_BYTES) {
        error_set(err, ERROR_LIMIT, "a pattern has at most %u bytes", LIMIT_PATTERN_BYTES);
        return NULL;
    }
    text = text_trim(text);
    struct view tried[STYLE_COUNT];
    uint64_t end_ns = io_thread_ns() + PATTERN_MS * 1000000ull;
    for (int style = 0; style < STYLE_COUNT; style++) {
        struct view prepared = pattern_text_prepare(context->scratch, forms, text, (enum pattern_style)style);
        bool is_new = true;
        for (int i = 0; i < style && is_new; i++) is_new = !view_equals(prepared, tried[i]);
        tried[style] = prepared;
        if (!is_new) continue;
        for (uint32_t i = 0; i < forms->wrap_count; i++) {
            const struct form_wrap *wrap = &forms->wraps[i];
            if (wrap->only_before && !view_starts_with(view_trim(text), view_of_cstr(wrap->only_before)))
                continue;
            if (io_thread_ns() > end_ns) {
                error_set(err, ERROR_LIMIT, "the pattern takes more than %d ms to parse", PATTERN_MS);
                return NULL;
            }
            struct syntax syntax;
            uint32_t root = 0;
            bool is_code = false;
            if (!parse(context, forms, wrap, prepared, &syntax, &root, &is_code, err)) return NULL;
            if (is_code) return pattern_lower(context, forms, &syntax, root, err);
        }
    }
    error_set(err, ERROR_RULE, "the pattern is not %s code: \"%.*s\"", forms->language->word,
              (int)(text.length > 100 ? 100 : text.length), text.bytes);
    error_remedy(err, "write code of that language with $X, ..., <... e ...> or $...ARGS in it");
    return NULL;
}
