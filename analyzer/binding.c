/* binding.c - finds what binds names: every form of it, since a form that is missed would let a source make
 * a name look like a constant that it is not. */
#include "analyzer/binder.h"

static const struct bound_value unknown_value = {.node = NODE_NONE};

static struct view symbol_view(const struct scope_table *table, uint32_t symbol)
{
    return symbol_text(table->syntax->symbols, symbol);
}

/* Whether what is inside may run never, or more than once, or later. */
static bool shape_is_branch(enum shape shape)
{
    return shape == SHAPE_BRANCH || shape == SHAPE_CHOICE || shape == SHAPE_LOOP || shape == SHAPE_FOR_IN ||
           shape == SHAPE_EXCEPT || shape == SHAPE_BINARY || shape == SHAPE_FUNCTION ||
           shape == SHAPE_FUNCTION_EXPRESSION || shape == SHAPE_METHOD || shape == SHAPE_COMPREHENSION ||
           shape == SHAPE_CALL || shape == SHAPE_SUBSCRIPT;
}

static uint32_t function_scope(const struct binder *binder)
{
    return binder->table->scopes.items[binder->open[binder->depth - 1]].function;
}

void name_bind(struct binder *binder, uint32_t scope, uint32_t symbol, struct bound_value value)
{
    struct scope_table *table = binder->table;
    uint32_t index = 0;
    if (symbol && scope == SCOPE_ASSIGNED) {
        index = scope_lookup(table, binder->open[binder->depth - 1], symbol);
        scope = binder->open[0];
    }
    if (symbol && !index) index = scope_variable(table, scope, symbol);
    if (!index) return;
    struct variable *variable = &table->variables.items[index];
    if (binder->is_declaring) {
        variable->is_declared = true;
        return;
    }
    if (variable->redirect) variable = &table->variables.items[variable->redirect];
    struct binding binding = {.from = binder->from,
                              .value = value.node,
                              .key = value.key,
                              .imported = value.imported,
                              .is_part = value.is_part,
                              .is_removal = binder_shape(binder, binder->at) == SHAPE_DELETE};
    uint32_t branch = binder->branch_depth ? binder->branches[binder->branch_depth - 1] : 0;
    binding.is_certain = branch <= table->scopes.items[variable->scope].node;
    struct binding *last = &table->bindings.items[variable->last];
    if (variable->last && binding.from < last->from) binding.from = last->from;
    if (!ARRAY_PUSH(table->arena, &table->bindings, binding)) {
        table->is_exhausted = true;
        return;
    }
    uint32_t number = table->bindings.count - 1;
    if (variable->last)
        table->bindings.items[variable->last].next = number;
    else
        variable->first = number;
    variable->last = number;
    uint32_t own = table->scopes.items[variable->scope].function;
    if (function_scope(binder) != own) variable->is_foreign = true;
    bool is_known = value.node != NODE_NONE || value.imported;
    variable->binding_count += is_known ? 1 : 2;
}

/* As name_bind, for an identifier that stands there. */
void name_bind_node(struct binder *binder, uint32_t scope, uint32_t node, struct bound_value value)
{
    binder->table->is_target[node] = true;
    name_bind(binder, scope, binder->table->syntax->nodes[node].symbol, value);
}

static void parameters_bind(struct binder *binder, uint32_t function, uint32_t scope)
{
    struct scope_table *table = binder->table;
    const struct node *nodes = table->syntax->nodes;
    uint32_t single = binder_child(binder, function, FIELD_PARAMETER);
    if (single) target_bind(binder, single, scope, unknown_value);
    uint32_t list = binder_child(binder, function, FIELD_PARAMETERS);
    if (!list) return;
    for (uint32_t at = list + 1; at < nodes[list].next; at = nodes[at].next) {
        uint32_t name = at;
        if (binder_shape(binder, at) == SHAPE_PARAMETER_DEFAULT) name = binder_child(binder, at, FIELD_NAME);
        if (binder_shape(binder, at) == SHAPE_PARAMETER_TYPED) name = at + 1;
        if (binder_shape(binder, at) == SHAPE_PATTERN_DEFAULT) name = binder_child(binder, at, FIELD_LEFT);
        if (binder_shape(binder, at) == SHAPE_PARAMETER_PATTERN)
            name = binder_child(binder, at, FIELD_PATTERN);
        if (name) target_bind(binder, name, scope, unknown_value);
    }
}

