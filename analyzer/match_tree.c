#include "analyzer/match_tree.h"

#include "base/array.h"

uint32_t symbol_map_get(struct symbol_map *map, const struct symbol_table *to, uint32_t symbol)
{
    if (symbol == 0) return 0;
    if (map->to[symbol] == UINT32_MAX) map->to[symbol] = symbol_find(to, symbol_text(map->from, symbol));
    return map->to[symbol];
}

bool step_taken(struct tree_match *m)
{
    if (*m->steps == 0) {
        *m->is_undecided = true;
        return false;
    }
    --*m->steps;
    return true;
}

uint32_t child_at(const struct tree_match *m, uint32_t c, uint32_t end)
{
    const struct node *nodes = m->syntax->nodes;
    while (c < end &&
           ((nodes[c].flags & NODE_IS_EXTRA) || (form_of(m->forms, nodes[c].kind).flags & FORM_IS_IGNORED)))
        c = nodes[c].next;
    return c;
}

uint8_t field_at(const struct tree_match *m, uint32_t n)
{
    const struct node *node = &m->syntax->nodes[n];
    return form_field(m->forms, m->syntax->nodes[node->parent].kind, node->field);
}

bool is_omittable(const struct tree_match *m, uint16_t parent_kind, uint32_t n)
{
    const struct node *node = &m->syntax->nodes[n];
    return form_allows_omission(m->forms, parent_kind, node->field, node->kind);
}

uint32_t node_stripped(const struct tree_match *m, uint32_t n)
{
    while (form_at(m, n).flags & FORM_IS_TRANSPARENT) {
        uint32_t end = m->syntax->nodes[n].next;
        uint32_t child = child_at(m, n + 1, end);
        if (child >= end || child_at(m, m->syntax->nodes[child].next, end) < end) break;
        n = child;
    }
    return n;
}

/* The child of an unwrapped node that stands for it: the one in the field, or the first. */
static uint32_t node_unwrapped(const struct tree_match *m, uint32_t n)
{
    uint32_t end = m->syntax->nodes[n].next, first = child_at(m, n + 1, end);
    uint8_t field = form_at(m, n).unwrap;
    for (uint32_t c = first; field && c < end; c = child_at(m, m->syntax->nodes[c].next, end))
        if (m->syntax->nodes[c].field == field) return c;
    return first < end && !field ? first : UINT32_MAX;
}

static bool is_same_kind(const struct tree_match *m, uint32_t p, uint32_t n)
{
    const struct pattern_node *want = &m->pattern->nodes[p];
    struct form form = form_at(m, n);
    if (want->role != form.role) return false;
    /* sets and lists, for one, share an operation, not a meaning */
    bool needs_kind = want->role == FORM_PLAIN || want->role == FORM_SET || want->role == FORM_LIST ||
                      want->role == FORM_IMPORT || want->role == FORM_STRING;
    if (!needs_kind) return true;
    uint16_t kind = m->syntax->nodes[n].kind, also = form_of(m->forms, want->kind).also;
    return want->kind == kind || (also && also == kind);
}

static uint32_t constant_at(const struct tree_match *m, uint32_t n)
{
    return m->names->constant ? m->names->constant[n] : 0;
}

/* A constant that is text: names do not say whether "80" was a number, so one that reads like a number is
 * taken for a text only where a string stands. */
static uint32_t text_constant_at(const struct tree_match *m, uint32_t n)
{
    uint32_t constant = constant_at(m, n);
    if (!constant || form_at(m, n).role == FORM_STRING) return constant;
    struct view text = symbol_text(m->syntax->symbols, constant);
    bool is_number = text.length > 0 && (text.bytes[0] >= '0' && text.bytes[0] <= '9');
    return is_number ? 0 : constant;
}

/* Whether this is a name where it is given its value: it stands for the value only afterwards. */
static bool is_target(const struct tree_match *m, uint32_t n)
{
    const struct node *node = &m->syntax->nodes[n];
    uint8_t above = form_at(m, node->parent).role;
    bool binds = above == FORM_ASSIGN || above == FORM_KEYWORD || above == FORM_PARAMETERS;
    return form_at(m, n).role == FORM_NAME && binds && child_at(m, node->parent + 1, node->next) == n;
}

