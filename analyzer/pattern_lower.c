#include "analyzer/pattern_lower.h"

#include "analyzer/limits.h"
#include "analyzer/literal_node.h"
#include "analyzer/names.h"
#include "analyzer/pattern_index.h"
#include "analyzer/pattern_text.h"
#include "base/array.h"

struct lowering {
    struct pattern_context *context;
    const struct form_table *forms;
    const struct syntax *syntax;
    struct names names;
    ARRAY_OF(struct pattern_node) out;
    bool has_metavars;
    struct error *err;
};

static bool lower(struct lowering *l, uint32_t n, unsigned depth);

static struct form form_at(const struct lowering *l, uint32_t n)
{
    return form_of(l->forms, l->syntax->nodes[n].kind);
}

static bool is_skipped(const struct lowering *l, uint32_t n)
{
    return (l->syntax->nodes[n].flags & NODE_IS_EXTRA) || (form_at(l, n).flags & FORM_IS_IGNORED);
}

/* First child at or behind `c` that counts; `end` where there is none. */
static uint32_t child_at(const struct lowering *l, uint32_t c, uint32_t end)
{
    while (c < end && is_skipped(l, c)) c = l->syntax->nodes[c].next;
    return c;
}

static uint32_t child_count(const struct lowering *l, uint32_t n, uint32_t *first)
{
    uint32_t count = 0, end = l->syntax->nodes[n].next;
    for (uint32_t c = child_at(l, n + 1, end); c < end; c = child_at(l, l->syntax->nodes[c].next, end))
        if (count++ == 0) *first = c;
    return count;
}

static uint8_t field_at(const struct lowering *l, uint32_t n)
{
    const struct node *node = &l->syntax->nodes[n];
    return form_field(l->forms, l->syntax->nodes[node->parent].kind, node->field);
}

/* Adds a node; its `next` is set by node_close(). UINT32_MAX on failure. */
static uint32_t node_open(struct lowering *l, enum pattern_op op, uint32_t n)
{
    struct pattern_node node = {
        .op = (uint8_t)op, .role = form_at(l, n).role, .kind = l->syntax->nodes[n].kind, .slot = UINT16_MAX};
    if (l->out.count >= LIMIT_PATTERN_NODES) {
        error_set(l->err, ERROR_LIMIT, "a pattern has at most %u nodes", LIMIT_PATTERN_NODES);
        return UINT32_MAX;
    }
    if (!ARRAY_PUSH(l->context->arena, &l->out, node)) {
        error_set(l->err, ERROR_SYSTEM, "no memory for a pattern");
        return UINT32_MAX;
    }
    l->out.items[l->out.count - 1].next = l->out.count;
    return l->out.count - 1;
}

static void node_close(struct lowering *l, uint32_t p)
{
    l->out.items[p].next = l->out.count;
}

static uint32_t intern(struct lowering *l, struct view text)
{
    return symbol_intern(l->context->symbols, arena_copy(l->context->arena, text));
}

/* A placeholder word to its operation; `*done` says whether it was one. */
static bool lower_placeholder(struct lowering *l, uint32_t n, struct view text, bool *done)
{
    struct view name = {0};
    enum placeholder_kind kind = pattern_text_placeholder(l->context->arena, l->forms, text, &name);
    enum pattern_op op;
    *done = true;
    switch (kind) {
    case PLACEHOLDER_NONE:
    case PLACEHOLDER_DEEP:
        *done = false;
        return true;
    case PLACEHOLDER_ELLIPSIS:
        return node_open(l, PATTERN_ELLIPSIS, n) != UINT32_MAX;
    case PLACEHOLDER_ANY:
        return node_open(l, PATTERN_ANY, n) != UINT32_MAX;
    case PLACEHOLDER_METAVAR:
        op = PATTERN_METAVAR;
        break;
    case PLACEHOLDER_METAVAR_SPAN:
    default:
        op = PATTERN_METAVAR_SPAN;
        break;
    }
    uint32_t p = node_open(l, op, n);
    if (p == UINT32_MAX) return false;
    l->has_metavars = true;
    if (slot_of(l->context->arena, l->context->slots, name, &l->out.items[p].slot)) return true;
    return error_set(l->err, ERROR_LIMIT, "a rule has at most %u metavariables", LIMIT_METAVARIABLES);
}