/* A relative import keeps its dots: "..pkg.name". */
static uint32_t import_base(struct scope_table *table, uint32_t module)
{
    struct view text = node_text(table->syntax, module);
    size_t dots = 0;
    while (dots < text.length && text.bytes[dots] == '.') dots++;
    uint32_t name = dotted_of_node(table, module);
    if (!dots) return name;
    char base[LIMIT_DOTTED_BYTES];
    struct view rest = symbol_view(table, name);
    if (dots + rest.length > sizeof base) return 0;
    memset(base, '.', dots);
    if (rest.length) memcpy(base + dots, rest.bytes, rest.length);
    return dotted_intern(table, (struct view){0}, view_make(base, dots + rest.length));
}

static void python_import_bind(struct binder *binder, uint32_t import, uint32_t scope)
{
    struct scope_table *table = binder->table;
    const struct syntax *syntax = table->syntax;
    uint32_t module = binder_child(binder, import, FIELD_MODULE_NAME);
    uint32_t base = module ? import_base(table, module) : 0;
    for (uint32_t at = import + 1; at < syntax->nodes[import].next; at = syntax->nodes[at].next) {
        if (binder_shape(binder, at) == SHAPE_IMPORT_WILDCARD && !binder->is_declaring) {
            table->last_star = at;
            if (base && !ARRAY_PUSH(table->arena, &table->stars, base)) table->is_exhausted = true;
        }
        if (at == module || syntax->nodes[at].field != table->shapes->fields[FIELD_NAME]) continue;
        uint32_t name = at, alias = 0;
        if (binder_shape(binder, at) == SHAPE_IMPORT_ALIAS) {
            name = binder_child(binder, at, FIELD_NAME);
            alias = binder_child(binder, at, FIELD_ALIAS);
        }
        uint32_t dotted = name ? dotted_of_node(table, name) : 0;
        if (!dotted) continue;
        struct view whole = symbol_view(table, dotted), first = whole, rest;
        if (!module && !alias) view_split(whole, '.', &first, &rest);
        struct bound_value value = {.node = NODE_NONE,
                                    .imported = dotted_intern(table, symbol_view(table, base), first)};
        if (alias)
            name_bind_node(binder, scope, alias, value);
        else
            name_bind(binder, scope, dotted_intern(table, (struct view){0}, first), value);
    }
}

/* The name in an import list, which may also be a string. */
static struct view specifier_name(const struct scope_table *table, uint32_t name)
{
    struct view text = symbol_view(table, table->syntax->nodes[name].symbol);
    if (text.length) return text;
    text = node_text(table->syntax, name);
    return view_slice(text, 1, text.length - 1);
}

static void javascript_import_bind(struct binder *binder, uint32_t import, uint32_t scope)
{
    struct scope_table *table = binder->table;
    const struct node *nodes = table->syntax->nodes;
    uint32_t source = binder_child(binder, import, FIELD_SOURCE);
    for (uint32_t at = import + 1; !source && at < nodes[import].next; at = nodes[at].next)
        if (binder_shape(binder, at) == SHAPE_IMPORT_REQUIRE) source = binder_child(binder, at, FIELD_SOURCE);
    if (!source) return;
    struct view module = module_normalize(table, scope_string_text(table, source));
    for (uint32_t at = import + 1; at < source; at++) {
        enum shape shape = binder_shape(binder, at);
        enum shape around = binder_shape(binder, nodes[at].parent);
        struct bound_value value = {.node = NODE_NONE};
        uint32_t bound = 0;
        if (shape == SHAPE_IMPORT_SPECIFIER) {
            uint32_t name = binder_child(binder, at, FIELD_NAME),
                     alias = binder_child(binder, at, FIELD_ALIAS);
            if (!name) continue;
            struct view member = specifier_name(table, name);
            bool is_default = view_equals(member, VIEW("default"));
            value.imported = dotted_intern(table, module, is_default ? (struct view){0} : member);
            bound = alias ? alias : name;
        } else if (shape == SHAPE_IDENTIFIER &&
                   (around == SHAPE_IMPORT_CLAUSE || around == SHAPE_IMPORT_NAMESPACE ||
                    around == SHAPE_IMPORT_REQUIRE)) {
            value.imported = dotted_intern(table, (struct view){0}, module);
            bound = at;
        }
        if (bound) name_bind_node(binder, scope, bound, value);
    }
}