static uint32_t qualified_at(const struct tree_match *m, uint32_t n)
{
    uint32_t qualified = m->names->qualified ? m->names->qualified[n] : 0;
    return qualified && qualified != m->syntax->nodes[n].symbol && is_target(m, n) ? 0 : qualified;
}

/* Two nodes of the source, by syntax. Preorder against preorder, without comments and parentheses. */
static bool node_equals(const struct tree_match *m, uint32_t a, uint32_t b)
{
    const struct node *nodes = m->syntax->nodes;
    uint32_t a_end = nodes[a].next, b_end = nodes[b].next;
    if (a == b) return true;
    while (true) {
        a = child_at(m, a, a_end);
        b = child_at(m, b, b_end);
        if (a < a_end) a = node_stripped(m, a);
        if (b < b_end) b = node_stripped(m, b);
        if (a >= a_end || b >= b_end) return a >= a_end && b >= b_end;
        if (*m->steps == 0) return false;
        --*m->steps;
        uint8_t role = form_at(m, a).role;
        if (role != form_at(m, b).role) return false;
        if (role == FORM_STRING && constant_at(m, a) && constant_at(m, a) == constant_at(m, b)) {
            a = nodes[a].next;
            b = nodes[b].next;
            continue;
        }
        if (role == FORM_PLAIN && nodes[a].kind != nodes[b].kind) return false;
        bool is_leaf = nodes[a].flags & NODE_IS_LEAF;
        if (is_leaf != !!(nodes[b].flags & NODE_IS_LEAF)) return false;
        if (is_leaf) {
            if (nodes[a].symbol != nodes[b].symbol) return false;
            uint32_t x = m->names->variable ? m->names->variable[a] : 0;
            uint32_t y = m->names->variable ? m->names->variable[b] : 0;
            if (x && y && x != y) return false;
        }
        a++;
        b++;
    }
}

static struct view binding_text(const struct tree_match *m, const struct binding *binding)
{
    return view_slice(m->syntax->source->bytes, binding->start, binding->end);
}

bool binding_equals(const struct tree_match *m, const struct binding *a, const struct binding *b)
{
    if (a->start == b->start && a->end == b->end) return true;
    if (a->value || b->value) { /* `system` by an import is the `system` of `os.system` */
        struct view left = a->value ? symbol_text(m->syntax->symbols, a->value) : binding_text(m, a);
        struct view right = b->value ? symbol_text(m->syntax->symbols, b->value) : binding_text(m, b);
        return view_equals(left, right);
    }
    if (a->kind == BINDING_NODE && b->kind == BINDING_NODE) return node_equals(m, a->node, b->node);
    if (a->kind == BINDING_SPAN && b->kind == BINDING_SPAN) {
        uint32_t x = child_at(m, a->node, a->last), y = child_at(m, b->node, b->last);
        while (x < a->last && y < b->last) {
            if (!node_equals(m, x, y)) return false;
            x = child_at(m, m->syntax->nodes[x].next, a->last);
            y = child_at(m, m->syntax->nodes[y].next, b->last);
        }
        return x >= a->last && y >= b->last;
    }
    return view_equals(binding_text(m, a), binding_text(m, b));
}

bool bind(struct tree_match *m, uint16_t slot, struct binding binding, const struct goal *next)
{
    struct binding *at = &m->bindings[slot];
    if (at->kind != BINDING_NONE) return binding_equals(m, at, &binding) ? solve(m, next) : false;
    *at = binding;
    bool stops = solve(m, next);
    *at = (struct binding){0};
    return stops;
}

static bool bind_node(struct tree_match *m, uint16_t slot, uint32_t n, uint32_t value,
                      const struct goal *next)
{
    const struct node *node = &m->syntax->nodes[n];
    return bind(m, slot, (struct binding){node->start, node->end, n, 0, value, BINDING_NODE}, next);
}

