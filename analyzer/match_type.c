/* match_type.c - what is known of a value's type: from the text, without inference beyond one step. */
#include "analyzer/match_tree.h"
#include "base/array.h"
#include "grammars/shape.h"

/* From a variable to its value, to the part of it that has a type, at most. */
enum { TYPE_HOPS = 8 };

/* Names of one type in several languages, and in rules. */
static const char *const type_groups[][6] = {
    {"str", "string", "String"},
    {"int", "integer", "number", "Number"},
    {"float", "number", "Number", "double"},
    {"bool", "boolean", "Boolean"},
    {"list", "List", "Array"},
    {"dict", "Dict"},
    {"bytes"},
};
enum type_group { GROUP_TEXT, GROUP_INT, GROUP_FLOAT, GROUP_BOOL, GROUP_LIST, GROUP_DICT, GROUP_BYTES };

static bool is_of_group(enum type_group group, struct view type)
{
    for (size_t i = 0; i < sizeof type_groups[0] / sizeof *type_groups[0] && type_groups[group][i]; i++)
        if (view_equals_cstr(type, type_groups[group][i])) return true;
    return false;
}

static struct view last_part(struct view name)
{
    for (size_t i = name.length; i > 0; i--)
        if (name.bytes[i - 1] == '.') return view_slice(name, i, name.length);
    return name;
}

/* Whether two names of types are one: whole, by the last part where one has only that, or in a group. */
static bool is_same_type(struct view a, struct view b)
{
    bool is_short = view_find_byte(a, '.') == SIZE_MAX || view_find_byte(b, '.') == SIZE_MAX;
    if (view_equals(a, b) || (is_short && view_equals(last_part(a), last_part(b)))) return true;
    for (size_t group = 0; group < sizeof type_groups / sizeof *type_groups; group++)
        if (is_of_group((enum type_group)group, a) && is_of_group((enum type_group)group, b)) return true;
    return false;
}

/* The type that a node names: without `: `, quotes and white space. */
static bool names_type(const struct tree_match *m, uint32_t n, struct view type)
{
    struct view text = view_trim(node_text(m->syntax, n));
    if (view_starts_with(text, VIEW(":"))) text = view_trim(view_slice(text, 1, text.length));
    if (text.length > 2 && strchr("\"'", text.bytes[0])) text = view_slice(text, 1, text.length - 1);
    if (is_same_type(text, type)) return true;
    for (uint32_t d = n; d < m->syntax->nodes[n].next; d++) { /* `: T` around `T`, which an import may name */
        uint32_t symbol = m->names->qualified ? m->names->qualified[d] : 0;
        const struct node *node = &m->syntax->nodes[d];
        if (node->end != m->syntax->nodes[n].end) continue;
        if (symbol && is_same_type(symbol_text(m->syntax->symbols, symbol), type)) return true;
    }
    return false;
}

/* The declared types by variable, found in one scan. */
static bool declared_find(struct tree_match *m)
{
    const struct node *nodes = m->syntax->nodes;
    const struct shape_table *shapes = shapes_of(m->syntax->source->language);
    uint32_t last = 0, count = m->syntax->count;
    for (uint32_t n = 0; m->names->variable && n < count; n++)
        if (m->names->variable[n] > last) last = m->names->variable[n];
    m->declared = ARENA_NEW_ARRAY(m->arena, uint32_t, last + 1);
    if (!m->declared) {
        *m->is_undecided = true;
        return false;
    }
    for (uint32_t n = 1; m->names->variable && n < count; n++) {
        if (!shapes->fields[FIELD_TYPE] || nodes[n].field != shapes->fields[FIELD_TYPE]) continue;
        uint32_t name = child_at(m, nodes[n].parent + 1, nodes[nodes[n].parent].next);
        uint32_t variable = name < n ? m->names->variable[name] : 0;
        if (variable && !m->declared[variable]) m->declared[variable] = n;
    }
    return true;
}