/* A parameter that stands alone (`x => ...`) becomes a list of one, as with parentheses. */
static bool lower_child(struct lowering *l, uint32_t c, unsigned depth)
{
    const TSLanguage *grammar = l->forms->language->parser();
    uint8_t parameters = (uint8_t)ts_language_field_id_for_name(grammar, "parameters", 10);
    bool is_bare = field_at(l, c) == parameters && form_at(l, c).role != FORM_PARAMETERS &&
                   form_at(l, l->syntax->nodes[c].parent).role == FORM_FUNCTION;
    if (!is_bare) return lower(l, c, depth);
    uint32_t p = node_open(l, PATTERN_NODE, c);
    if (p == UINT32_MAX || !lower(l, c, depth)) return false;
    l->out.items[p].role = FORM_PARAMETERS;
    node_close(l, p);
    return true;
}

static bool lower_children(struct lowering *l, uint32_t p, uint32_t n, unsigned depth)
{
    uint32_t end = l->syntax->nodes[n].next;
    bool has_ellipsis = false, is_all_ellipsis = true;
    for (uint32_t c = child_at(l, n + 1, end); c < end; c = child_at(l, l->syntax->nodes[c].next, end)) {
        uint32_t child = l->out.count;
        if (!lower_child(l, c, depth + 1)) return false;
        bool is_ellipsis = l->out.items[child].op == PATTERN_ELLIPSIS;
        has_ellipsis |= is_ellipsis;
        is_all_ellipsis &= is_ellipsis;
        l->out.items[child].field = field_at(l, c);
    }
    node_close(l, p);
    if (has_ellipsis) l->out.items[p].flags |= PATTERN_HAS_ELLIPSIS;
    if (has_ellipsis && is_all_ellipsis) l->out.items[p].flags |= PATTERN_IS_ALL_ELLIPSIS;
    return true;
}

/* "a.b.c" where the node is nothing but names and members of names; a zero view otherwise. */
static struct view dotted_text(struct lowering *l, uint32_t n, unsigned depth)
{
    const struct node *node = &l->syntax->nodes[n];
    struct view name, none = {0};
    if (depth > LIMIT_PATTERN_DEPTH) return none;
    if (form_at(l, n).role == FORM_NAME && (node->flags & NODE_IS_LEAF)) {
        struct view text = symbol_text(l->syntax->symbols, node->symbol);
        bool is_literal =
            pattern_text_placeholder(l->context->scratch, l->forms, text, &name) == PLACEHOLDER_NONE;
        return is_literal ? text : none;
    }
    uint32_t object = 0;
    if (form_at(l, n).role != FORM_MEMBER || child_count(l, n, &object) < 2) return none;
    uint32_t last = object;
    for (uint32_t c = object; c < node->next; c = child_at(l, l->syntax->nodes[c].next, node->next)) last = c;
    struct view left = dotted_text(l, object, depth + 1), right = dotted_text(l, last, depth + 1);
    if (left.length == 0 || right.length == 0 || form_at(l, last).role != FORM_NAME) return none;
    return arena_format(l->context->scratch, "%.*s.%.*s", VIEW_ARGS(left), VIEW_ARGS(right));
}