bool bind_span(struct tree_match *m, uint16_t slot, uint32_t n, uint32_t end, uint32_t parent_end,
               const struct goal *next)
{
    const struct node *nodes = m->syntax->nodes;
    struct binding binding = {.node = n, .last = end, .kind = BINDING_SPAN};
    uint32_t first = child_at(m, n, end), last = first;
    for (uint32_t c = first; c < end; c = child_at(m, nodes[c].next, end)) last = c;
    (void)parent_end;
    if (first < end) {
        binding.start = nodes[first].start;
        binding.end = nodes[last].end;
    } else { /* nothing: an empty place where it would stand */
        binding.start = binding.end = n > 0 ? nodes[n - 1].end : 0;
    }
    return bind(m, slot, binding, next);
}

static bool match_name(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next)
{
    uint32_t symbol = symbol_map_get(m->map, m->syntax->symbols, m->pattern->nodes[p].symbol);
    const struct node *node = &m->syntax->nodes[n];
    if (symbol == 0) return false;
    uint8_t role = form_at(m, n).role;
    bool is_text = role == FORM_NAME && node->symbol == symbol;
    bool is_key = role == FORM_STRING && m->pattern->nodes[p].field && constant_at(m, n) == symbol;
    if (is_text || is_key || qualified_at(m, n) == symbol) return solve(m, next);
    return false;
}

static bool match_dotted(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next)
{
    uint32_t symbol = symbol_map_get(m->map, m->syntax->symbols, m->pattern->nodes[p].symbol);
    if (symbol && qualified_at(m, n) == symbol) return solve(m, next);
    return form_at(m, n).role == FORM_MEMBER ? match_children(m, p, n, next) : false;
}

/* `os.$F` at a name that an import made mean `os.system`. */
static bool match_prefix(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next)
{
    const struct pattern_node *want = &m->pattern->nodes[p];
    struct view whole = symbol_text(m->syntax->symbols, qualified_at(m, n));
    struct view prefix = symbol_text(m->map->from, want->prefix);
    uint32_t last = m->pattern->nodes[p + 1].next;
    if (whole.length <= prefix.length + 1 || !view_starts_with(whole, prefix) ||
        whole.bytes[prefix.length] != '.')
        return false;
    struct view tail = view_slice(whole, prefix.length + 1, whole.length);
    if (view_find_byte(tail, '.') != SIZE_MAX || last >= want->next) return false;
    if (m->pattern->nodes[last].op == PATTERN_ANY) return solve(m, next);
    if (m->pattern->nodes[last].op != PATTERN_METAVAR) return false;
    return bind_node(m, m->pattern->nodes[last].slot, n, symbol_intern(m->syntax->symbols, tail), next);
}

static bool match_string(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next)
{
    const struct pattern_node *want = &m->pattern->nodes[p];
    uint32_t constant = text_constant_at(m, n);
    bool is_literal = node_is_plain_string(m->syntax, m->forms, n);
    if (!constant && !is_literal) {
        const struct node *node = &m->syntax->nodes[n];
        bool is_key = want->op == PATTERN_STRING && want->field && form_at(m, n).role == FORM_NAME;
        uint32_t symbol = is_key ? symbol_map_get(m->map, m->syntax->symbols, want->symbol) : 0;
        return symbol && node->symbol == symbol && (node->flags & NODE_IS_LEAF) ? solve(m, next) : false;
    }
    struct view text =
        constant ? symbol_text(m->syntax->symbols, constant) : node_inside(m->syntax, m->forms, n);
    switch ((int)want->op) {
    case PATTERN_STRING_ANY:
        return solve(m, next);
    case PATTERN_STRING:
        return view_equals(text, symbol_text(m->map->from, want->symbol)) && solve(m, next);
    case PATTERN_STRING_REGEX: {
        enum regex_answer answer = regex_run(want->regex, m->scratch, text, 0);
        if (answer == REGEX_LIMIT) *m->is_undecided = true;
        return answer == REGEX_YES && solve(m, next);
    }
    default:
        break;
    }
    /* the contents are bytes of the source where the literal stands here, and a known value elsewhere */
    const struct node *node = &m->syntax->nodes[n];
    struct binding binding = {node->start, node->end, n, 0, constant, BINDING_NODE};
    if (is_literal && form_at(m, n).role == FORM_STRING) {
        struct view inside = node_inside(m->syntax, m->forms, n);
        binding.start = (uint32_t)(inside.bytes - m->syntax->source->bytes.bytes);
        binding.end = binding.start + (uint32_t)inside.length;
        binding.kind = BINDING_TEXT;
        binding.value = 0;
    }
    return bind(m, want->slot, binding, next);
}

