/* The ends of patterns: names by what they mean, texts by what they say, imports by what they import. */
#include "analyzer/match_tree.h"
#include "grammars/module.h"

/* A constant that is text, or 0. */
static uint32_t text_constant_at(const struct tree_match *m, uint32_t n)
{
    uint8_t kind = m->names->constant_kind ? m->names->constant_kind[n] : CONSTANT_NONE;
    return kind == CONSTANT_TEXT || kind == CONSTANT_BYTES ? constant_at(m, n) : 0;
}

/* Whether the node may denote this name: the likeliest, or another one that it was given. Where the rule
 * would let code pass because of it, it must: whoever writes `if 0: eval = safe` gains nothing. */
static bool denotes(struct tree_match *m, uint32_t p, uint32_t n, uint32_t symbol)
{
    if (symbol == 0 || is_target(m, n)) return false;
    if (m->is_source && p == 0 && m->names->value && m->names->value[n] && form_at(m, n).role == FORM_NAME)
        return false;
    bool is_likeliest = m->names->qualified && m->names->qualified[n] == symbol;
    if (m->is_negated) return is_likeliest && !(m->names->others && m->names->others[n]);
    if (is_likeliest) return true;
    for (uint32_t i = m->names->others ? m->names->others[n] : 0; i; i = m->names->alternatives[i].next) {
        if (m->names->alternatives[i].symbol == symbol) return true;
        if (!step_taken(m)) return false;
    }
    return false;
}

/* Whether a name that is spelt as a builtin's is surely a variable of the program: a minimax's `eval = ...`.
 */
static bool is_own_variable(struct tree_match *m, uint32_t p, uint32_t n, uint32_t symbol)
{
    const struct names *names = m->names;
    enum language_family family = m->syntax->source->language->family;
    if (m->is_negated || !names->variable || !names->variable[n] || names->is_target[n]) return false;
    struct view name = symbol_text(m->syntax->symbols, symbol);
    bool is_builtin = family == FAMILY_PYTHON
                          ? module_has(family, VIEW("builtins"), name) == MODULE_NAME_THERE
                          : family == FAMILY_JAVASCRIPT && view_equals(name, VIEW("fetch"));
    if (!is_builtin || denotes(m, p, n, symbol)) return false;
    /* what another module has under that name is as it is spelt */
    struct view meant = symbol_text(m->syntax->symbols, names->qualified[n]);
    if (meant.length > name.length && view_ends_with(meant, name)) return false;
    static const char *const forgers[] = {"globals",     "vars",       "__main__",
                                          "__globals__", "globalThis", "window"};
    for (size_t i = 0; i < sizeof forgers / sizeof *forgers; i++)
        if (symbol_find(m->syntax->symbols, view_of_cstr(forgers[i]))) return false;
    return true;
}

bool match_name(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next)
{
    uint32_t symbol = symbol_map_get(m->map, m->syntax->symbols, m->pattern->nodes[p].symbol);
    const struct node *node = &m->syntax->nodes[n];
    if (symbol == 0) return false;
    uint8_t role = form_at(m, n).role;
    bool is_kept = p == 0 && (m->options & RULE_OPTION_KEPT); /* what it means is known */
    bool is_text =
        role == FORM_NAME && node->symbol == symbol && !is_kept && !is_own_variable(m, p, n, symbol);
    /* a key of a pair may be quoted; a value that is the text "eval" is not the function */
    bool is_first_of_pair = node->parent + 1 == n && form_at(m, node->parent).role == FORM_PAIR;
    bool is_key =
        role == FORM_STRING && m->pattern->nodes[p].field && is_first_of_pair && constant_at(m, n) == symbol;
    if (is_text || is_key || denotes(m, p, n, symbol)) return solve(m, next);
    return false;
}

bool match_dotted(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next)
{
    uint32_t symbol = symbol_map_get(m->map, m->syntax->symbols, m->pattern->nodes[p].symbol);
    if (denotes(m, p, n, symbol)) return solve(m, next);
    return form_at(m, n).role == FORM_MEMBER ? match_children(m, p, n, next) : false;
}

