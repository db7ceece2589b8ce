/* fault_attribute.c - names that a module of the standard library, or a global object, does not have. Only
 * where a name surely means the module: bound by an import and by nothing else; and nowhere asked for or set
 * by the program. */
#include <stdio.h>

#include "analyzer/fault_scan.h"
#include "grammars/module.h"

enum { MODULE_BYTES = 200 };

struct attribute_scan {
    struct fault_scan *scan;
    bool *is_rebound; /* by variable: bound by something else than an import */
};

static bool rebound_find(struct attribute_scan *a)
{
    struct fault_scan *scan = a->scan;
    uint32_t count = 1, import_end = 0;
    for (uint32_t at = 0; at < scan->syntax->count; at++)
        if (scan->names->variable[at] >= count) count = scan->names->variable[at] + 1;
    a->is_rebound = ARENA_NEW_ARRAY(scan->arena, bool, count);
    for (uint32_t at = 0; a->is_rebound && at < scan->syntax->count; at++) {
        enum shape shape = fault_shape(scan, at);
        if (shape == SHAPE_IMPORT || shape == SHAPE_IMPORT_FROM) import_end = scan->nodes[at].next;
        uint32_t value = scan->nodes[at].parent;
        if (!scan->names->is_target[at] || at < import_end) continue;
        /* const fs = require("fs") binds as an import does */
        bool is_require = fault_shape(scan, value) == SHAPE_DECLARATOR &&
                          fault_shape(scan, fault_child(scan, value, FIELD_VALUE)) == SHAPE_CALL;
        if (!is_require) a->is_rebound[scan->names->variable[at]] = true;
    }
    return a->is_rebound != NULL;
}

/* The module that an object surely is, or empty. Of JavaScript's global objects "global:NAME" is put into
 * `out`. */
static struct view module_of(const struct attribute_scan *a, uint32_t object, char out[MODULE_BYTES])
{
    const struct fault_scan *scan = a->scan;
    struct view name = fault_text(scan, scan->names->qualified[object]);
    if (name.length == 0 || name.length + 8 > MODULE_BYTES || scan->names->others[object])
        return (struct view){0};
    uint32_t root = object;
    while (fault_shape(scan, root) == SHAPE_MEMBER) root = fault_child(scan, root, FIELD_OBJECT);
    if (!root) return (struct view){0};
    uint32_t variable = scan->names->variable[root];
    bool is_call = fault_shape(scan, root) == SHAPE_CALL && !fault_is_python(scan);
    if (fault_shape(scan, root) != SHAPE_IDENTIFIER && !is_call) return (struct view){0};
    if (variable && a->is_rebound[variable]) return (struct view){0};
    if (variable || is_call) {
        if (fault_is_python(scan) || module_is_own(scan->family, name)) return name;
        memcpy(out, name.bytes, name.length); /* fs.promises is fs/promises */
        for (size_t i = 0; i < name.length; i++)
            if (out[i] == '.') out[i] = '/';
        return view_make(out, name.length);
    }
    if (fault_is_python(scan) || root != object) return (struct view){0};
    int length = snprintf(out, MODULE_BYTES, "global:%.*s", VIEW_ARGS(name));
    return view_make(out, (size_t)length);
}

static uint32_t attribute_name(const struct fault_scan *scan, uint32_t member)
{
    return fault_child(scan, member, fault_is_python(scan) ? FIELD_ATTRIBUTE : FIELD_PROPERTY);
}

static bool is_called(const struct fault_scan *scan, uint32_t member)
{
    uint32_t parent = scan->nodes[member].parent;
    return (fault_shape(scan, parent) == SHAPE_CALL && fault_child(scan, parent, FIELD_FUNCTION) == member) ||
           (fault_shape(scan, parent) == SHAPE_NEW && fault_child(scan, parent, FIELD_CONSTRUCTOR) == member);
}

static bool is_assigned(const struct fault_scan *scan, uint32_t member)
{
    enum shape around = fault_shape(scan, scan->nodes[member].parent);
    bool is_left = scan->nodes[member].field == scan->shapes->fields[FIELD_LEFT];
    return around == SHAPE_DELETE || around == SHAPE_PATTERN ||
           ((around == SHAPE_ASSIGNMENT || around == SHAPE_ASSIGNMENT_AUGMENTED) && is_left);
}

/* Whether the program sets the name somewhere, or asks whether it is there: by hasattr and its like, in
 * JavaScript by reading it without calling it. */
static bool is_provided(struct fault_scan *scan, uint32_t symbol)
{
    for (uint32_t at = 0; at < scan->syntax->count; at++) {
        bool is_text = fault_shape(scan, at) == SHAPE_STRING && scan->names->constant[at] == symbol;
        if (is_text && scan->names->constant_kind[at] == CONSTANT_TEXT) return true;
        if (fault_shape(scan, at) != SHAPE_MEMBER) continue;
        uint32_t name = attribute_name(scan, at);
        if (!name || scan->nodes[name].symbol != symbol) continue;
        if (is_assigned(scan, at) || (!fault_is_python(scan) && !is_called(scan, at))) return true;
    }
    return !fault_step(scan, scan->syntax->count);
}

