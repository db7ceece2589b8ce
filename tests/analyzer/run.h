/* run.h - everything from rule text and source to findings, for tests of what rules mean. */
#ifndef CORDON_TESTS_ANALYZER_RUN_H
#define CORDON_TESTS_ANALYZER_RUN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "analyzer/match.h"
#include "base/array.h"
#include "grammars/language.h"

struct run {
    struct arena arena;
    struct ruleset *ruleset;
    struct matcher *matcher;
    struct source source;
    struct syntax syntax;
    struct names names;
    struct finding_list findings;
};

static inline void run_clear(struct run *run)
{
    matcher_free(run->matcher);
    ruleset_free(run->ruleset);
    arena_clear(&run->arena);
}
#define AUTO_RUN CLEANUP(run_clear)

/* Looking for all of the rules' words at once finds the same. */
static inline void run_again(struct run *run, const char *rules)
{
    struct error err = {0};
    struct finding_list again = {0};
    matcher_hurry(run->matcher);
    if (!match_run(run->matcher, &run->arena, &run->syntax, &run->names, &again, &err))
        fail_msg("%s\n%s", err.message, rules);
    if (again.count != run->findings.count)
        fail_msg("%u findings with all words at once, %u without, by\n%s", again.count, run->findings.count,
                 rules);
    for (uint32_t i = 0; i < again.count; i++) {
        assert_int_equal(again.items[i].start, run->findings.items[i].start);
        assert_int_equal(again.items[i].end, run->findings.items[i].end);
    }
}

/* Everything from rule text to findings. */
static inline void run_rules(struct run *run, const char *language, const char *rules, struct view source)
{
    struct error err = {0};
    char text[1024];
    *run = (struct run){0};
    arena_init(&run->arena, 256u << 20);
    run->ruleset = ruleset_new();
    assert_non_null(run->ruleset);
    if (!ruleset_add_bytes(run->ruleset, VIEW("test.yaml"), view_of_cstr(rules), &err) ||
        !ruleset_compile(run->ruleset, &err))
        fail_msg("%s\n%s", error_format(&err, text, sizeof text), rules);
    run->matcher = matcher_new(run->ruleset);
    struct syntax_parser *parser = syntax_parser_new();
    assert_non_null(parser);
    bool is_fine = source_init(&run->source, &run->arena, VIEW("source"), source,
                               language_of_word(view_of_cstr(language)), &err) &&
                   syntax_parse(parser, &run->arena, &run->source, 5000, &run->syntax, &run->findings, &err);
    syntax_parser_free(parser);
    for (uint32_t i = 0; i < run->findings.count; i++)
        fail_msg("%.*s: %.*s", VIEW_ARGS(run->findings.items[i].message), VIEW_ARGS(source));
    if (!is_fine || !names_resolve(&run->arena, &run->syntax, &run->names, &run->findings, &err) ||
        !match_run(run->matcher, &run->arena, &run->syntax, &run->names, &run->findings, &err))
        fail_msg("%s", error_format(&err, text, sizeof text));
    run_again(run, rules);
}

/* "1 3 4": the distinct lines of the findings, in order. */
static inline void lines_of(const struct run *run, char *out, size_t size)
{
    uint32_t last = 0;
    size_t used = 0;
    out[0] = 0;
    for (uint32_t i = 0; i < run->findings.count; i++) {
        struct place place = source_place(&run->source, run->findings.items[i].start);
        if (place.line == last) continue;
        last = place.line;
        used += (size_t)snprintf(out + used, size - used, "%s%u", used ? " " : "", place.line);
    }
}

#endif