static bool match_deep(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next)
{
    uint32_t end = m->syntax->nodes[n].next;
    for (uint32_t d = n; d < end; d++) {
        struct form form = form_at(m, d);
        bool is_statement = d != n && ((form.flags & FORM_IS_STATEMENT) || form.role == FORM_BLOCK);
        if (is_statement) { /* the body of a function: not this expression's own */
            d = m->syntax->nodes[d].next - 1;
            continue;
        }
        if (m->syntax->nodes[d].flags & NODE_IS_EXTRA) continue;
        if (form.flags & FORM_IS_TRANSPARENT) continue; /* its inside comes next */
        if (match_node(m, p + 1, d, next)) return true;
        if (!step_taken(m)) return true;
    }
    return false;
}

static bool match_chain(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next)
{
    while (true) {
        if (match_node(m, p + 1, n, next)) return true;
        n = node_stripped(m, n);
        uint8_t role = form_at(m, n).role;
        if (role != FORM_MEMBER && role != FORM_CALL) return false;
        uint32_t object = child_at(m, n + 1, m->syntax->nodes[n].next);
        if (object >= m->syntax->nodes[n].next) return false;
        n = object;
    }
}

static bool match_template(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next)
{
    if (form_at(m, n).role != FORM_STRING) return false;
    if (node_is_plain_string(m->syntax, m->forms, n) && !node_is_formatted(m->syntax, m->forms, n))
        return false;
    const struct goal goal = {.kind = GOAL_TEMPLATE,
                              .parent_kind = m->syntax->nodes[n].kind,
                              .p = p + 1,
                              .p_end = m->pattern->nodes[p].next,
                              .n = n + 1,
                              .n_end = m->syntax->nodes[n].next,
                              .next = next};
    return solve(m, &goal);
}

static bool match_template_text(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next)
{
    return view_equals(node_text(m->syntax, n), symbol_text(m->map->from, m->pattern->nodes[p].symbol)) &&
           solve(m, next);
}

static bool match_leaf(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next)
{
    const struct node *node = &m->syntax->nodes[n];
    uint32_t symbol = symbol_map_get(m->map, m->syntax->symbols, m->pattern->nodes[p].symbol);
    bool is_known = symbol && form_at(m, n).role == FORM_NAME && constant_at(m, n) == symbol &&
                    text_constant_at(m, n) == 0;
    if (is_known) return solve(m, next); /* a name that stands for this number */
    if (node->kind != m->pattern->nodes[p].kind || !(node->flags & NODE_IS_LEAF)) return false;
    if (m->pattern->nodes[p].symbol && node->symbol != symbol) return false;
    return solve(m, next);
}

/* Whether `text` is the dotted name or something inside it. */
static bool is_at_or_below(struct view text, struct view dotted)
{
    return view_starts_with(text, dotted) &&
           (text.length == dotted.length || text.bytes[dotted.length] == '.');
}

/* The next child that is not a token ("from", "import"). */
static uint32_t named_child_at(const struct tree_match *m, uint32_t c, uint32_t end)
{
    for (c = child_at(m, c, end); c < end; c = child_at(m, m->syntax->nodes[c].next, end))
        if (m->syntax->nodes[c].flags & NODE_IS_NAMED) break;
    return c;
}

/* `$X.run` at a name that an import made mean `subprocess.run`. */
static bool match_suffix(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next)
{
    const struct pattern_node *object = &m->pattern->nodes[p + 1], *name = &m->pattern->nodes[object->next];
    struct view whole = symbol_text(m->syntax->symbols, qualified_at(m, n));
    struct view tail = symbol_text(m->map->from, name->symbol);
    bool has_tail = whole.length > tail.length + 1 && view_ends_with(whole, tail) &&
                    whole.bytes[whole.length - tail.length - 1] == '.';
    if (name->op != PATTERN_NAME || !has_tail) return false;
    if (object->op == PATTERN_ANY) return solve(m, next);
    struct view module = view_slice(whole, 0, whole.length - tail.length - 1);
    return bind_node(m, object->slot, n, symbol_intern(m->syntax->symbols, module), next);
}

