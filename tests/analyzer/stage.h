/* stage.h - one source through guards, parser and names, for tests. */
#ifndef CORDON_TESTS_ANALYZER_STAGE_H
#define CORDON_TESTS_ANALYZER_STAGE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "analyzer/guard.h"
#include "analyzer/limits.h"
#include "analyzer/names.h"
#include "analyzer/syntax.h"
#include "base/cleanup.h"

struct stage {
    struct arena arena;
    struct source source;
    struct syntax syntax;
    struct names names;
    struct finding_list findings;
};

static inline void stage_clear(struct stage *stage)
{
    arena_clear(&stage->arena);
}
#define AUTO_STAGE CLEANUP(stage_clear)

/* As far as the guards let it. */
static inline void stage_run_view(struct stage *stage, const char *language, struct view bytes)
{
    struct error err = {0};
    struct syntax_parser *parser = syntax_parser_new();
    assert_non_null(parser);
    *stage = (struct stage){0};
    arena_init(&stage->arena, (size_t)1 << 30);
    bool is_fine =
        source_init(&stage->source, &stage->arena, VIEW("test"), bytes,
                    language_of_word(view_of_cstr(language)), &err) &&
        guard_scan(&stage->source, LIMIT_SOURCE_BYTES, &stage->arena, &stage->findings, &err) &&
        (stage->findings.count || syntax_parse(parser, &stage->arena, &stage->source, LIMIT_PARSE_MS,
                                               &stage->syntax, &stage->findings, &err)) &&
        (stage->findings.count ||
         names_resolve(&stage->arena, &stage->syntax, &stage->names, &stage->findings, &err));
    syntax_parser_free(parser);
    if (!is_fine) fail_msg("%s", err.message);
}

static inline void stage_run(struct stage *stage, const char *language, const char *text)
{
    stage_run_view(stage, language, view_of_cstr(text));
}

static inline bool stage_has(const struct stage *stage, enum guard guard)
{
    for (uint32_t i = 0; i < stage->findings.count; i++)
        if (view_equals_cstr(stage->findings.items[i].rule_id, guard_id(guard))) return true;
    return false;
}

/* No guard may have refused it. */
static inline void stage_run_whole(struct stage *stage, const char *language, const char *text)
{
    stage_run(stage, language, text);
    if (stage->findings.count)
        fail_msg("%.*s: %.*s\n%s", VIEW_ARGS(stage->findings.items[0].rule_id),
                 VIEW_ARGS(stage->findings.items[0].message), text);
}

#endif
