#include "analyzer/match_report.h"

#include <stdlib.h>

#include "analyzer/guard.h"
#include "base/array.h"

struct text {
    struct arena *arena;
    ARRAY_OF(char) out;
    bool is_out_of_memory;
};

static void put(struct text *text, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (!ARRAY_PUSH(text->arena, &text->out, bytes[i])) text->is_out_of_memory = true;
}

/* Source text in a message: bounded, on one line, without control characters that a terminal obeys. */
static void put_capture(struct text *text, struct view capture)
{
    size_t length = capture.length;
    if (length > LIMIT_MESSAGE_CAPTURE_BYTES) {
        length = LIMIT_MESSAGE_CAPTURE_BYTES;
        while (length > 0 && ((unsigned char)capture.bytes[length] & 0xC0) == 0x80) length--;
    }
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)capture.bytes[i];
        char escape[8];
        if (byte >= 0x20 && byte != 0x7f) {
            put(text, &capture.bytes[i], 1);
        } else if (byte == '\n') {
            put(text, "\\n", 2);
        } else {
            int written = snprintf(escape, sizeof escape, "\\x%02x", byte);
            put(text, escape, (size_t)written);
        }
    }
    if (length < capture.length) put(text, "...", 3);
}

static size_t metavariable_length(struct view text)
{
    size_t length = view_starts_with(text, VIEW("$...")) ? 4 : 1;
    size_t start = length;
    while (length < text.length &&
           (text.bytes[length] == '_' || (text.bytes[length] >= 'A' && text.bytes[length] <= 'Z') ||
            (text.bytes[length] >= '0' && text.bytes[length] <= '9')))
        length++;
    return length > start ? length : 0;
}

/* A text with each metavariable that is bound replaced by what it captured: bounded and on one line (a
 * message), or as it is (a fix). */
static struct view text_fill(struct evaluation *e, const struct program *program, const struct range *range,
                             struct view message, bool is_message)
{
    if (view_find_byte(message, '$') == SIZE_MAX) return message;
    struct text text = {.arena = e->m.arena};
    for (size_t i = 0; i < message.length;) {
        struct view rest = view_slice(message, i, message.length);
        size_t length = rest.bytes[0] == '$' ? metavariable_length(rest) : 0;
        uint16_t slot = length ? slot_find(&program->slots, view_slice(rest, 0, length)) : UINT16_MAX;
        if (slot != UINT16_MAX && range->bindings[slot].kind != BINDING_NONE) {
            const struct binding *binding = &range->bindings[slot];
            struct view capture = view_slice(e->m.syntax->source->bytes, binding->start, binding->end);
            if (binding->value) capture = symbol_text(e->m.syntax->symbols, binding->value);
            if (is_message)
                put_capture(&text, capture);
            else
                put(&text, capture.bytes, capture.length);
            i += length;
        } else {
            put(&text, rest.bytes, 1);
            i++;
        }
    }
    return text.is_out_of_memory ? message : view_make(text.out.items, text.out.count);
}

/* Whether this constant says what an argument of this kind is: a number is no path and no host, None is
 * nothing. */
static bool is_argument(const struct evaluation *e, const struct binding *binding, enum capability_kind kind)
{
    uint8_t constant = CONSTANT_TEXT;
    if (binding->kind == BINDING_NODE && e->m.names->constant_kind &&
        e->m.names->constant_kind[binding->node] != CONSTANT_NONE)
        constant = e->m.names->constant_kind[binding->node];
    if (constant == CONSTANT_NUMBER) return capability_argument_of(kind) == CAPABILITY_ARGUMENT_PORT;
    return constant != CONSTANT_WORD;
}