static bool match_prefix_of(struct tree_match *m, uint32_t p, uint32_t n, uint32_t name,
                            const struct goal *next)
{
    const struct pattern_node *want = &m->pattern->nodes[p];
    struct view whole = symbol_text(m->syntax->symbols, name);
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

static bool match_suffix_of(struct tree_match *m, uint32_t p, uint32_t n, uint32_t qualified,
                            const struct goal *next)
{
    const struct pattern_node *object = &m->pattern->nodes[p + 1], *name = &m->pattern->nodes[object->next];
    struct view whole = symbol_text(m->syntax->symbols, qualified);
    struct view tail = symbol_text(m->map->from, name->symbol);
    bool has_tail = whole.length > tail.length + 1 && view_ends_with(whole, tail) &&
                    whole.bytes[whole.length - tail.length - 1] == '.';
    if (name->op != PATTERN_NAME || !has_tail) return false;
    if (object->op == PATTERN_ANY) return solve(m, next);
    struct view module = view_slice(whole, 0, whole.length - tail.length - 1);
    return bind_node(m, object->slot, n, symbol_intern(m->syntax->symbols, module), next);
}

bool match_part(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next)
{
    bool (*match)(struct tree_match *, uint32_t, uint32_t, uint32_t, const struct goal *) =
        m->pattern->nodes[p].prefix ? match_prefix_of : match_suffix_of;
    if (m->is_negated && m->names->others && m->names->others[n]) return false;
    if (match(m, p, n, qualified_at(m, n), next)) return true;
    for (uint32_t i = m->names->others ? m->names->others[n] : 0; i && !is_target(m, n);
         i = m->names->alternatives[i].next) {
        if (!step_taken(m) || match(m, p, n, m->names->alternatives[i].symbol, next)) return true;
    }
    return false;
}

/* `a/b` where the pattern imports `a`. */
static bool is_below(const struct tree_match *m, const struct pattern_node *want, struct view text)
{
    struct view module = symbol_text(m->map->from, want->symbol);
    return (want->flags & PATTERN_IS_MODULE) && module.length && view_starts_with(text, module) &&
           text.bytes[module.length] == '/';
}

/* "a" "b", whose contents do not stand in the source as one text. */
static bool is_of_several(const struct tree_match *m, uint32_t n)
{
    return n + 1 < m->syntax->nodes[n].next && form_at(m, n + 1).role == FORM_STRING;
}

static bool text_admits(struct tree_match *m, const struct pattern_node *want, struct view text,
                        uint64_t classes)
{
    enum regex_answer answer = regex_holds(want->regex, m->scratch, text, classes, m->found);
    if (answer == REGEX_LIMIT) *m->is_undecided = true;
    return answer == REGEX_YES;
}

bool match_string(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next)
{
    const struct pattern_node *want = &m->pattern->nodes[p];
    uint32_t constant = text_constant_at(m, n);
    bool is_value = want->op == PATTERN_STRING && m->forms->has_word_values;
    if (is_value && denotes(m, p, n, symbol_map_get(m->map, m->syntax->symbols, want->symbol)))
        return solve(m, next);
    bool is_quick = constant && want->op != PATTERN_STRING_METAVAR; /* its contents need not be looked for */
    bool is_literal = !is_quick && node_is_plain_string(m->syntax, m->forms, n);
    bool is_some = want->op == PATTERN_STRING_ANY && m->names->constant_kind &&
                   m->names->constant_kind[n] == CONSTANT_SOME_TEXT && (m->options & RULE_OPTION_CONSTANTS) &&
                   !(m->is_negated && m->is_of_capability);
    if (is_some) return solve(m, next);
    if (!constant && !is_literal) {
        const struct node *node = &m->syntax->nodes[n];
        bool is_key = want->op == PATTERN_STRING && want->field && form_at(m, n).role == FORM_NAME;
        uint32_t symbol = is_key ? symbol_map_get(m->map, m->syntax->symbols, want->symbol) : 0;
        bool is_name_of_pair = want->op == PATTERN_STRING_REGEX && form_at(m, n).role == FORM_NAME &&
                               node->parent + 1 == n && form_at(m, node->parent).role == FORM_PAIR;
        if (is_name_of_pair) return text_admits(m, want, node_text(m->syntax, n), 0) && solve(m, next);
        return symbol && node->symbol == symbol && (node->flags & NODE_IS_LEAF) ? solve(m, next) : false;
    }
    struct view text =
        constant ? symbol_text(m->syntax->symbols, constant) : node_inside(m->syntax, m->forms, n);
    switch ((int)want->op) {
    case PATTERN_STRING_ANY:
        return solve(m, next);
    case PATTERN_STRING:
        return (view_equals(text, symbol_text(m->map->from, want->symbol)) || is_below(m, want, text)) &&
               solve(m, next);
    case PATTERN_STRING_REGEX:
        return text_admits(m, want, text, constant ? classes_of(m, constant) : 0) && solve(m, next);
    default:
        break;
    }
    /* the contents are bytes of the source where the literal stands here, and a known value elsewhere */
    const struct node *node = &m->syntax->nodes[n];
    struct binding binding = {node->start, node->end, n, 0, constant, BINDING_NODE};
    if (is_literal && form_at(m, n).role == FORM_STRING && !(constant && is_of_several(m, n))) {
        struct view inside = node_inside(m->syntax, m->forms, n);
        binding.start = (uint32_t)(inside.bytes - m->syntax->source->bytes.bytes);
        binding.end = binding.start + (uint32_t)inside.length;
        binding.kind = BINDING_TEXT;
        binding.value = 0;
    }
    return binding_take(m, want->slot, binding, next);
}

bool match_leaf(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next)
{
    const struct node *node = &m->syntax->nodes[n];
    uint32_t symbol = symbol_map_get(m->map, m->syntax->symbols, m->pattern->nodes[p].symbol);
    uint8_t constant_kind = m->names->constant_kind ? m->names->constant_kind[n] : CONSTANT_NONE;
    bool is_known = symbol && constant_at(m, n) == symbol &&
                    (constant_kind == CONSTANT_NUMBER || constant_kind == CONSTANT_WORD);
    if (is_known) return solve(m, next); /* or a name that stands for it */
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

/* `import a.b` and `from a import b` say the same. */
bool match_import(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next)
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

bool match_template(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next)
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

bool match_template_text(struct tree_match *m, uint32_t p, uint32_t n, const struct goal *next)
{
    return view_equals(node_text(m->syntax, n), symbol_text(m->map->from, m->pattern->nodes[p].symbol)) &&
           solve(m, next);
}