void fault_missing_name(struct fault_scan *scan, uint32_t at, struct view module, struct view name)
{
    struct view nearest = module_name_nearest(scan->family, module, name);
    struct view said = view_slice(module, view_starts_with(module, VIEW("global:")) ? 7 : 0, module.length);
    fault_report(scan, FAULT_MISSING_ATTRIBUTE, at, "%.*s has no %.*s%s%.*s%s", VIEW_ARGS(said),
                 VIEW_ARGS(view_slice(name, 0, 80)), nearest.length ? "; did you mean " : "",
                 VIEW_ARGS(nearest), nearest.length ? "?" : "");
}

/* const { readFileSynk } = require("fs") and import { readFileSynk } from "fs". */
static void member_names_judge(struct attribute_scan *a, uint32_t pattern, struct view module)
{
    struct fault_scan *scan = a->scan;
    for (uint32_t at = pattern + 1; at < scan->nodes[pattern].next; at = scan->nodes[at].next) {
        enum shape shape = fault_shape(scan, at);
        uint32_t name = shape == SHAPE_PATTERN_PAIR         ? fault_child(scan, at, FIELD_KEY)
                        : shape == SHAPE_IMPORT_SPECIFIER   ? fault_child(scan, at, FIELD_NAME)
                        : shape == SHAPE_PROPERTY_SHORTHAND ? at
                                                            : 0;
        struct view text = name ? fault_text(scan, scan->nodes[name].symbol) : (struct view){0};
        if (module_has(scan->family, module, text) == MODULE_NAME_MISSING)
            fault_missing_name(scan, at, module, text);
    }
}

static void javascript_names(struct attribute_scan *a, uint32_t at)
{
    struct fault_scan *scan = a->scan;
    if (fault_shape(scan, at) == SHAPE_IMPORT_NAMED) {
        uint32_t import = scan->nodes[scan->nodes[at].parent].parent,
                 source = fault_child(scan, import, FIELD_SOURCE);
        bool is_type = view_starts_with(node_text(scan->syntax, import), VIEW("import type"));
        struct view module = source ? fault_text(scan, scan->names->constant[source]) : (struct view){0};
        if (view_starts_with(module, VIEW("node:"))) module = view_slice(module, 5, module.length);
        bool is_javascript =
            scan->syntax->source->language->id == LANGUAGE_JAVASCRIPT; /* elsewhere it may be a type */
        if (module.length && !is_type && is_javascript) member_names_judge(a, at, module);
        return;
    }
    uint32_t name = fault_child(scan, at, FIELD_NAME), value = fault_child(scan, at, FIELD_VALUE);
    if (!name || !value || fault_shape(scan, name) != SHAPE_PATTERN_OBJECT ||
        fault_shape(scan, value) != SHAPE_CALL)
        return;
    char out[MODULE_BYTES];
    struct view module = module_of(a, value, out);
    if (module.length && !fault_is_guarded(scan, at, false)) member_names_judge(a, name, module);
}

static void member_judge(struct attribute_scan *a, uint32_t at)
{
    struct fault_scan *scan = a->scan;
    char out[MODULE_BYTES];
    uint32_t object = fault_child(scan, at, FIELD_OBJECT), name = attribute_name(scan, at);
    if (!object || !name || is_assigned(scan, at) || (!fault_is_python(scan) && !is_called(scan, at))) return;
    struct view text = fault_text(scan, scan->nodes[name].symbol), module = module_of(a, object, out);
    if (!module.length || module_has(scan->family, module, text) != MODULE_NAME_MISSING) return;
    if (!fault_is_guarded(scan, at, false) && !is_provided(scan, scan->nodes[name].symbol))
        fault_missing_name(scan, at, module, text);
}

void fault_scan_attributes(struct fault_scan *scan)
{
    struct attribute_scan a = {.scan = scan};
    if (!rebound_find(&a)) {
        scan->is_exhausted = true;
        return;
    }
    for (uint32_t at = 0; at < scan->syntax->count && fault_step(scan, 1); at++) {
        if (scan->reported[FAULT_MISSING_ATTRIBUTE] >= LIMIT_GUARD_FINDINGS) return;
        enum shape shape = fault_shape(scan, at);
        if (shape == SHAPE_MEMBER)
            member_judge(&a, at);
        else if (!fault_is_python(scan) && (shape == SHAPE_DECLARATOR || shape == SHAPE_IMPORT_NAMED))
            javascript_names(&a, at);
    }
}