/* The constant text that a captured thing is known to be. */
static bool constant_of(const struct evaluation *e, const struct binding *binding, struct view *value)
{
    uint32_t symbol = binding->value;
    bool has_node = binding->kind == BINDING_NODE || (binding->kind == BINDING_TEXT && binding->node);
    if (!symbol && has_node && e->m.names->constant) symbol = e->m.names->constant[binding->node];
    if (symbol) {
        *value = symbol_text(e->m.syntax->symbols, symbol);
        return true;
    }
    if (binding->kind == BINDING_NONE || binding->kind == BINDING_SPAN) return false;
    if (binding->kind == BINDING_NODE && !node_is_plain_string(e->m.syntax, e->m.forms, binding->node))
        return false;
    *value = binding_inside(&e->m, binding);
    /* an escape that was not decoded hides what the text really is */
    return view_find_byte(*value, '\\') == SIZE_MAX;
}

/* The port behind the host, where it is known; without one the use is of every port. */
static void port_add(const struct evaluation *e, const struct program *program, const struct range *range,
                     struct capability *capability)
{
    struct view port;
    if (program->port_slot == UINT16_MAX) return;
    const struct binding *binding = &range->bindings[program->port_slot];
    if (!constant_of(e, binding, &port) || !is_argument(e, binding, CAPABILITY_NET_LISTEN)) return;
    struct view both =
        arena_format(e->m.arena, "%.*s:%.*s", VIEW_ARGS(capability->argument), VIEW_ARGS(port));
    if (both.bytes) capability->argument = both;
}

/* The name of a member says by itself what it names: `tools.query`. */
static bool member_name_of(const struct evaluation *e, const struct binding *binding, struct view *name)
{
    const struct syntax *syntax = e->m.syntax;
    if (binding->kind != BINDING_NODE) return false;
    uint32_t node = binding->node, parent = syntax->nodes[node].parent;
    bool is_name = node > 0 && form_at(&e->m, parent).role == FORM_MEMBER && node > parent + 1 &&
                   syntax->nodes[node].next == node + 1;
    if (is_name) *name = binding_inside(&e->m, binding);
    return is_name;
}

static struct capability capability_of(const struct evaluation *e, const struct program *program,
                                       const struct range *range)
{
    struct capability capability = {.kind = program->rule->capability};
    if (program->argument_slot != UINT16_MAX) {
        const struct binding *binding = &range->bindings[program->argument_slot];
        capability.is_known = constant_of(e, binding, &capability.argument) &&
                              is_argument(e, binding, program->rule->capability);
        if (!capability.is_known) capability.argument = (struct view){0};
        if (capability.is_known) port_add(e, program, range, &capability);
        bool may_begin = capability_argument_of(capability.kind) == CAPABILITY_ARGUMENT_HOST &&
                         binding->kind == BINDING_NODE && program->port_slot == UINT16_MAX;
        if (may_begin && !capability.is_known)
            capability.is_known = match_url_beginning(&e->m, e->m.arena, binding->node, &capability.argument);
        bool is_name = capability_argument_of(capability.kind) == CAPABILITY_ARGUMENT_NAME;
        if (is_name && !capability.is_known)
            capability.is_known = member_name_of(e, binding, &capability.argument);
    } else if (program->rule->capability_argument.length) {
        capability.is_known = true;
        capability.argument = program->rule->capability_argument;
    }
    return capability;
}

static bool captures_of(struct evaluation *e, const struct program *program, const struct range *range,
                        struct finding *finding)
{
    struct capture *captures = ARENA_NEW_ARRAY(e->m.arena, struct capture, program->slots.count + 1);
    if (!captures) return false;
    for (uint32_t slot = 0; slot < program->slots.count; slot++) {
        const struct binding *binding = &range->bindings[slot];
        if (binding->kind == BINDING_NONE) continue;
        struct capture *capture = &captures[finding->capture_count++];
        *capture = (struct capture){program->slots.items[slot], binding->start, binding->end, {0}};
        bool is_known = constant_of(e, binding, &capture->value);
        if (!is_known) capture->value = (struct view){0};
        if (!is_known && binding->kind == BINDING_NODE && e->m.names->qualified &&
            e->m.names->qualified[binding->node])
            capture->value = symbol_text(e->m.syntax->symbols, e->m.names->qualified[binding->node]);
    }
    finding->captures = captures;
    return true;
}