static uint32_t declared_at(struct tree_match *m, uint32_t n)
{
    uint32_t variable = m->names->variable ? m->names->variable[n] : 0;
    if (!variable || (!m->declared && !declared_find(m))) return 0;
    return m->declared[variable];
}

static bool constant_is(const struct tree_match *m, uint32_t n, struct view type)
{
    struct view text = symbol_text(m->syntax->symbols, constant_at(m, n));
    switch ((enum constant_kind)m->names->constant_kind[n]) {
    case CONSTANT_TEXT:
    case CONSTANT_SOME_TEXT:
        return is_of_group(GROUP_TEXT, type);
    case CONSTANT_BYTES:
        return is_of_group(GROUP_BYTES, type);
    case CONSTANT_NUMBER: {
        bool is_hex = view_starts_with(text, VIEW("0x")) || view_starts_with(text, VIEW("0X"));
        bool is_float =
            view_find_byte(text, '.') != SIZE_MAX || (!is_hex && (view_find_byte(text, 'e') != SIZE_MAX));
        /* JavaScript has one type of numbers, whatever a rule calls it */
        bool is_one = m->syntax->source->language->family == FAMILY_JAVASCRIPT;
        return (is_one && (is_of_group(GROUP_INT, type) || is_of_group(GROUP_FLOAT, type))) ||
               is_of_group(is_float ? GROUP_FLOAT : GROUP_INT, type);
    }
    case CONSTANT_WORD:
        return (view_equals_cstr(text, "True") || view_equals_cstr(text, "False") ||
                view_equals_cstr(text, "true") || view_equals_cstr(text, "false")) &&
               is_of_group(GROUP_BOOL, type);
    case CONSTANT_NONE:
        break;
    }
    return false;
}

/* `new C()`; `C()` where C reads like a class; what an `as` or an annotation behind a value says. */
static bool made_of(const struct tree_match *m, uint32_t n, struct view type)
{
    const struct node *nodes = m->syntax->nodes;
    uint8_t role = form_at(m, n).role;
    uint32_t function = child_at(m, n + 1, nodes[n].next);
    if ((role != FORM_NEW && role != FORM_CALL) || function >= nodes[n].next) return false;
    struct view name = last_part(node_text(m->syntax, function));
    bool is_class = role == FORM_NEW || (name.length && name.bytes[0] >= 'A' && name.bytes[0] <= 'Z');
    return is_class && names_type(m, function, type);
}

/* `n as T`, which is matched as n. */
static bool is_cast_to(const struct tree_match *m, uint32_t n, struct view type)
{
    const struct node *nodes = m->syntax->nodes;
    uint32_t parent = nodes[n].parent, last = n;
    if (n == 0 || parent + 1 != n || !(form_at(m, parent).flags & FORM_IS_UNWRAPPED)) return false;
    for (uint32_t c = n; c < nodes[parent].next; c = nodes[c].next) last = c;
    return last != n && names_type(m, last, type);
}

bool type_is(struct tree_match *m, uint32_t n, struct view type)
{
    for (unsigned hops = 0; hops < TYPE_HOPS; hops++) {
        n = node_stripped(m, n);
        struct form form = form_at(m, n);
        if (is_cast_to(m, n, type)) return true;
        uint32_t declared = form.role == FORM_NAME ? declared_at(m, n) : 0;
        if (declared) return names_type(m, declared, type);
        if (m->names->constant_kind && m->names->constant_kind[n]) return constant_is(m, n, type);
        if (form.role == FORM_STRING) return is_of_group(GROUP_TEXT, type);
        if (form.role == FORM_LIST) return is_of_group(GROUP_LIST, type);
        if (form.role == FORM_SET) return is_of_group(GROUP_DICT, type);
        if (form.role != FORM_NAME) return made_of(m, n, type);
        uint32_t value = m->names->value ? m->names->value[n] : 0;
        if (!value || value == n) return false;
        n = value;
    }
    return false;
}
