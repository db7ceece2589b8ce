#include "analyzer/pattern_lower.h"

#include "analyzer/limits.h"
#include "analyzer/pattern_index.h"
#include "analyzer/pattern_lowering.h"
#include "analyzer/pattern_text.h"

static bool is_skipped(const struct lowering *l, uint32_t n)
{
    return (l->syntax->nodes[n].flags & NODE_IS_EXTRA) || (lowering_form(l, n).flags & FORM_IS_IGNORED);
}

uint32_t lowering_child(const struct lowering *l, uint32_t c, uint32_t end)
{
    while (c < end && is_skipped(l, c)) c = l->syntax->nodes[c].next;
    return c;
}

uint32_t lowering_child_count(const struct lowering *l, uint32_t n, uint32_t *first)
{
    uint32_t count = 0, end = l->syntax->nodes[n].next;
    for (uint32_t c = lowering_child(l, n + 1, end); c < end;
         c = lowering_child(l, l->syntax->nodes[c].next, end))
        if (count++ == 0) *first = c;
    return count;
}

static uint8_t field_named(const struct lowering *l, const char *name)
{
    return (uint8_t)ts_language_field_id_for_name(l->forms->language->parser(), name, (uint32_t)strlen(name));
}

static uint8_t field_at(const struct lowering *l, uint32_t n)
{
    const struct node *node = &l->syntax->nodes[n];
    return form_field(l->forms, l->syntax->nodes[node->parent].kind, node->field);
}

uint32_t node_open(struct lowering *l, enum pattern_op op, uint32_t n)
{
    struct pattern_node node = {.op = (uint8_t)op,
                                .role = lowering_form(l, n).role,
                                .kind = l->syntax->nodes[n].kind,
                                .slot = UINT16_MAX};
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

void node_close(struct lowering *l, uint32_t p)
{
    l->out.items[p].next = l->out.count;
}

uint32_t lowering_intern(struct lowering *l, struct view text)
{
    return symbol_intern(l->context->symbols, arena_copy(l->context->arena, text));
}

bool lower_placeholder(struct lowering *l, uint32_t n, struct view text, bool *done)
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
    case PLACEHOLDER_TYPED:
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
    if (kind == PLACEHOLDER_TYPED)
        l->out.items[p].symbol = lowering_intern(l, pattern_text_type(l->context->scratch, text));
    if (slot_of(l->context->arena, l->context->slots, name, &l->out.items[p].slot)) return true;
    return error_set(l->err, ERROR_LIMIT, "a rule has at most %u metavariables", LIMIT_METAVARIABLES);
}

/* A parameter that stands alone (`x => ...`) becomes a list of one, as with parentheses. */
static bool lower_child(struct lowering *l, uint32_t c, unsigned depth)
{
    const TSLanguage *grammar = l->forms->language->parser();
    uint8_t parameters = (uint8_t)ts_language_field_id_for_name(grammar, "parameters", 10);
    bool is_bare = field_at(l, c) == parameters && lowering_form(l, c).role != FORM_PARAMETERS &&
                   lowering_form(l, l->syntax->nodes[c].parent).role == FORM_FUNCTION;
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
    for (uint32_t c = lowering_child(l, n + 1, end); c < end;
         c = lowering_child(l, l->syntax->nodes[c].next, end)) {
        uint32_t child = l->out.count;
        if (!lower_child(l, c, depth + 1)) return false;
        bool is_ellipsis = l->out.items[child].op == PATTERN_ELLIPSIS;
        has_ellipsis |= is_ellipsis;
        is_all_ellipsis &= is_ellipsis;
        l->out.items[child].field = field_at(l, c);
        bool is_module = l->out.items[child].op == PATTERN_STRING && l->syntax->nodes[c].field &&
                         l->syntax->nodes[c].field == field_named(l, "source");
        if (is_module) l->out.items[child].flags |= PATTERN_IS_MODULE;
    }
    node_close(l, p);
    if (has_ellipsis) l->out.items[p].flags |= PATTERN_HAS_ELLIPSIS;
    bool is_phrase = l->forms->has_word_values && l->out.items[p].role == FORM_PLAIN; /* `$(...)` */
    if (has_ellipsis && is_all_ellipsis && !is_phrase) l->out.items[p].flags |= PATTERN_IS_ALL_ELLIPSIS;
    return true;
}

