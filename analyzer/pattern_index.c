#include "analyzer/pattern_index.h"

#include "analyzer/trail.h"
#include "base/array.h"

typedef bool kind_test(const struct form_table *forms, const struct pattern_node *root, uint16_t kind);

static bool is_same(const struct form_table *forms, const struct pattern_node *root, uint16_t kind)
{
    bool may_be_name = root->prefix || (root->flags & PATTERN_IS_SUFFIX);
    if (may_be_name && form_of(forms, kind).role == FORM_NAME) return true;
    bool may_be_value = root->role == FORM_FUNCTION && (form_of(forms, root->kind).flags & FORM_IS_NAMED);
    if (may_be_value && form_of(forms, kind).role == FORM_ASSIGN) return true;
    struct form form = form_of(forms, kind);
    bool may_be_required = form_of(forms, root->kind).flags & FORM_IS_REQUIRABLE;
    if (may_be_required && form.role == FORM_SET && (form.flags & FORM_IS_STATEMENT)) return true;
    uint16_t also = form_of(forms, root->kind).also;
    if (also && also == kind) return true;
    if (root->role != FORM_PLAIN) return form_of(forms, kind).role == root->role;
    const TSLanguage *grammar = forms->language->parser();
    return strcmp(ts_language_symbol_name(grammar, kind), ts_language_symbol_name(grammar, root->kind)) == 0;
}

static bool is_name(const struct form_table *forms, const struct pattern_node *root, uint16_t kind)
{
    uint8_t role = form_of(forms, kind).role;
    (void)root;
    return role == FORM_NAME || role == FORM_MEMBER;
}

static bool is_string(const struct form_table *forms, const struct pattern_node *root, uint16_t kind)
{
    struct form form = form_of(forms, kind);
    if (form.role == FORM_STRING) return true;
    bool may_be_known = form.role == FORM_NAME || form.role == FORM_CALL || (form.flags & FORM_IS_COMPUTED);
    return may_be_known && root->op != PATTERN_TEMPLATE; /* a known value */
}

static bool is_statement(const struct form_table *forms, const struct pattern_node *root, uint16_t kind)
{
    (void)root;
    return form_of(forms, kind).flags & FORM_IS_STATEMENT;
}

static bool is_expression(const struct form_table *forms, const struct pattern_node *root, uint16_t kind)
{
    struct form form = form_of(forms, kind);
    (void)root;
    if (ts_language_symbol_type(forms->language->parser(), kind) != TSSymbolTypeRegular) return false;
    if (form.flags & (FORM_IS_STATEMENT | FORM_IS_TRANSPARENT | FORM_IS_IGNORED)) return false;
    return form.role != FORM_ARGUMENTS && form.role != FORM_PARAMETERS && form.role != FORM_BLOCK &&
           form.role != FORM_KEYWORD;
}

static kind_test *test_of(const struct pattern_node *root)
{
    switch ((enum pattern_op)root->op) {
    case PATTERN_NODE:
    case PATTERN_SET:
    case PATTERN_ARGUMENTS:
    case PATTERN_BLOCK:
    case PATTERN_IMPORT:
    case PATTERN_STATEMENT:
    case PATTERN_LEAF:
    case PATTERN_OPERATOR:
        return is_same;
    case PATTERN_SEQUENCE:
        return is_statement;
    case PATTERN_NAME:
    case PATTERN_DOTTED:
        return is_name;
    case PATTERN_STRING:
    case PATTERN_STRING_ANY:
    case PATTERN_STRING_REGEX:
    case PATTERN_STRING_METAVAR:
    case PATTERN_TEMPLATE:
    case PATTERN_TEMPLATE_TEXT:
        return is_string;
    case PATTERN_METAVAR:
    case PATTERN_ANY:
    case PATTERN_ELLIPSIS:
    case PATTERN_METAVAR_SPAN:
    case PATTERN_DEEP:
    case PATTERN_CHAIN:
        break;
    }
    return is_expression;
}

static bool index_kinds(struct pattern_context *context, struct pattern *pattern)
{
    ARRAY_OF(uint16_t) kinds = {0};
    kind_test *test = test_of(&pattern->nodes[0]);
    for (uint32_t kind = 0; kind < pattern->forms->kind_count; kind++)
        if (test(pattern->forms, &pattern->nodes[0], (uint16_t)kind) &&
            !ARRAY_PUSH(context->arena, &kinds, (uint16_t)kind))
            return false;
    if (!ARRAY_TRIM(context->arena, &kinds)) return false;
    pattern->root_kinds = kinds.items;
    pattern->root_kind_count = kinds.count;
    return true;
}

/* The need of a literal text; a dotted one may also be there in parts (`from a import b`). */
static bool need_of(struct pattern_context *context, uint32_t symbol, bool is_dotted,
                    struct pattern_need *need)
{
    *need = (struct pattern_need){.symbol = symbol};
    struct view rest = symbol_text(context->symbols, symbol), part;
    bool has_more = is_dotted;
    for (unsigned i = 0; has_more && i < sizeof need->parts / sizeof *need->parts; i++) {
        has_more = view_split(rest, '.', &part, &rest);
        need->parts[i] = symbol_intern(context->symbols, part);
        if (!need->parts[i]) return false;
    }
    return true;
}