/* What a replacement says for one match of fix-regex: groups by number, with the backslash of one place. */
static void put_replacement(struct text *text, const struct evaluation *e, struct view replacement,
                            struct view matched)
{
    for (size_t i = 0; i < replacement.length; i++) {
        char c = replacement.bytes[i], next = i + 1 < replacement.length ? replacement.bytes[i + 1] : 0;
        uint32_t start, end;
        bool is_group = (c == '\\' || c == '$') && next >= '0' && next <= '9';
        if (is_group && regex_group(e->m.scratch, (uint32_t)(next - '0'), &start, &end))
            put(text, matched.bytes + start, end - start);
        else if (!is_group)
            put(text, &replacement.bytes[i], 1);
        i += is_group;
    }
}

/* What the rule would put in the match's place. A regex that reaches a limit proposes nothing. */
static void fix_of(struct evaluation *e, const struct program *program, const struct range *range,
                   struct finding *finding)
{
    const struct rule *rule = program->rule;
    if (rule->fix.length) {
        finding->has_fix = true;
        finding->fix = text_fill(e, program, range, rule->fix, false);
    }
    if (!program->fix_regex || rule->fix.length) return;
    struct view matched = view_slice(e->m.syntax->source->bytes, range->start, range->end);
    struct text text = {.arena = e->m.arena};
    uint32_t from = 0, count = 0, start, end;
    while (from <= matched.length && (!rule->fix_count || count < rule->fix_count) &&
           regex_run(program->fix_regex, e->m.scratch, matched, from) == REGEX_YES &&
           regex_group(e->m.scratch, 0, &start, &end)) {
        put(&text, matched.bytes + from, start - from);
        put_replacement(&text, e, rule->fix_replacement, matched);
        if (end == start && end < matched.length) put(&text, &matched.bytes[end], 1);
        from = end > start ? end : end + 1;
        count++;
    }
    if (from < matched.length) put(&text, matched.bytes + from, matched.length - from);
    finding->has_fix = count > 0 && !text.is_out_of_memory;
    finding->fix = view_make(text.out.items, text.out.count);
}

bool report_ranges(struct evaluation *e, const struct program *program, const struct range_list *ranges,
                   struct finding_list *findings)
{
    uint32_t last_start = UINT32_MAX, last_end = 0;
    for (uint32_t i = 0; i < ranges->count; i++) {
        const struct range *range = &ranges->items[i];
        if (range->start == last_start && range->end == last_end) continue;
        last_start = range->start;
        last_end = range->end;
        struct finding finding = {.rule_id = program->rule->id,
                                  .severity = program->rule->severity,
                                  .message = text_fill(e, program, range, program->rule->message, true),
                                  .help = program->rule->help,
                                  .start = range->start,
                                  .end = range->end,
                                  .capability = capability_of(e, program, range)};
        if (!captures_of(e, program, range, &finding)) return false;
        fix_of(e, program, range, &finding);
        if (!ARRAY_PUSH(e->m.arena, findings, finding)) return false;
    }
    return true;
}

static int finding_compare(const void *left, const void *right)
{
    const struct finding *a = left, *b = right;
    if (a->start != b->start) return a->start < b->start ? -1 : 1;
    if (a->end != b->end) return a->end < b->end ? -1 : 1;
    return view_compare(a->rule_id, b->rule_id);
}

bool report_sort(struct finding_list *findings, struct arena *arena)
{
    if (findings->count > 1)
        qsort(findings->items, findings->count, sizeof *findings->items, finding_compare);
    if (findings->count <= LIMIT_FINDINGS) return true;
    uint32_t count = findings->count;
    findings->count = LIMIT_FINDINGS;
    return guard_report(findings, arena, GUARD_FINDINGS, 0, 0, "%u findings, of which %u are listed", count,
                        LIMIT_FINDINGS);
}