/* "a.b.c" where the node is nothing but names and members of names; a zero view otherwise. */
static struct view dotted_text(struct lowering *l, uint32_t n, unsigned depth)
{
    const struct node *node = &l->syntax->nodes[n];
    struct view name, none = {0};
    if (depth > LIMIT_PATTERN_DEPTH) return none;
    if (lowering_form(l, n).role == FORM_NAME && (node->flags & NODE_IS_LEAF)) {
        struct view text = symbol_text(l->syntax->symbols, node->symbol);
        bool is_literal =
            pattern_text_placeholder(l->context->scratch, l->forms, text, &name) == PLACEHOLDER_NONE;
        return is_literal ? text : none;
    }
    uint32_t object = 0;
    if (lowering_form(l, n).role != FORM_MEMBER || lowering_child_count(l, n, &object) < 2) return none;
    uint32_t last = object;
    for (uint32_t c = object; c < node->next; c = lowering_child(l, l->syntax->nodes[c].next, node->next))
        last = c;
    struct view left = dotted_text(l, object, depth + 1), right = dotted_text(l, last, depth + 1);
    if (left.length == 0 || right.length == 0 || lowering_form(l, last).role != FORM_NAME) return none;
    return arena_format(l->context->scratch, "%.*s.%.*s", VIEW_ARGS(left), VIEW_ARGS(right));
}

/* object.name: a literal dotted name, a chain with an ellipsis, or a member of whatever the object is. */
static bool lower_member(struct lowering *l, uint32_t n, unsigned depth)
{
    uint32_t object = 0, end = l->syntax->nodes[n].next;
    struct view text = dotted_text(l, n, 0), name;
    uint32_t count = lowering_child_count(l, n, &object);
    uint32_t last = object;
    for (uint32_t c = object; count && c < end; c = lowering_child(l, l->syntax->nodes[c].next, end))
        last = c;
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
        l->out.items[p].symbol = lowering_intern(l, text);
    } else if (count >= 2) {
        struct view prefix = dotted_text(l, object, 0);
        if (prefix.length) l->out.items[p].prefix = lowering_intern(l, prefix);
    }
    if (!lower_children(l, p, n, depth)) return false;
    const struct pattern_node *free = &l->out.items[p + 1];
    if (free->op == PATTERN_METAVAR || free->op == PATTERN_ANY) l->out.items[p].flags |= PATTERN_IS_SUFFIX;
    return true;
}

