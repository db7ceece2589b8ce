#include "analyzer/kept.h"

#include "base/array.h"
#include "grammars/shape.h"

enum { TARGETS_FOLLOWED = 64 }; /* as many as names.h follows in a, b = x, y */

/* The functions that look at what they are given and do not call it. */
static const struct reader {
    enum language_family family;
    bool is_first_only; /* only the first argument is looked at, others are kept */
    struct view name;
} readers[] = {
#define NAME_PREFIX(family, name, usual)
#define NAME_WHOLE(family, name, usual)
#define NAME_INNER(family, name)
#define NAME_DROPPED(family, name)
#define NAME_FORGER(family, name)
#define NAME_MEMBER_FORGER(family, name)
#define NAME_READER(family, name, is_first_only) {FAMILY_##family, is_first_only, VIEW(name)},
#include "grammars/names.def"
#undef NAME_PREFIX
#undef NAME_WHOLE
#undef NAME_INNER
#undef NAME_DROPPED
#undef NAME_FORGER
#undef NAME_MEMBER_FORGER
#undef NAME_READER
};

struct keeper {
    const struct syntax *syntax;
    const struct names *names;
    const struct node *nodes;
    const struct shape_table *shapes;
    enum language_family family;
};

static enum shape shape_at(const struct keeper *k, uint32_t n)
{
    return shape_of(k->shapes, k->nodes[n].kind);
}

static bool is_field(const struct keeper *k, uint32_t n, enum field field)
{
    return k->nodes[n].field && k->nodes[n].field == k->shapes->fields[field];
}

static uint32_t child_of(const struct keeper *k, uint32_t n, enum field field)
{
    return node_child_by_field(k->syntax, n, k->shapes->fields[field]);
}

/* Whether an argument of this call is only looked at. A name that the program gave a meaning of its own is no
 * reader. */
static bool is_read(const struct keeper *k, uint32_t call, uint32_t argument)
{
    uint32_t function = child_of(k, call, FIELD_FUNCTION);
    if (!function || k->names->others[function]) return false;
    if (shape_at(k, function) == SHAPE_IDENTIFIER && k->names->variable[function]) {
        /* only what an import gave it */
        if (k->names->qualified[function] == k->nodes[function].symbol) return false;
    }
    struct view qualified = symbol_text(k->syntax->symbols, k->names->qualified[function]);
    struct view text = qualified.length ? qualified : node_text(k->syntax, function);
    uint32_t list = k->nodes[argument].parent;
    bool is_first = argument == list + 1;
    for (size_t i = 0; i < sizeof readers / sizeof *readers; i++)
        if (readers[i].family == k->family && view_equals(text, readers[i].name))
            return is_first || !readers[i].is_first_only;
    return false;
}

/* Whether every part of a target of several is a name alone, so that names.h follows each. */
static bool targets_are_plain(const struct keeper *k, uint32_t pattern)
{
    uint32_t count = 0;
    for (uint32_t at = pattern + 1; at < k->nodes[pattern].next; at = k->nodes[at].next) {
        bool is_name = shape_at(k, at) == SHAPE_IDENTIFIER;
        if (!(k->nodes[at].flags & NODE_IS_NAMED) || (k->nodes[at].flags & NODE_IS_EXTRA)) continue;
        if (!is_name || ++count > TARGETS_FOLLOWED) return false;
    }
    return true;
}

/* Whether the keys of an object's pattern are all known. */
static bool keys_are_plain(const struct keeper *k, uint32_t pattern)
{
    for (uint32_t at = pattern + 1; at < k->nodes[pattern].next; at++) {
        bool is_pair = shape_at(k, at) == SHAPE_PATTERN_PAIR;
        uint32_t key = is_pair ? child_of(k, at, FIELD_KEY) : 0;
        if (!key || shape_at(k, key) == SHAPE_PROPERTY || shape_at(k, key) == SHAPE_STRING) continue;
        if (key + 1 < k->nodes[key].next && k->names->constant_kind[key + 1] == CONSTANT_TEXT &&
            shape_at(k, key + 1) == SHAPE_STRING)
            continue;
        return false;
    }
    return true;
}

/* Whether names.h knows what this target will be, where `value` is given to it. */
static bool is_followed(const struct keeper *k, uint32_t target, uint32_t value)
{
    bool is_list = shape_at(k, value) == SHAPE_TUPLE || shape_at(k, value) == SHAPE_LIST;
    switch ((int)shape_at(k, target)) {
    case SHAPE_IDENTIFIER:
        return !is_list;
    case SHAPE_PATTERN_OBJECT:
        return !is_list && keys_are_plain(k, target);
    case SHAPE_PATTERN:
        return is_list && targets_are_plain(k, target);
    default:
        return false;
    }
}

