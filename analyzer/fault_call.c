#include "analyzer/fault_scan.h"

enum effect { EFFECT_TAME, EFFECT_LEAVES };

static const struct {
    enum language_family family;
    const char *name;
    enum effect effect;
} calls[] = {
#define CALL(family, name, effect) {FAMILY_##family, name, EFFECT_##effect},
#define METHOD(family, name)
#include "analyzer/fault_call.def"
#undef CALL
#undef METHOD
};

static const struct {
    enum language_family family;
    const char *name;
} methods[] = {
#define CALL(family, name, effect)
#define METHOD(family, name) {FAMILY_##family, name},
#include "analyzer/fault_call.def"
#undef CALL
#undef METHOD
};

static bool is_listed(const struct fault_scan *scan, struct view callee, enum effect effect)
{
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (calls[i].family == scan->family && calls[i].effect == effect &&
            view_equals_cstr(callee, calls[i].name))
            return true;
    return false;
}

bool fault_call_leaves(const struct fault_scan *scan, uint32_t call)
{
    return is_listed(scan, fault_callee(scan, call), EFFECT_LEAVES);
}

bool fault_call_is_tame(const struct fault_scan *scan, uint32_t call)
{
    struct view callee = fault_callee(scan, call);
    if (callee.length && is_listed(scan, callee, EFFECT_TAME)) return true;
    uint32_t function = fault_child(scan, call, FIELD_FUNCTION);
    if (!function || fault_shape(scan, function) != SHAPE_MEMBER) return false;
    uint32_t name = fault_child(scan, function, fault_is_python(scan) ? FIELD_ATTRIBUTE : FIELD_PROPERTY);
    struct view method = name ? fault_text(scan, scan->nodes[name].symbol) : (struct view){0};
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (methods[i].family == scan->family && view_equals_cstr(method, methods[i].name)) return true;
    return false;
}