/* `import a.b` and `from a import b` say the same. */
static bool match_import(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next)
{
    struct view want = symbol_text(m->map->from, m->pattern->nodes[p].symbol), rest = want;
    const struct node *nodes = m->syntax->nodes;
    if (form_at(m, n).role != FORM_IMPORT) return false;
    uint32_t end = nodes[n].next, first = named_child_at(m, n + 1, end);
    uint32_t second = first < end ? named_child_at(m, nodes[first].next, end) : end;
    bool is_from = second < end && nodes[first].field != nodes[second].field;
    if (is_from) {
        struct view module = node_text(m->syntax, first);
        if (is_at_or_below(module, want)) return solve(m, next);
        if (!is_at_or_below(want, module)) return false;
        rest = view_slice(want, module.length + 1, want.length);
    }
    for (uint32_t c = is_from ? second : first; c < end; c = named_child_at(m, nodes[c].next, end)) {
        if (!step_taken(m)) return true;
        uint32_t name = form_at(m, c).unwrap ? node_unwrapped(m, c) : c;
        if (name != UINT32_MAX && is_at_or_below(node_text(m->syntax, name), rest)) return solve(m, next);
    }
    return false;
}

/* A list in the pattern where the source has its only element (`x => e`), or the node behind an export. */
static bool match_inner(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next)
{
    const struct pattern_node *want = &m->pattern->nodes[p];
    if (want->op == PATTERN_BLOCK) return match_block(m, p, n, next);
    if (is_same_kind(m, p, n)) return match_children(m, p, n, next);
    bool is_resolved = form_at(m, n).role == FORM_NAME && qualified_at(m, n);
    if (want->prefix && qualified_at(m, n)) return match_prefix(m, p, n, next);
    if ((want->flags & PATTERN_IS_SUFFIX) && is_resolved) return match_suffix(m, p, n, next);
    if (want->role == FORM_PAIR && (form_at(m, n).flags & FORM_IS_SHORTHAND)) {
        uint32_t value = m->pattern->nodes[p + 1].next;
        const struct goal both = {.kind = GOAL_NODE, .p = value, .n = n, .next = next};
        return value < want->next && match_node(m, p + 1, n, &both);
    }
    if (want->role == FORM_PARAMETERS || want->role == FORM_ARGUMENTS) {
        const struct goal one = {.kind = GOAL_LIST,
                                 .parent_kind = m->syntax->nodes[n].kind,
                                 .p = p + 1,
                                 .p_end = want->next,
                                 .n = n,
                                 .n_end = m->syntax->nodes[n].next,
                                 .next = next};
        return solve(m, &one);
    }
    if (!form_at(m, n).unwrap) return false;
    uint32_t inner = node_unwrapped(m, n);
    return inner != UINT32_MAX && match_node(m, p, inner, next);
}

bool match_node(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next)
{
    if (!step_taken(m)) return true;
    const struct pattern_node *want = &m->pattern->nodes[p];
    n = node_stripped(m, n);
    if ((form_at(m, n).flags & FORM_IS_UNWRAPPED) && want->kind != m->syntax->nodes[n].kind) {
        uint32_t inner = node_unwrapped(m, n);
        if (inner != UINT32_MAX) n = node_stripped(m, inner);
    }
    switch ((enum pattern_op)want->op) {
    case PATTERN_METAVAR:
        return bind_node(m, want->slot, n, 0, next);
    case PATTERN_METAVAR_SPAN:
        return bind_span(m, want->slot, n, m->syntax->nodes[n].next, m->syntax->nodes[n].next, next);
    case PATTERN_ANY:
    case PATTERN_ELLIPSIS:
        return solve(m, next);
    case PATTERN_NAME:
        return match_name(m, p, n, next);
    case PATTERN_DOTTED:
        return match_dotted(m, p, n, next);
    case PATTERN_LEAF:
        return match_leaf(m, p, n, next);
    case PATTERN_DEEP:
        return match_deep(m, p, n, next);
    case PATTERN_CHAIN:
        return match_chain(m, p, n, next);
    case PATTERN_STRING:
    case PATTERN_STRING_ANY:
    case PATTERN_STRING_REGEX:
    case PATTERN_STRING_METAVAR:
        return match_string(m, p, n, next);
    case PATTERN_TEMPLATE:
        return match_template(m, p, n, next);
    case PATTERN_TEMPLATE_TEXT:
        return match_template_text(m, p, n, next);
    case PATTERN_IMPORT:
        return match_import(m, p, n, next);
    case PATTERN_STATEMENT:
        return match_statement(m, p, n, next);
    case PATTERN_NODE:
    case PATTERN_SET:
    case PATTERN_ARGUMENTS:
    case PATTERN_BLOCK:
        return match_inner(m, p, n, next);
    case PATTERN_SEQUENCE:
        break;
    }
    return match_sequence(m, p, n);
}