/* Whether an assignment stands in the body of a class: what it sets is an attribute. */
static bool is_in_class(const struct keeper *k, uint32_t assignment)
{
    uint32_t at = k->nodes[assignment].parent;
    while (at && (shape_at(k, at) == SHAPE_STATEMENT_EXPRESSION || shape_at(k, at) == SHAPE_BLOCK))
        at = k->nodes[at].parent;
    return shape_at(k, at) == SHAPE_CLASS;
}

/* Python's `is`, which calls nothing, stands beside the node; or `in` before it, which asks the node itself.
 */
static bool is_beside_identity(const struct keeper *k, uint32_t n)
{
    uint32_t parent = k->nodes[n].parent, before = 0;
    for (uint32_t at = parent + 1; at < n; at = k->nodes[at].next) before = at;
    uint32_t behind = k->nodes[n].next < k->nodes[parent].next ? k->nodes[n].next : 0;
    bool is_fine = before || behind;
    if (before) {
        struct view word = node_text(k->syntax, before);
        is_fine &= view_starts_with(word, VIEW("is")) || view_ends_with(word, VIEW("in"));
    }
    if (behind) is_fine &= view_starts_with(node_text(k->syntax, behind), VIEW("is"));
    return is_fine;
}

enum fate {
    FATE_KEPT,
    FATE_HARMLESS, /* or it is followed */
    FATE_ABOVE,    /* the node above has it as its value */
};

static enum fate fate_of_operand(const struct keeper *k, uint32_t n, uint32_t parent)
{
    uint32_t operator= child_of(k, parent, FIELD_OPERATOR);
    struct view text = operator? node_text(k->syntax, operator) : (struct view){0};
    if (k->family != FAMILY_JAVASCRIPT) { /* the other operand's own method may be called */
        uint32_t left = child_of(k, parent, FIELD_LEFT), right = child_of(k, parent, FIELD_RIGHT);
        uint32_t other = n == left ? right : left;
        bool is_type =
            other && (k->names->qualified[other] || k->names->constant_kind[other] == CONSTANT_WORD);
        return is_type && view_equals(text, VIEW("|")) ? FATE_ABOVE : FATE_KEPT; /* T | None */
    }
    if (view_equals(text, VIEW("||")) || view_equals(text, VIEW("&&")) || view_equals(text, VIEW("??")))
        return FATE_ABOVE;
    return view_equals(text, VIEW("instanceof")) ? FATE_KEPT : FATE_HARMLESS;
}

static enum fate fate_of_member(const struct keeper *k, uint32_t n, uint32_t parent)
{
    bool is_list = shape_at(k, n) == SHAPE_LIST || shape_at(k, n) == SHAPE_TUPLE;
    if (is_list) return FATE_KEPT; /* its elements are taken out again */
    if (shape_at(k, parent) == SHAPE_MEMBER) {
        uint32_t name = child_of(k, parent, FIELD_PROPERTY);
        if (!name) name = child_of(k, parent, FIELD_ATTRIBUTE);
        struct view text = name ? node_text(k->syntax, name) : (struct view){0};
        bool is_bound = view_equals(text, k->family == FAMILY_JAVASCRIPT ? VIEW("bind") : VIEW("__get__"));
        return is_bound ? FATE_KEPT : FATE_HARMLESS;
    }
    if (k->family != FAMILY_JAVASCRIPT) return is_field(k, n, FIELD_VALUE) ? FATE_HARMLESS : FATE_KEPT;
    uint32_t index = child_of(k, parent, FIELD_INDEX);
    if (index == n) return FATE_HARMLESS; /* its name as a key */
    uint8_t kind = index ? k->names->constant_kind[index] : CONSTANT_NONE;
    return kind == CONSTANT_TEXT || kind == CONSTANT_NUMBER ? FATE_HARMLESS : FATE_KEPT;
}