/* global and nonlocal: from here on, and in all of the function, the name is another scope's variable. */
static void global_bind(struct binder *binder, uint32_t statement)
{
    struct scope_table *table = binder->table;
    const struct node *nodes = table->syntax->nodes;
    uint32_t inner = function_scope(binder), parent = table->scopes.items[inner].parent;
    if (binder->is_declaring || parent == SCOPE_NONE) return;
    bool is_global = binder_shape(binder, statement) == SHAPE_GLOBAL;
    for (uint32_t at = statement + 1; at < nodes[statement].next; at = nodes[at].next) {
        uint32_t symbol = nodes[at].symbol;
        uint32_t outer = is_global ? 0 : scope_lookup(table, parent, symbol);
        if (!outer) outer = scope_variable(table, binder->open[0], symbol);
        uint32_t local = scope_variable(table, inner, symbol);
        if (local && local != outer) table->variables.items[local].redirect = outer;
    }
}

/* The captures of the patterns of one `case`: a name alone, *rest, and what stands behind `as`. */
static void case_bind(struct binder *binder, uint32_t clause)
{
    struct scope_table *table = binder->table;
    const struct node *nodes = table->syntax->nodes;
    for (uint32_t child = clause + 1; child < nodes[clause].next; child = nodes[child].next) {
        if (binder_shape(binder, child) != SHAPE_CASE_PATTERN) continue;
        for (uint32_t at = child + 1; at < nodes[child].next; at++) {
            if (binder_shape(binder, at) != SHAPE_IDENTIFIER) continue;
            uint32_t parent = nodes[at].parent;
            enum shape around = binder_shape(binder, parent);
            bool is_alone = around == SHAPE_DOTTED_NAME && nodes[parent].next == parent + 2 &&
                            binder_shape(binder, nodes[parent].parent) != SHAPE_CASE_CLASS;
            if (is_alone || around == SHAPE_SPLAT || around == SHAPE_WITH_ALIAS)
                name_bind_node(binder, function_scope(binder), at, unknown_value);
        }
    }
}

static void assignment_bind(struct binder *binder, uint32_t target, struct bound_value value)
{
    bool has_declarations = binder->table->has_declarations;
    if (!target || (binder->is_declaring && has_declarations)) return;
    target_bind(binder, target, has_declarations ? SCOPE_ASSIGNED : function_scope(binder), value);
}

static void declarator_bind(struct binder *binder, uint32_t at)
{
    struct scope_table *table = binder->table;
    uint32_t name = binder_child(binder, at, FIELD_NAME), value = binder_child(binder, at, FIELD_VALUE);
    if (!name) return;
    bool is_var = binder_shape(binder, table->syntax->nodes[at].parent) == SHAPE_DECLARATION_VAR;
    uint32_t scope = is_var ? function_scope(binder) : binder->open[binder->depth - 1];
    if (!value && !binder->is_declaring) return; /* undefined until it is assigned */
    target_bind(binder, name, scope, (struct bound_value){.node = value ? value : NODE_NONE});
}

static void for_bind(struct binder *binder, uint32_t at)
{
    struct scope_table *table = binder->table;
    uint32_t left = binder_child(binder, at, FIELD_LEFT);
    if (!left) return;
    binder->from = table->syntax->nodes[left].next;
    uint32_t kind = table->has_declarations ? binder_child(binder, at, FIELD_KIND) : 0;
    if (!kind) {
        assignment_bind(binder, left, unknown_value);
        return;
    }
    bool is_var = view_equals(node_text(table->syntax, kind), VIEW("var"));
    uint32_t inner = binder->open[binder->depth - 1];
    target_bind(binder, left, is_var ? function_scope(binder) : inner, unknown_value);
}

/* x=word; after x+=word it is not known any more, and of a[1]=word not what the variable is. */
static void shell_bind(struct binder *binder, uint32_t at)
{
    struct scope_table *table = binder->table;
    const struct node *nodes = table->syntax->nodes;
    uint32_t name = binder_child(binder, at, FIELD_NAME), value = binder_child(binder, at, FIELD_VALUE);
    if (!name) return;
    bool is_added = nodes[name].next < nodes[at].next && nodes[name].next != value;
    bool is_part = binder_shape(binder, name) == SHAPE_SUBSCRIPT;
    struct bound_value bound = {.node = value && !is_added && !is_part ? value : NODE_NONE};
    assignment_bind(binder, is_part ? binder_child(binder, name, FIELD_NAME) : name, bound);
}

