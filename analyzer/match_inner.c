/* match_inner.c - a metavariable's text as a source of its own: `metavariable-pattern` with `language:`. */
#include "analyzer/match_formula.h"
#include "base/array.h"

/* Wall time of parsing one text: it is a string of a source that was parsed in less. */
enum { INNER_PARSE_MS = 100 };

/* Steps that parsing a text costs, in all and for each byte: what they take of the time of a search. */
enum { INNER_STEPS = 500, INNER_STEPS_PER_BYTE = 10 };

struct inner {
    struct arena arena;
    struct source source;
    struct syntax syntax;
    struct names names;
    struct symbol_map map;
    struct evaluation evaluation;
};

static void inner_clear(struct inner **inner)
{
    if (!*inner) return;
    arena_clear(&(*inner)->arena);
    free(*inner);
}

/* Code of another language, or text alone (`language` NULL). False: it is no code. */
static bool inner_parse(struct evaluation *e, struct inner *inner, const struct language *language,
                        struct view text)
{
    struct finding_list ignored = {0};
    struct error err = {0};
    const struct language *own = language ? language : e->m.syntax->source->language;
    if (!source_init(&inner->source, &inner->arena, e->m.syntax->source->path, text, own, &err)) return false;
    inner->syntax.source = &inner->source;
    inner->syntax.symbols = e->m.syntax->symbols;
    if (!language) return true;
    if (!*e->parser) *e->parser = syntax_parser_new();
    if (!*e->parser || !syntax_parse(*e->parser, &inner->arena, &inner->source, INNER_PARSE_MS,
                                     &inner->syntax, &ignored, &err))
        return false;
    return inner->syntax.count && ignored.count == 0 &&
           names_resolve(&inner->arena, &inner->syntax, &inner->names, &ignored, &err) && ignored.count == 0;
}

static bool inner_init(struct evaluation *e, struct inner *inner, const struct language *language,
                       struct view text)
{
    arena_init(&inner->arena, LIMIT_ARENA_FLOOR_BYTES + LIMIT_ARENA_BYTES_PER_BYTE * text.length);
    if (!inner_parse(e, inner, language, text)) return false;
    uint32_t count = symbol_count(e->m.map->from) + 1;
    inner->map = (struct symbol_map){e->m.map->from, ARENA_NEW_ARRAY(&inner->arena, uint32_t, count + 1)};
    if (!inner->map.to) return false;
    memset(inner->map.to, 0xff, (count + 1) * sizeof *inner->map.to);
    struct evaluation *own = &inner->evaluation;
    *own = *e;
    own->explanation = NULL;
    own->m.found = NULL;
    own->m.arena = &inner->arena;
    own->m.syntax = &inner->syntax;
    own->m.names = &inner->names;
    own->m.map = &inner->map;
    own->m.steps = &own->steps;
    own->m.is_undecided = &own->is_undecided;
    own->m.declared = NULL;
    own->m.has_runners = false;
    own->is_text = !language;
    own->text_tokens = NULL;
    if (!language) return true;
    own->language = language->id;
    own->m.forms = form_table_of(language);
    return own->m.forms &&
           kind_index_make(&inner->arena, &inner->syntax, &inner->names, own->m.forms, &own->kinds);
}

/* What the inner formula captured, in terms of the source around it. NULL: memory is out, or it captured
 * something else than the range did. */
static const struct binding *bindings_lift(struct evaluation *e, const struct inner *inner,
                                           const struct range *range, const struct range *found,
                                           struct view text)
{
    const struct view whole = e->m.syntax->source->bytes;
    bool is_here = text.bytes >= whole.bytes && text.bytes + text.length <= whole.bytes + whole.length;
    uint32_t offset = is_here ? (uint32_t)(text.bytes - whole.bytes) : 0;
    struct binding *lifted = ARENA_NEW_ARRAY(e->m.arena, struct binding, e->m.slot_count + 1);
    if (!lifted) {
        e->is_undecided = true;
        return NULL;
    }
    for (uint32_t slot = 0; slot < e->m.slot_count; slot++) {
        const struct binding *from = &found->bindings[slot];
        struct binding *to = &lifted[slot];
        if (from->kind == BINDING_NONE) continue;
        to->kind = BINDING_TEXT;
        to->start = is_here ? offset + from->start : range->start;
        to->end = is_here ? offset + from->end : range->end;
        if (is_here) continue;
        struct view captured = view_slice(inner->source.bytes, from->start, from->end);
        captured = arena_copy(e->m.arena, captured);
        to->value = captured.bytes ? symbol_intern(e->m.syntax->symbols, captured) : 0;
    }
    return bindings_merge(e, range->bindings, lifted);
}

static void inner_run(struct evaluation *e, struct inner *inner, const struct program_condition *condition,
                      const struct range *range, struct view text, struct range_list *out)
{
    struct evaluation *own = &inner->evaluation;
    struct binding unbound[LIMIT_METAVARIABLES] = {0};
    uint32_t length = (uint32_t)text.length;
    const struct scope scope = {0, length, 0, length, unbound};
    struct range_list found = {0};
    formula_evaluate(own, condition->formula, &scope, &found);
    e->steps = own->steps;
    e->is_undecided |= own->is_undecided;
    for (uint32_t i = 0; i < found.count && !e->is_undecided; i++) {
        struct range kept = *range;
        kept.bindings = bindings_lift(e, inner, range, &found.items[i], text);
        if (kept.bindings) range_push(e, out, kept);
    }
}

void inner_holds(struct evaluation *e, const struct program_condition *condition, const struct range *range,
                 struct range_list *out)
{
    struct view text = binding_inside(&e->m, &range->bindings[condition->slot]);
    uint64_t cost = INNER_STEPS + INNER_STEPS_PER_BYTE * (uint64_t)text.length;
    if (e->steps < cost) {
        e->is_undecided = true;
        return;
    }
    e->steps -= cost;
    CLEANUP(inner_clear) struct inner *inner = calloc(1, sizeof *inner);
    const struct language *language = NULL;
    for (int i = 0; i < LANGUAGE_COUNT && !language; i++)
        if (condition->condition->language_mask & (1u << i)) language = &languages[i];
    if (!inner)
        e->is_undecided = true;
    else if (inner_init(e, inner, language, text))
        inner_run(e, inner, condition, range, text, out);
    else if (inner->arena.is_exhausted)
        e->is_undecided = true;
}