/* What becomes of a value in the node that it stands in. A switch over shapes. */
static enum fate fate_of(const struct keeper *k, uint32_t n)
{
    uint32_t parent = k->nodes[n].parent, target;
    switch ((int)shape_at(k, parent)) {
    case SHAPE_PARENTHESES:
    case SHAPE_CAST:
    case SHAPE_AWAIT:
        return FATE_ABOVE;
    case SHAPE_TUPLE:
    case SHAPE_LIST:
        return FATE_ABOVE;
    case SHAPE_SEQUENCE:
        return k->nodes[n].next == k->nodes[parent].next ? FATE_ABOVE : FATE_HARMLESS;
    case SHAPE_CHOICE:
        return is_field(k, n, FIELD_CONDITION) ? FATE_HARMLESS : FATE_ABOVE;
    case SHAPE_BINARY:
        return fate_of_operand(k, n, parent);
    case SHAPE_MEMBER:
    case SHAPE_SUBSCRIPT:
        return fate_of_member(k, n, parent);
    case SHAPE_CALL:
    case SHAPE_NEW:
        return FATE_HARMLESS; /* what is called; arguments stand in a list */
    case SHAPE_KEYWORD_ARGUMENT:
        return FATE_KEPT;
    case SHAPE_ARGUMENTS:
        target = k->nodes[parent].parent;
        return shape_at(k, target) == SHAPE_CALL && is_read(k, target, n) ? FATE_HARMLESS : FATE_KEPT;
    case SHAPE_ASSIGNMENT:
        target = child_of(k, parent, FIELD_LEFT);
        if (is_field(k, n, FIELD_LEFT)) return FATE_HARMLESS;
        if (!target || !is_followed(k, target, n) || is_in_class(k, parent)) return FATE_KEPT;
        return FATE_ABOVE;
    case SHAPE_DECLARATOR:
        target = child_of(k, parent, FIELD_NAME);
        return target && is_followed(k, target, n) ? FATE_HARMLESS : FATE_KEPT;
    case SHAPE_NAMED_EXPRESSION:
        return FATE_ABOVE;
    case SHAPE_ASSIGNMENT_AUGMENTED:
        return is_field(k, n, FIELD_LEFT) ? FATE_HARMLESS : FATE_KEPT;
    case SHAPE_BRANCH:
    case SHAPE_LOOP:
        return is_field(k, n, FIELD_CONDITION) || is_beside_identity(k, n) ? FATE_HARMLESS : FATE_KEPT;
    case SHAPE_WITH_ALIAS:
        return shape_at(k, k->nodes[parent].parent) == SHAPE_EXCEPT ? FATE_HARMLESS : FATE_KEPT;
    case SHAPE_INTERPOLATION: /* a tag of a template is a function */
        target = k->nodes[k->nodes[parent].parent].parent;
        return shape_at(k, target) == SHAPE_CALL ? FATE_KEPT : FATE_HARMLESS;
    case SHAPE_MODULE: /* of no statement: broken */
    case SHAPE_STATEMENT_EXPRESSION:
    case SHAPE_DELETE:
    case SHAPE_GLOBAL:
    case SHAPE_NONLOCAL:
    case SHAPE_EXCEPT:
    case SHAPE_TYPE:
    case SHAPE_TYPE_MEMBER:
    case SHAPE_DOTTED_NAME:
    case SHAPE_IMPORT:
    case SHAPE_IMPORT_FROM:
    case SHAPE_IMPORT_ALIAS:
    case SHAPE_IMPORT_CLAUSE:
    case SHAPE_IMPORT_SPECIFIER:
    case SHAPE_IMPORT_NAMESPACE:
    case SHAPE_IMPORT_RENAMED:
    case SHAPE_UNARY:
    case SHAPE_UPDATE:
    case SHAPE_CASE_CLASS:
    case SHAPE_CASE_PATTERN:
        return FATE_HARMLESS;
    default:
        return is_field(k, n, FIELD_ARGUMENT) ? FATE_HARMLESS : FATE_KEPT; /* not x */
    }
}

/* Whether an expression can be a name, or stand for one. */
static bool is_name(const struct keeper *k, uint32_t n)
{
    enum shape shape = shape_at(k, n);
    return shape == SHAPE_IDENTIFIER || shape == SHAPE_PROPERTY_SHORTHAND || shape == SHAPE_MEMBER ||
           shape == SHAPE_SUBSCRIPT || shape == SHAPE_CALL;
}

bool kept_find(struct arena *arena, const struct syntax *syntax, const struct names *names,
               struct kept_list *kept)
{
    ARRAY_OF(uint32_t) found = {0};
    struct keeper keeper = {.syntax = syntax,
                            .names = names,
                            .nodes = syntax->nodes,
                            .shapes = shapes_of(syntax->source->language),
                            .family = syntax->source->language->family};
    *kept = (struct kept_list){0};
    if (keeper.family == FAMILY_SHELL || !names->qualified || !names->constant_kind) return true;
    for (uint32_t n = 1; n < syntax->count; n++) {
        if (!names->qualified[n] || names->is_target[n] || !is_name(&keeper, n)) continue;
        enum fate fate;
        uint32_t at = n;
        while ((fate = fate_of(&keeper, at)) == FATE_ABOVE && at) at = keeper.nodes[at].parent;
        if (fate == FATE_KEPT && !ARRAY_PUSH(arena, &found, n)) return false;
    }
    kept->nodes = found.items;
    kept->count = found.count;
    return true;
}