/* object.name: a literal dotted name, a chain with an ellipsis, or a member of whatever the object is. */
static bool lower_member(struct lowering *l, uint32_t n, unsigned depth)
{
    uint32_t object = 0, end = l->syntax->nodes[n].next;
    struct view text = dotted_text(l, n, 0), name;
    uint32_t count = child_count(l, n, &object);
    uint32_t last = object;
    for (uint32_t c = object; count && c < end; c = child_at(l, l->syntax->nodes[c].next, end)) last = c;
    if (text.length == 0 && count >= 2 &&
        pattern_text_placeholder(l->context->scratch, l->forms, node_text(l->syntax, last), &name) ==
            PLACEHOLDER_ELLIPSIS) {
        uint32_t p = node_open(l, PATTERN_CHAIN, n);
        if (p == UINT32_MAX || !lower(l, object, depth + 1)) return false;
        node_close(l, p);
        return true;
    }
    uint32_t p = node_open(l, text.length ? PATTERN_DOTTED : PATTERN_NODE, n);
    if (p == UINT32_MAX) return false;
    if (text.length) {
        l->out.items[p].symbol = intern(l, text);
    } else if (count >= 2) {
        struct view prefix = dotted_text(l, object, 0);
        if (prefix.length) l->out.items[p].prefix = intern(l, prefix);
    }
    if (!lower_children(l, p, n, depth)) return false;
    const struct pattern_node *free = &l->out.items[p + 1];
    if (free->op == PATTERN_METAVAR || free->op == PATTERN_ANY) l->out.items[p].flags |= PATTERN_IS_SUFFIX;
    return true;
}

