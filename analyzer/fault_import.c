/* fault_import.c - imports of modules that are nowhere: not the language's, not given with the packages, not
 * the project's. What stands in a `try` or behind a condition is the program's own question, and not judged.
 */
#include <stdio.h>

#include "analyzer/fault_scan.h"
#include "base/utf8.h"
#include "grammars/module.h"

enum { IMPORTS_REPORTED_MAX = 40, MODULE_BYTES = 200 };

/* Whether some text, as code, stands in the source of a node. */
static bool node_mentions(const struct fault_scan *scan, uint32_t at, const char *word)
{
    return view_find(node_text(scan->syntax, at), view_of_cstr(word)) != SIZE_MAX;
}

bool fault_is_guarded(struct fault_scan *scan, uint32_t at, bool any_condition)
{
    static const char *const questions[] = {"version", "hasattr",  "PY2",    "PY3",
                                            "six.",    "platform", "os.name"};
    for (uint32_t around = scan->nodes[at].parent; around && fault_step(scan, 1);
         around = scan->nodes[around].parent) {
        if (fault_flow(scan, around) == FLOW_TRY) return true;
        if (fault_shape(scan, around) == SHAPE_BRANCH &&
            view_starts_with(node_text(scan->syntax, around), VIEW("with")) &&
            node_mentions(scan, scan->nodes[around].parent ? around : at, "suppress"))
            return true;
        if (fault_flow(scan, around) != FLOW_IF && fault_flow(scan, around) != FLOW_ELIF) continue;
        uint32_t condition = fault_child(scan, around, FIELD_CONDITION);
        if (!condition || node_mentions(scan, condition, "__name__")) continue;
        if (any_condition) return true;
        for (size_t i = 0; i < sizeof questions / sizeof *questions; i++)
            if (node_mentions(scan, condition, questions[i])) return true;
    }
    return false;
}