static bool lower_call(struct lowering *l, uint32_t n, unsigned depth)
{
    uint32_t function = 0, argument = 0, end = l->syntax->nodes[n].next;
    if (lowering_child_count(l, n, &function) >= 2 &&
        view_equals_cstr(node_text(l->syntax, function), "cordondeep")) {
        uint32_t arguments = lowering_child(l, l->syntax->nodes[function].next, end);
        uint32_t count = arguments < end ? lowering_child_count(l, arguments, &argument) : 0;
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
    uint32_t p = node_open(l, lowering_form(l, n).role == FORM_NAME ? PATTERN_NAME : PATTERN_LEAF, n);
    if (p == UINT32_MAX) return false;
    if (node->symbol) l->out.items[p].symbol = lowering_intern(l, text);
    return true;
}

/* The field of the last child; 0: none. */
static uint8_t field_last(const struct lowering *l, uint32_t n)
{
    uint8_t field = 0;
    for (uint32_t c = n + 1; c < l->syntax->nodes[n].next; c = l->syntax->nodes[c].next)
        field = l->syntax->nodes[c].field;
    return field;
}

/* "a.b.c" of `import a.b.c` and `from a.b import c`; a zero view where anything in it is not literal. */
static struct view import_text(struct lowering *l, uint32_t n)
{
    uint32_t end = l->syntax->nodes[n].next, count = 0;
    struct view module = {0}, name = {0}, none = {0}, placeholder;
    for (uint32_t d = n + 1; d < end; d++)
        if (lowering_form(l, d).role == FORM_NAME &&
            pattern_text_placeholder(l->context->scratch, l->forms, node_text(l->syntax, d), &placeholder) !=
                PLACEHOLDER_NONE)
            return none;
    for (uint32_t c = lowering_child(l, n + 1, end); c < end;
         c = lowering_child(l, l->syntax->nodes[c].next, end)) {
        if (is_anonymous(l, c)) continue;
        if (lowering_form(l, c).unwrap || lowering_form(l, c).role != FORM_LIST) return none;
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
    struct form form = lowering_form(l, n);
    enum pattern_op op = PATTERN_NODE;
    switch ((enum form_role)form.role) {
    case FORM_MEMBER:
        return lower_member(l, n, depth);
    case FORM_STRING:
        return lower_string(l, n, depth);
    case FORM_CALL:
        return lower_call(l, n, depth);
    case FORM_OPERATOR: {
        bool done = false;
        if (!lower_operator(l, n, depth, &done)) return false;
        if (done) return true;
        break;
    }
    case FORM_ARGUMENTS:
        op = PATTERN_ARGUMENTS;
        break;
    case FORM_IMPORT: {
        struct view text = import_text(l, n);
        uint32_t p = text.length ? node_open(l, PATTERN_IMPORT, n) : 0;
        if (p == UINT32_MAX) return false;
        if (text.length) l->out.items[p].symbol = lowering_intern(l, text);
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
    case FORM_COMMAND:
    case FORM_PIPELINE:
    case FORM_ROLE_COUNT:
        break;
    }
    uint32_t parent = l->syntax->nodes[n].parent;
    bool is_class_body =
        form.role == FORM_BLOCK && parent != n && lowering_form(l, parent).role == FORM_CLASS;
    bool is_bases = form.role == FORM_ARGUMENTS && lowering_form(l, parent).role == FORM_CLASS;
    if (is_class_body || is_bases) op = PATTERN_SET;
    uint32_t p = node_open(l, op, n);
    if (p == UINT32_MAX) return false;
    bool is_run = form.role == FORM_PIPELINE; /* what stands before and behind it may be more */
    if (is_run && node_open(l, PATTERN_ELLIPSIS, n) == UINT32_MAX) return false;
    if (!lower_children(l, p, n, depth)) return false;
    if (is_run && node_open(l, PATTERN_ELLIPSIS, n) == UINT32_MAX) return false;
    if (is_run) node_close(l, p);
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
    for (uint32_t c = lowering_child(l, l->syntax->nodes[first].next, end); c < end;
         c = lowering_child(l, l->syntax->nodes[c].next, end))
        if (!is_anonymous(l, c)) return true;
    return false;
}

/* `($X: T)` where the grammar reads it as a value in parentheses that has a type. */
static bool lower_typed(struct lowering *l, uint32_t n, uint32_t first, unsigned depth)
{
    uint32_t type = l->syntax->nodes[first].next, p = l->out.count;
    while (type < l->syntax->nodes[n].next && is_anonymous(l, type)) type = l->syntax->nodes[type].next;
    if (!lower(l, first, depth + 1)) return false;
    if (type >= l->syntax->nodes[n].next || l->out.items[p].op != PATTERN_METAVAR) return true;
    struct view text = node_text(l->syntax, type);
    if (view_starts_with(text, VIEW(":"))) text = view_slice(text, 1, text.length);
    l->out.items[p].symbol = lowering_intern(l, view_trim(text));
    return true;
}

bool lower(struct lowering *l, uint32_t n, unsigned depth)
{
    uint32_t first = 0;
    if (depth > LIMIT_PATTERN_DEPTH)
        return error_set(l->err, ERROR_LIMIT, "a pattern nests at most %u levels", LIMIT_PATTERN_DEPTH);
    struct form form = lowering_form(l, n);
    bool is_single = lowering_child_count(l, n, &first) && !has_second(l, n, first);
    if ((form.flags & FORM_IS_TRANSPARENT) && is_single) return lower(l, first, depth + 1);
    if ((form.flags & FORM_IS_TRANSPARENT) && !(form.flags & FORM_IS_UNWRAPPED) &&
        field_last(l, n) == field_named(l, "type"))
        return lower_typed(l, n, first, depth);
    if (form.role == FORM_STRING) return lower_string(l, n, depth);
    if ((form.flags & FORM_IS_REFERENCE) && is_single &&
        pattern_text_has_placeholder(node_text(l->syntax, first)))
        return lower(l, first, depth + 1);
    if (l->forms->has_word_values && form.role == FORM_LIST &&
        !pattern_text_has_placeholder(node_text(l->syntax, n)) && l->names.constant &&
        l->names.constant[n]) /* a"b" is ab */
        return lower_string(l, n, depth);
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
    uint32_t count = lowering_child_count(l, 0, &first);
    if (count == 0) return error_set(l->err, ERROR_RULE, "the pattern is empty");
    if (count > 1) {
        uint32_t p = node_open(l, PATTERN_SEQUENCE, 0);
        return p != UINT32_MAX && lower_children(l, p, 0, 0);
    }
    uint32_t inner = 0;
    if (lowering_form(l, first).role == FORM_STATEMENT && lowering_child_count(l, first, &inner) == 1)
        first = inner;
    else if (lowering_form(l, first).role == FORM_COMMAND && lowering_child_count(l, first, &inner) == 1 &&
             !(l->syntax->nodes[inner + 1].flags &
               NODE_IS_LEAF)) /* `$(a b)` is an expression, `a` a command */
        first = inner;
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
    if (!pattern || !ARRAY_TRIM(context->arena, &l.out)) {
        error_set(err, ERROR_SYSTEM, "no memory for a pattern");
        return NULL;
    }
    pattern->forms = forms;
    pattern->nodes = l.out.items;
    pattern->count = l.out.count;
    pattern->has_metavars = l.has_metavars;
    return pattern_index(context, pattern, err) ? pattern : NULL;
}