/* for x in words: it is each of them, where all are known. */
static void shell_loop_bind(struct binder *binder, uint32_t at)
{
    const struct node *nodes = binder->table->syntax->nodes;
    uint32_t name = binder_child(binder, at, FIELD_VARIABLE);
    uint16_t field = binder->table->shapes->fields[FIELD_VALUE];
    if (!name || !binder->table->is_shell) {
        assignment_bind(binder, name, unknown_value);
        return;
    }
    binder->from = nodes[name].next;
    assignment_bind(binder, name, unknown_value); /* no constant, whatever the words are */
    for (uint32_t word = name; word < nodes[at].next; word = nodes[word].next)
        if (nodes[word].field == field && binder_shape(binder, word) != SHAPE_SHELL_TEXT) return;
    for (uint32_t word = name; word < nodes[at].next; word = nodes[word].next)
        if (nodes[word].field == field) assignment_bind(binder, name, (struct bound_value){.node = word});
}

/* ${x:=word} and ${x=word} give x a value where it has none. */
static void shell_default_bind(struct binder *binder, uint32_t at)
{
    const struct node *nodes = binder->table->syntax->nodes;
    uint32_t name = at + 1, operator= name<nodes[at].next ? nodes[name].next : 0;
    if (!operator|| operator>= nodes[at].next || binder_shape(binder, name) != SHAPE_IDENTIFIER) return;
    struct view text = node_text(binder->table->syntax, operator);
    if (view_ends_with(text, VIEW("="))) assignment_bind(binder, name, unknown_value);
}

/* What a node binds in the scopes that are open. A switch over shapes. */
static void node_bind(struct binder *binder, uint32_t at)
{
    struct scope_table *table = binder->table;
    uint32_t inner = binder->open[binder->depth - 1], function = function_scope(binder), child;
    binder->at = at;
    binder->from = table->syntax->nodes[at].next;
    switch ((int)binder_shape(binder, at)) {
    case SHAPE_ASSIGNMENT:
        child = binder_child(binder, at, FIELD_RIGHT);
        assignment_bind(binder, binder_child(binder, at, FIELD_LEFT),
                        (struct bound_value){.node = child ? child : NODE_NONE});
        break;
    case SHAPE_DECLARATOR:
        declarator_bind(binder, at);
        break;
    case SHAPE_ASSIGNMENT_AUGMENTED:
    case SHAPE_FOR_CLAUSE:
        assignment_bind(binder, binder_child(binder, at, FIELD_LEFT), unknown_value);
        break;
    case SHAPE_UPDATE:
        assignment_bind(binder, at + 1 < binder->from ? binder_child(binder, at, FIELD_ARGUMENT) : 0,
                        unknown_value);
        break;
    case SHAPE_FOR_IN:
        for_bind(binder, at);
        break;
    case SHAPE_WITH_ALIAS:
    case SHAPE_EXCEPT:
        child = binder_child(binder, at, table->has_declarations ? FIELD_PARAMETER : FIELD_ALIAS);
        if (binder_shape(binder, at) == SHAPE_EXCEPT) binder->from = at + 1;
        if (child) target_bind(binder, child, table->has_declarations ? inner : function, unknown_value);
        break;
    case SHAPE_SHELL_ASSIGNMENT:
        shell_bind(binder, at);
        break;
    case SHAPE_SHELL_EXPANSION:
        shell_default_bind(binder, at);
        break;
    case SHAPE_LOOP:
        shell_loop_bind(binder, at);
        break;
    case SHAPE_DELETE:
        target_bind(binder, at, function, unknown_value);
        break;
    case SHAPE_CASE_CLAUSE:
        binder->from = at + 1;
        case_bind(binder, at);
        break;
    case SHAPE_GLOBAL:
    case SHAPE_NONLOCAL:
        global_bind(binder, at);
        break;
    case SHAPE_NAMED_EXPRESSION:
        child = binder_child(binder, at, FIELD_NAME);
        /* inside a comprehension, and in the head of a function or class, it binds in the function around
         * that */
        while (binder_shape(binder, table->scopes.items[function].node) == SHAPE_COMPREHENSION ||
               at < table->scopes.items[function].body)
            function = table->scopes.items[table->scopes.items[function].parent].function;
        if (child)
            target_bind(binder, child, function,
                        (struct bound_value){.node = binder_child(binder, at, FIELD_VALUE)});
        break;
    case SHAPE_IMPORT_RENAMED: /* import name = a.b */
        for (child = at + 1; table->syntax->nodes[child].next < binder->from;)
            child = table->syntax->nodes[child].next;
        target_bind(binder, at + 1, inner, (struct bound_value){.node = child});
        break;
    case SHAPE_ENUM_MEMBER:
        child = binder_child(binder, at, FIELD_NAME);
        if (child)
            name_bind(binder, inner, table->syntax->nodes[child].symbol,
                      (struct bound_value){.node = binder_child(binder, at, FIELD_VALUE)});
        break;
    case SHAPE_IMPORT:
        if (table->has_declarations)
            javascript_import_bind(binder, at, binder->open[0]);
        else
            python_import_bind(binder, at, function);
        break;
    case SHAPE_IMPORT_FROM:
        python_import_bind(binder, at, function);
        break;
    default:
        break;
    }
}