/* A string with substitutions: its texts and its expressions in order; `...` as a text is any number. */
static bool lower_template(struct lowering *l, uint32_t n, unsigned depth)
{
    uint32_t p = node_open(l, PATTERN_TEMPLATE, n), end = l->syntax->nodes[n].next;
    if (p == UINT32_MAX) return false;
    for (uint32_t c = child_at(l, n + 1, end); c < end; c = child_at(l, l->syntax->nodes[c].next, end)) {
        uint32_t first = 0;
        struct view text = node_text(l->syntax, c);
        bool is_text = child_count(l, c, &first) == 0 || text.length == 0 || !strchr("{$", text.bytes[0]);
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
            l->out.items[q].symbol = intern(l, pattern_text_restore(l->context->scratch, text));
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

static bool lower_string(struct lowering *l, uint32_t n, unsigned depth)
{
    uint32_t first = 0;
    bool is_concatenation = child_count(l, n, &first) > 1 && form_at(l, first).role == FORM_STRING;
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
    l->out.items[p].symbol = intern(l, pattern_text_restore(l->context->scratch, value));
    return true;
}

static bool lower_call(struct lowering *l, uint32_t n, unsigned depth)
{
    uint32_t function = 0, argument = 0, end = l->syntax->nodes[n].next;
    if (child_count(l, n, &function) >= 2 && view_equals_cstr(node_text(l->syntax, function), "cordondeep")) {
        uint32_t arguments = child_at(l, l->syntax->nodes[function].next, end);
        uint32_t count = arguments < end ? child_count(l, arguments, &argument) : 0;
        /* more than one argument: not a <... ...> at all; in a pattern nobody writes it */
        if (count != 1) return error_set(l->err, ERROR_RULE, "<... ...> holds one expression");
        uint32_t p = node_open(l, PATTERN_DEEP, n);
        if (p == UINT32_MAX || !lower(l, argument, depth + 1)) return false;
        node_close(l, p);
        return true;
    }
    uint32_t p = node_open(l, PATTERN_NODE, n);
    return p != UINT32_MAX && lower_children(l, p, n, depth);
}

static bool is_anonymous(const struct lowering *l, uint32_t n)
{
    return !(l->syntax->nodes[n].flags & NODE_IS_NAMED);
}

static bool lower_leaf(struct lowering *l, uint32_t n)
{
    const struct node *node = &l->syntax->nodes[n];
    struct view text = symbol_text(l->syntax->symbols, node->symbol);
    if (node->symbol == 0) text = node_text(l->syntax, n); /* nothing but keywords: the kind says it all */
    bool done = false;
    if (!is_anonymous(l, n) && !lower_placeholder(l, n, view_trim(text), &done)) return false;
    if (done) return true;
    uint32_t p = node_open(l, form_at(l, n).role == FORM_NAME ? PATTERN_NAME : PATTERN_LEAF, n);
    if (p == UINT32_MAX) return false;
    if (node->symbol) l->out.items[p].symbol = intern(l, text);
    return true;
}

static uint8_t field_named(const struct lowering *l, const char *name)
{
    return (uint8_t)ts_language_field_id_for_name(l->forms->language->parser(), name, (uint32_t)strlen(name));
}

/* "a.b.c" of `import a.b.c` and `from a.b import c`; a zero view where anything in it is not literal. */
static struct view import_text(struct lowering *l, uint32_t n)
{
    uint32_t end = l->syntax->nodes[n].next, count = 0;
    struct view module = {0}, name = {0}, none = {0}, placeholder;
    for (uint32_t d = n + 1; d < end; d++)
        if (form_at(l, d).role == FORM_NAME &&
            pattern_text_placeholder(l->context->scratch, l->forms, node_text(l->syntax, d), &placeholder) !=
                PLACEHOLDER_NONE)
            return none;
    for (uint32_t c = child_at(l, n + 1, end); c < end; c = child_at(l, l->syntax->nodes[c].next, end)) {
        if (is_anonymous(l, c)) continue;
        if (form_at(l, c).unwrap || form_at(l, c).role != FORM_LIST) return none;
        if (l->syntax->nodes[c].field == field_named(l, "module_name"))
            module = node_text(l->syntax, c);
        else if (count++ == 0)
            name = node_text(l->syntax, c);
    }
    if (count != 1) return none;
    if (module.length == 0) return name;
    return arena_format(l->context->scratch, "%.*s.%.*s", VIEW_ARGS(module), VIEW_ARGS(name));
}

/* The operation of an inner node by its role. */
static bool lower_inner(struct lowering *l, uint32_t n, unsigned depth)
{
    struct form form = form_at(l, n);
    enum pattern_op op = PATTERN_NODE;
    switch ((enum form_role)form.role) {
    case FORM_MEMBER:
        return lower_member(l, n, depth);
    case FORM_STRING:
        return lower_string(l, n, depth);
    case FORM_CALL:
        return lower_call(l, n, depth);
    case FORM_ARGUMENTS:
        op = PATTERN_ARGUMENTS;
        break;
    case FORM_IMPORT: {
        struct view text = import_text(l, n);
        uint32_t p = text.length ? node_open(l, PATTERN_IMPORT, n) : 0;
        if (p == UINT32_MAX) return false;
        if (text.length) l->out.items[p].symbol = intern(l, text);
        if (text.length) return true;
        op = PATTERN_SET;
        break;
    }
    case FORM_SET:
    case FORM_TAG:
        op = PATTERN_SET;
        break;
    case FORM_BLOCK:
        op = PATTERN_BLOCK;
        break;
    case FORM_STATEMENT:
        op = PATTERN_STATEMENT;
        break;
    case FORM_PLAIN:
    case FORM_NAME:
    case FORM_NEW:
    case FORM_KEYWORD:
    case FORM_PARAMETERS:
    case FORM_FUNCTION:
    case FORM_CLASS:
    case FORM_LIST:
    case FORM_ASSIGN:
    case FORM_PAIR:
    case FORM_ELEMENT:
    case FORM_ROLE_COUNT:
        break;
    }
    uint32_t parent = l->syntax->nodes[n].parent;
    bool is_class_body = form.role == FORM_BLOCK && parent != n && form_at(l, parent).role == FORM_CLASS;
    bool is_bases = form.role == FORM_ARGUMENTS && form_at(l, parent).role == FORM_CLASS;
    if (is_class_body || is_bases) op = PATTERN_SET;
    uint32_t p = node_open(l, op, n);
    if (p == UINT32_MAX || !lower_children(l, p, n, depth)) return false;
    struct pattern_node *node = &l->out.items[p];
    if ((form.flags & FORM_MAY_HAVE_MORE) || is_class_body || is_bases ||
        (op == PATTERN_SET && (node->flags & PATTERN_HAS_ELLIPSIS)))
        node->flags |= PATTERN_MAY_HAVE_MORE;
    if (form.role == FORM_KEYWORD) node->flags |= PATTERN_IS_KEYWORD;
    /* `...` as a statement is any statements, `<X ...>` any attributes: the placeholder is the node */
    bool is_only = p + 2 == l->out.count;
    bool is_alone = true; /* but for tokens, such as the stars of a splat */
    for (uint32_t q = p + 1; q + 1 < l->out.count; q++)
        is_alone &= l->out.items[q].op == PATTERN_LEAF &&
                    ts_language_symbol_type(l->forms->language->parser(), l->out.items[q].kind) !=
                        TSSymbolTypeRegular;
    struct pattern_node *child = &l->out.items[l->out.count - 1];
    bool is_placeholder = child->op == PATTERN_ELLIPSIS || child->op == PATTERN_METAVAR_SPAN ||
                          (form.role != FORM_STATEMENT && is_only &&
                           (child->op == PATTERN_METAVAR || child->op == PATTERN_ANY));
    if (is_alone && is_placeholder && ((form.flags & FORM_IS_WRAPPER) || form.role == FORM_STATEMENT)) {
        uint16_t kind = node->kind;
        *node = *child;
        node->kind = kind;
        node->next = p + 1;
        l->out.count = p + 1;
    }
    return true;
}

/* Whether more than tokens stand behind the first child. */
static bool has_second(const struct lowering *l, uint32_t n, uint32_t first)
{
    uint32_t end = l->syntax->nodes[n].next;
    for (uint32_t c = child_at(l, l->syntax->nodes[first].next, end); c < end;
         c = child_at(l, l->syntax->nodes[c].next, end))
        if (!is_anonymous(l, c)) return true;
    return false;
}

static bool lower(struct lowering *l, uint32_t n, unsigned depth)
{
    uint32_t first = 0;
    if (depth > LIMIT_PATTERN_DEPTH)
        return error_set(l->err, ERROR_LIMIT, "a pattern nests at most %u levels", LIMIT_PATTERN_DEPTH);
    struct form form = form_at(l, n);
    bool is_single = child_count(l, n, &first) && !has_second(l, n, first);
    if ((form.flags & FORM_IS_TRANSPARENT) && is_single) return lower(l, first, depth + 1);
    if (form.role == FORM_STRING) return lower_string(l, n, depth);
    if ((l->syntax->nodes[n].flags & NODE_IS_LEAF) &&
        (is_anonymous(l, n) || (form.role != FORM_ARGUMENTS && form.role != FORM_PARAMETERS &&
                                form.role != FORM_SET && form.role != FORM_LIST && form.role != FORM_BLOCK)))
        return lower_leaf(l, n);
    return lower_inner(l, n, depth);
}

/* The root: one node, or a sequence of statements. */
static bool lower_root(struct lowering *l, uint32_t root)
{
    uint32_t first = 0;
    if (root != 0) return lower(l, root, 0);
    uint32_t count = child_count(l, 0, &first);
    if (count == 0) return error_set(l->err, ERROR_RULE, "the pattern is empty");
    if (count > 1) {
        uint32_t p = node_open(l, PATTERN_SEQUENCE, 0);
        return p != UINT32_MAX && lower_children(l, p, 0, 0);
    }
    uint32_t inner = 0;
    if (form_at(l, first).role == FORM_STATEMENT && child_count(l, first, &inner) == 1) first = inner;
    return lower(l, first, 0);
}

const struct pattern *pattern_lower(struct pattern_context *context, const struct form_table *forms,
                                    const struct syntax *syntax, uint32_t root, struct error *err)
{
    struct lowering l = {.context = context, .forms = forms, .syntax = syntax, .err = err};
    struct finding_list findings = {0};
    if (!names_resolve(context->scratch, syntax, &l.names, &findings, err)) return NULL;
    if (!lower_root(&l, root)) return NULL;
    struct pattern *pattern = ARENA_NEW(context->arena, struct pattern);
    if (!pattern) {
        error_set(err, ERROR_SYSTEM, "no memory for a pattern");
        return NULL;
    }
    pattern->forms = forms;
    pattern->nodes = l.out.items;
    pattern->count = l.out.count;
    pattern->has_metavars = l.has_metavars;
    return pattern_index(context, pattern, err) ? pattern : NULL;
}