static bool index_needs(struct pattern_context *context, struct pattern *pattern)
{
    ARRAY_OF(struct pattern_need) needs = {0};
    ARRAY_OF(const struct regex *) regexes = {0};
    const TSLanguage *grammar = pattern->forms->language->parser();
    for (uint32_t p = 0; p < pattern->count; p++) {
        const struct pattern_node *node = &pattern->nodes[p];
        bool is_word =
            node->op == PATTERN_LEAF && ts_language_symbol_type(grammar, node->kind) == TSSymbolTypeRegular;
        uint32_t symbol = 0;
        if (node->op == PATTERN_STRING_REGEX && !ARRAY_PUSH(context->arena, &regexes, node->regex))
            return false;
        if (node->op == PATTERN_NAME || node->op == PATTERN_DOTTED || node->op == PATTERN_STRING ||
            node->op == PATTERN_IMPORT || is_word)
            symbol = node->symbol;
        if (node->prefix) symbol = node->prefix;
        if (node->op == PATTERN_STRING && (node->flags & PATTERN_IS_MODULE)) symbol = 0; /* `a/b` will do */
        if (!symbol || symbol_text(context->symbols, symbol).length == 0) continue;
        struct pattern_need need;
        if (!need_of(context, symbol,
                     node->op == PATTERN_DOTTED || node->op == PATTERN_IMPORT || node->prefix, &need))
            return false;
        if (!ARRAY_PUSH(context->arena, &needs, need)) return false;
        if (node->op == PATTERN_DOTTED || node->prefix) { /* its names may be reached by an alias instead */
            uint32_t object = p + 1;
            p = node->op == PATTERN_DOTTED ? node->next - 1 : pattern->nodes[object].next - 1;
        }
    }
    if (!ARRAY_TRIM(context->arena, &needs)) return false;
    pattern->needs = needs.items;
    pattern->need_count = needs.count;
    pattern->regexes = regexes.items;
    pattern->regex_count = regexes.count;
    return true;
}

/* The names of the chain of members and calls at `p`, as far as it is one. */
static uint64_t trail_at(const struct pattern_context *context, const struct pattern *pattern, uint32_t p)
{
    uint64_t trail = 0;
    for (uint32_t end = pattern->count; p < end; p++) {
        const struct pattern_node *node = &pattern->nodes[p];
        if (node->op == PATTERN_NAME || node->op == PATTERN_DOTTED)
            return trail | trail_of_text(symbol_text(context->symbols, node->symbol));
        bool is_link = node->op == PATTERN_NODE && (node->role == FORM_CALL || node->role == FORM_MEMBER);
        if (!is_link || node->next <= p + 1) break;
        end = node->next;
        if (node->role == FORM_CALL) continue;
        uint32_t last = p + 1;
        while (pattern->nodes[last].next < end) last = pattern->nodes[last].next;
        if (last == p + 1) break;
        if (pattern->nodes[last].op == PATTERN_NAME)
            trail |= trail_of_text(symbol_text(context->symbols, pattern->nodes[last].symbol));
    }
    return trail;
}

static bool index_anchor(struct pattern_context *context, struct pattern *pattern)
{
    const struct pattern_node *root = &pattern->nodes[0], *name = root;
    pattern->anchor.trail = trail_at(context, pattern, 0);
    if (root->op == PATTERN_NODE && root->role == FORM_ASSIGN && pattern->count > 1) {
        uint32_t right = 1;
        while (pattern->nodes[right].next < root->next) right = pattern->nodes[right].next;
        pattern->anchor.trail = trail_at(context, pattern, 1) | trail_at(context, pattern, right);
    }
    bool is_call = root->op == PATTERN_NODE && root->role == FORM_CALL && pattern->count > 1;
    if (is_call) name = &pattern->nodes[1];
    if (name->op == PATTERN_NODE && name->role == FORM_MEMBER && !name->prefix) {
        uint32_t last = (uint32_t)(name - pattern->nodes) + 1, end = name->next;
        while (last < end && pattern->nodes[last].next < end) last = pattern->nodes[last].next;
        bool has_name = last < end && pattern->nodes[last].op == PATTERN_NAME && pattern->nodes[last].symbol;
        if (has_name) {
            pattern->anchor.tail = pattern->nodes[last].symbol;
            pattern->anchor.is_suffix = true;
        }
        return true;
    }
    if (name->op != PATTERN_NAME && name->op != PATTERN_DOTTED) return true;
    struct view text = symbol_text(context->symbols, name->symbol);
    const char *dot = text.length ? memrchr(text.bytes, '.', text.length) : NULL;
    if (!text.length || (name->op == PATTERN_DOTTED && !dot)) return true;
    pattern->anchor.symbol = name->symbol;
    if (name->op != PATTERN_DOTTED) return true;
    size_t at = (size_t)(dot + 1 - text.bytes);
    pattern->anchor.tail = symbol_intern(context->symbols, view_slice(text, at, text.length));
    return pattern->anchor.tail != 0;
}

bool pattern_index(struct pattern_context *context, struct pattern *pattern, struct error *err)
{
    if (index_kinds(context, pattern) && index_needs(context, pattern) && index_anchor(context, pattern))
        return true;
    return error_set(err, ERROR_SYSTEM, "no memory for a pattern");
}