/* The scope of a node that has one: made in the first walk, found again in the second. */
static bool scope_open(struct binder *binder, uint32_t at, enum shape shape)
{
    struct scope_table *table = binder->table;
    uint32_t index = binder->is_declaring ? table->scopes.count : binder->next_scope++;
    struct scope scope = {
        .parent = binder->depth ? binder->open[binder->depth - 1] : SCOPE_NONE,
        .node = at,
        .function = index,
        .is_block = shape == SHAPE_BLOCK || shape == SHAPE_FOR_IN || shape == SHAPE_EXCEPT,
        .is_class = shape == SHAPE_CLASS || shape == SHAPE_CLASS_EXPRESSION,
    };
    bool is_function = shape == SHAPE_FUNCTION || shape == SHAPE_FUNCTION_EXPRESSION;
    if ((is_function || scope.is_class) && table->syntax->source->language->family == FAMILY_PYTHON)
        scope.body = binder_child(binder, at, FIELD_BODY);
    if (scope.is_block && binder->depth) scope.function = table->scopes.items[scope.parent].function;
    binder->at = binder->from = at;
    if (shape == SHAPE_FUNCTION || shape == SHAPE_CLASS) {
        uint32_t name = binder_child(binder, at, FIELD_NAME);
        if (name) name_bind_node(binder, function_scope(binder), name, unknown_value);
    }
    if (binder->is_declaring && !ARRAY_PUSH(table->arena, &table->scopes, scope)) return false;
    binder->open[binder->depth++] = index;
    return true;
}

/* What a function's head binds inside it. */
static void head_bind(struct binder *binder, uint32_t at, enum shape shape)
{
    uint32_t inner = binder->open[binder->depth - 1];
    bool is_expression = shape == SHAPE_FUNCTION_EXPRESSION || shape == SHAPE_CLASS_EXPRESSION;
    if (is_expression) { /* a named function expression sees its own name */
        uint32_t name = binder_child(binder, at, FIELD_NAME);
        if (name) name_bind_node(binder, inner, name, unknown_value);
    }
    bool has_parameters =
        shape == SHAPE_FUNCTION || shape == SHAPE_FUNCTION_EXPRESSION || shape == SHAPE_METHOD;
    if (has_parameters) parameters_bind(binder, at, inner);
}

static bool walk(struct binder *binder)
{
    struct scope_table *table = binder->table;
    const struct node *nodes = table->syntax->nodes;
    binder->depth = binder->branch_depth = 0;
    for (uint32_t at = 0; at < table->syntax->count; at++) {
        while (binder->depth && at >= nodes[table->scopes.items[binder->open[binder->depth - 1]].node].next)
            binder->depth--;
        while (binder->branch_depth && at >= nodes[binder->branches[binder->branch_depth - 1]].next)
            binder->branch_depth--;
        enum shape shape = binder_shape(binder, at);
        bool is_scope = shape_is_scope(shape) || binder->depth == 0;
        if (is_scope && !scope_open(binder, at, shape)) return false;
        if (shape_is_branch(shape)) binder->branches[binder->branch_depth++] = at;
        if (is_scope) head_bind(binder, at, shape);
        node_bind(binder, at);
        if (table->is_exhausted) return false;
        if (table->is_over_budget) return true;
    }
    return true;
}

bool scope_table_fill(struct scope_table *table)
{
    struct binder *binder = ARENA_NEW(table->arena, struct binder);
    if (!binder) return false;
    binder->table = table;
    binder->is_declaring = true;
    if (!walk(binder)) return false;
    binder->is_declaring = false;
    return walk(binder);
}