static bool list_has(const struct module_list *list, struct view name)
{
    uint32_t low = 0, high = list ? list->count : 0;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = view_compare(list->names[middle], name);
        if (order == 0) return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

/* Names that could be shown as they are: no line ends, no controls, not too long. */
static struct view shown(struct view name)
{
    for (size_t i = 0; i < name.length; i++)
        if ((unsigned char)name.bytes[i] < 0x20) return view_slice(name, 0, i);
    return view_slice(name, 0, 80);
}

static void missing_report(struct fault_scan *scan, uint32_t at, struct view package)
{
    struct view like = package_lookalike(scan->family, package), nearest = {0};
    bool is_own_like = false;
    bool is_project = scan->modules && scan->modules->is_project;
    if (package_is_known(scan->family, package)) {
        if (!is_project)
            fault_report(scan, FAULT_ABSENT_PACKAGE, at,
                         "the package %.*s is not there where the program runs", VIEW_ARGS(shown(package)));
        return;
    }
    nearest = module_nearest(scan->family, package);
    /* a near one, or what took the place of a module that was there once */
    is_own_like = nearest.length && view_distance(nearest, package, 2) != 2;
    if (like.length && !is_own_like) {
        fault_report(
            scan, FAULT_LOOKALIKE_PACKAGE, at,
            "there is no %.*s here, and its name is one letter away from the well-known package %.*s",
            VIEW_ARGS(shown(package)), VIEW_ARGS(like));
        return;
    }
    /* What else a project has installed is not known here; a program alone has what its cell has. */
    if (is_project) scan->worst = SEVERITY_WARNING;
    if (nearest.length)
        fault_report(scan, FAULT_MISSING_MODULE, at, "there is no module %.*s; did you mean %.*s?",
                     VIEW_ARGS(shown(package)), VIEW_ARGS(nearest));
    else
        fault_report(scan, FAULT_MISSING_MODULE, at,
                     "there is no module %.*s, and no well-known package of that name",
                     VIEW_ARGS(shown(package)));
    scan->worst = SEVERITY_CRITICAL;
}

static bool has_reported_enough(const struct fault_scan *scan)
{
    return scan->reported[FAULT_MISSING_MODULE] + scan->reported[FAULT_ABSENT_PACKAGE] +
               scan->reported[FAULT_LOOKALIKE_PACKAGE] + scan->reported[FAULT_MISSING_ATTRIBUTE] >=
           IMPORTS_REPORTED_MAX;
}

/* --- Python --- */

/* The dotted name of an import into `out`; empty where it is too long. */
static struct view dotted_read(const struct fault_scan *scan, uint32_t node, char out[MODULE_BYTES])
{
    size_t length = 0;
    for (uint32_t at = node; at < scan->nodes[node].next; at++) {
        struct view part = fault_text(scan, scan->nodes[at].symbol);
        if (fault_shape(scan, at) != SHAPE_IDENTIFIER || part.length == 0) continue;
        if (length + 1 + part.length > MODULE_BYTES) return (struct view){0};
        if (length) out[length++] = '.';
        memcpy(out + length, part.bytes, part.length);
        length += part.length;
    }
    return view_make(out, length);
}

/* A module of the standard library, part by part: xml.etree.ElmentTree. */
static void own_module_judge(struct fault_scan *scan, uint32_t at, struct view module)
{
    for (size_t end = view_find_byte(module, '.'); end != SIZE_MAX && end < module.length;) {
        struct view parent = view_slice(module, 0, end), rest = view_slice(module, end + 1, module.length),
                    part, tail;
        view_split(rest, '.', &part, &tail);
        struct view whole = view_slice(module, 0, end + 1 + part.length);
        if (!module_is_own(scan->family, parent)) return;
        if (!module_is_own(scan->family, whole) &&
            module_has(scan->family, parent, part) == MODULE_NAME_MISSING) {
            struct view nearest = module_name_nearest(scan->family, parent, part);
            fault_report(scan, FAULT_MISSING_MODULE, at, "there is no module %.*s%s%.*s%s",
                         VIEW_ARGS(shown(whole)), nearest.length ? "; did you mean " : "", VIEW_ARGS(nearest),
                         nearest.length ? "?" : "");
            return;
        }
        end += 1 + part.length;
    }
}

static void python_module_judge(struct fault_scan *scan, uint32_t at, struct view module)
{
    struct view top, rest;
    view_split(module, '.', &top, &rest);
    if (top.length == 0 || top.bytes[0] == '_' || list_has(scan->modules, top)) return;
    if (module_is_own(scan->family, top))
        own_module_judge(scan, at, module);
    else
        missing_report(scan, at, top);
}

/* from os import listdirs */
static void imported_names_judge(struct fault_scan *scan, uint32_t import, uint32_t module_node,
                                 struct view module)
{
    for (uint32_t at = import + 1; at < scan->nodes[import].next; at = scan->nodes[at].next) {
        if (at == module_node || scan->nodes[at].field != scan->shapes->fields[FIELD_NAME]) continue;
        char text[MODULE_BYTES], whole[2 * MODULE_BYTES + 2];
        uint32_t name_node =
            fault_shape(scan, at) == SHAPE_IMPORT_ALIAS ? fault_child(scan, at, FIELD_NAME) : at;
        struct view name = name_node ? dotted_read(scan, name_node, text) : (struct view){0};
        if (module_has(scan->family, module, name) != MODULE_NAME_MISSING) continue;
        int length = snprintf(whole, sizeof whole, "%.*s.%.*s", VIEW_ARGS(module), VIEW_ARGS(name));
        if (module_is_own(scan->family, view_make(whole, (size_t)length))) continue;
        fault_missing_name(scan, at, module, name);
    }
}

static void python_import(struct fault_scan *scan, uint32_t at)
{
    char text[MODULE_BYTES];
    uint32_t module = fault_child(scan, at, FIELD_MODULE_NAME);
    if (module) {
        bool is_relative = view_starts_with(node_text(scan->syntax, module), VIEW("."));
        struct view name = dotted_read(scan, module, text), top, rest;
        view_split(name, '.', &top, &rest);
        if (is_relative) return;
        python_module_judge(scan, module, name);
        if (!list_has(scan->modules, top)) imported_names_judge(scan, at, module, name);
        return;
    }
    for (uint32_t child = at + 1; child < scan->nodes[at].next; child = scan->nodes[child].next) {
        if (scan->nodes[child].field != scan->shapes->fields[FIELD_NAME]) continue;
        uint32_t name =
            fault_shape(scan, child) == SHAPE_IMPORT_ALIAS ? fault_child(scan, child, FIELD_NAME) : child;
        if (name) python_module_judge(scan, name, dotted_read(scan, name, text));
    }
}

/* --- JavaScript --- */

/* "@scope/name" of "@scope/name/deep/file.js". */
static struct view package_of(struct view specifier)
{
    size_t end = view_find_byte(specifier, '/');
    if (end == SIZE_MAX || specifier.bytes[0] != '@') return view_slice(specifier, 0, end);
    size_t second = view_find_byte(view_slice(specifier, end + 1, specifier.length), '/');
    return second == SIZE_MAX ? specifier : view_slice(specifier, 0, end + 1 + second);
}

/* What is looked up by a bundler, by another runtime, or beside the file is not judged. */
static bool is_package(struct view specifier)
{
    struct view package = package_of(specifier);
    if (package.length == 0 || package.length > MODULE_BYTES || view_starts_with(specifier, VIEW("@/")))
        return false;
    for (size_t i = 0; i < package.length; i++) {
        char c = package.bytes[i];
        bool is_fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       strchr("@/._-", c) != NULL;
        if (!is_fine) return false;
    }
    return package.bytes[0] != '.' && package.bytes[0] != '/' && package.bytes[0] != '_';
}

static void javascript_module_judge(struct fault_scan *scan, uint32_t at, struct view specifier)
{
    bool has_scheme = view_starts_with(specifier, VIEW("node:"));
    struct view module = view_slice(specifier, has_scheme ? 5 : 0, specifier.length);
    if (module.length == 0 || module_is_own(scan->family, module)) return;
    if (has_scheme) {
        struct view nearest = module_nearest(scan->family, module);
        fault_report(scan, FAULT_MISSING_MODULE, at, "Node has no module %.*s%s%.*s%s",
                     VIEW_ARGS(shown(module)), nearest.length ? "; did you mean " : "", VIEW_ARGS(nearest),
                     nearest.length ? "?" : "");
        return;
    }
    struct view package = package_of(module), first, rest;
    view_split(module, '/', &first, &rest);
    if (!is_package(module) || list_has(scan->modules, package) || list_has(scan->modules, first)) return;
    missing_report(scan, at, package);
}

/* The node of the module's name in an import, an export from, require() or import(); 0: it is none. */
static uint32_t specifier_find(const struct fault_scan *scan, uint32_t at)
{
    enum shape shape = fault_shape(scan, at);
    if (shape == SHAPE_IMPORT || shape == SHAPE_EXPORT) {
        struct view text = node_text(scan->syntax, at);
        bool is_type =
            view_starts_with(text, VIEW("import type ")) || view_starts_with(text, VIEW("export type "));
        return is_type ? 0 : fault_child(scan, at, FIELD_SOURCE);
    }
    if (shape != SHAPE_CALL) return 0;
    uint32_t function = fault_child(scan, at, FIELD_FUNCTION);
    bool is_import = function && view_equals(node_text(scan->syntax, function), VIEW("import"));
    bool is_require = view_equals_cstr(fault_callee(scan, at), "require");
    return is_import || is_require ? fault_argument(scan, at, 0) : 0;
}

static void javascript_import(struct fault_scan *scan, uint32_t at)
{
    uint32_t specifier = specifier_find(scan, at);
    if (!specifier || scan->names->constant_kind[specifier] != CONSTANT_TEXT) return;
    javascript_module_judge(scan, specifier, fault_text(scan, scan->names->constant[specifier]));
}

void fault_scan_imports(struct fault_scan *scan)
{
    for (uint32_t at = 0; at < scan->syntax->count && fault_step(scan, 1) && !has_reported_enough(scan);
         at++) {
        enum shape shape = fault_shape(scan, at);
        if (shape != SHAPE_IMPORT && shape != SHAPE_IMPORT_FROM && shape != SHAPE_EXPORT &&
            shape != SHAPE_CALL)
            continue;
        if (fault_is_python(scan) && shape != SHAPE_IMPORT && shape != SHAPE_IMPORT_FROM) continue;
        if (!fault_is_python(scan) && !specifier_find(scan, at)) continue;
        if (fault_is_guarded(scan, at, true)) continue;
        if (fault_is_python(scan))
            python_import(scan, at);
        else
            javascript_import(scan, at);
    }
}
