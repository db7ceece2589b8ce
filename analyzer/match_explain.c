/* What the evaluation of a formula says about itself, a line for each operator. */
#include <stdarg.h>
#include <stdio.h>

#include "analyzer/match_formula.h"

/* Lines named for each operator; the count is always whole. */
enum { EXPLAIN_LINES = 8 };

static void put(struct evaluation *e, const char *text)
{
    for (; *text; text++)
        if (!ARRAY_PUSH(e->m.arena, &e->explanation->text, *text)) return;
}

void explain(struct evaluation *e, const char *format, ...)
{
    char line[256];
    if (!e->explanation) return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line, sizeof line, format, arguments);
    va_end(arguments);
    for (unsigned i = 0; i < e->explanation->depth; i++) put(e, "  ");
    put(e, line);
    put(e, "\n");
}

void explain_ranges(struct evaluation *e, const struct range_list *ranges)
{
    char text[64];
    if (!e->explanation) return;
    for (unsigned i = 0; i < e->explanation->depth; i++) put(e, "  ");
    snprintf(text, sizeof text, "= %u range%s", ranges->count, ranges->count == 1 ? "" : "s");
    put(e, text);
    for (uint32_t i = 0; i < ranges->count && i < EXPLAIN_LINES; i++) {
        struct place start = source_place(e->m.syntax->source, ranges->items[i].start);
        struct place end = source_place(e->m.syntax->source, ranges->items[i].end);
        snprintf(text, sizeof text, "%s%u:%u-%u:%u", i ? ", " : ": ", start.line, start.col, end.line,
                 end.col);
        put(e, text);
    }
    put(e, ranges->count > EXPLAIN_LINES ? ", ...\n" : "\n");
}