/* A solution: the range with its bindings, once. */
static bool emit(struct tree_match *m)
{
    m->solutions++;
    for (uint32_t i = m->first_out; i < m->out->count; i++) {
        const struct range *seen = &m->out->items[i];
        if (seen->start != m->start || seen->end != m->end) continue;
        uint32_t slot = 0;
        while (slot < m->slot_count && seen->bindings[slot].start == m->bindings[slot].start &&
               seen->bindings[slot].end == m->bindings[slot].end &&
               seen->bindings[slot].kind == m->bindings[slot].kind)
            slot++;
        if (slot == m->slot_count) return false;
        if (!step_taken(m)) return true;
    }
    struct binding *bindings = ARENA_NEW_ARRAY(m->arena, struct binding, m->slot_count + 1);
    struct range range = {m->start, m->end, false, bindings};
    if (bindings) memcpy(bindings, m->bindings, m->slot_count * sizeof *bindings);
    if (!bindings || m->out->count >= LIMIT_MATCH_RANGES || !ARRAY_PUSH(m->arena, m->out, range)) {
        *m->is_undecided = true;
        return true;
    }
    return !m->pattern->has_metavars && m->pattern->nodes[0].op != PATTERN_SEQUENCE;
}

bool solve(struct tree_match *m, const struct goal *goal)
{
    if (!goal) return emit(m);
    if (!step_taken(m)) return true;
    switch (goal->kind) {
    case GOAL_NODE:
        return match_node(m, goal->p, goal->n, goal->next);
    case GOAL_TEMPLATE:
    case GOAL_LIST:
        return match_list(m, goal);
    case GOAL_ARGUMENTS:
        return match_arguments(m, goal);
    case GOAL_SET:
        return match_set(m, goal);
    case GOAL_STATEMENTS:
        break;
    }
    return match_statements(m, goal);
}

/* The span that a match at this node has: a declaration of one variable is its statement, an opening tag is
 * its element. */
static uint32_t node_reported(const struct tree_match *m, uint32_t n)
{
    uint32_t parent = m->syntax->nodes[n].parent;
    uint8_t role = form_at(m, n).role;
    struct form above = form_at(m, parent);
    if (role == FORM_TAG && above.role == FORM_ELEMENT) return parent;
    bool is_definition = role == FORM_FUNCTION || role == FORM_CLASS;
    if (is_definition && above.role == FORM_SET && above.unwrap) return parent; /* with its decorators */
    if (role != FORM_ASSIGN || above.role != FORM_SET || !(above.flags & FORM_IS_STATEMENT)) return n;
    uint32_t count = 0, end = m->syntax->nodes[parent].next;
    for (uint32_t c = child_at(m, parent + 1, end); c < end; c = child_at(m, m->syntax->nodes[c].next, end))
        count += form_at(m, c).role == FORM_ASSIGN;
    return count == 1 ? parent : n;
}

void tree_match_at(struct tree_match *m, const struct pattern *pattern, uint32_t n, struct range_list *out)
{
    uint32_t reported = node_reported(m, n);
    uint8_t op = pattern->nodes[0].op;
    bool is_string = op == PATTERN_STRING || op == PATTERN_STRING_ANY || op == PATTERN_STRING_REGEX ||
                     op == PATTERN_STRING_METAVAR;
    if (is_string && is_target(m, n)) return;
    m->pattern = pattern;
    m->out = out;
    m->first_out = out->count;
    m->start = m->syntax->nodes[reported].start;
    m->end = m->syntax->nodes[reported].end;
    match_node(m, 0, n, NULL);
}
