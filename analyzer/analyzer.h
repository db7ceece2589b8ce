/* analyzer.h - the analyzer's door: bytes -> report. Pure: never forks, never opens a socket, never prints.
 *
 *     source_read -> guard_scan -> syntax_parse -> (names) -> match_run -> verdict_decide
 *
 * A ruleset is compiled once and shared by threads; a checker belongs to one thread at a time. */
#ifndef CORDON_ANALYZER_ANALYZER_H
#define CORDON_ANALYZER_ANALYZER_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/fault.h"
#include "analyzer/finding.h"
#include "analyzer/fixture.h"
#include "analyzer/guard.h"
#include "analyzer/limits.h"
#include "analyzer/rule.h"
#include "analyzer/rule_folder.h"
#include "analyzer/rule_image.h"
#include "analyzer/ruleset.h"
#include "analyzer/shell_command.h"
#include "analyzer/source.h"
#include "analyzer/verdict.h"
#include "base/arena.h"
#include "base/error.h"
#include "grammars/language.h"

struct checker_options {
    const struct ruleset *ruleset; /* compiled; outlives the checker */
    struct verdict_policy policy;
    bool ignores_rule_paths; /* for tests of rules */
    bool
        is_hurried; /* looks for all words of the rules at once from the first source on: see matcher_hurry */
    bool has_faults;                   /* the analyzer's own findings too (fault.h) */
    const struct module_list *modules; /* what may be imported beside the language's own; NULL: nothing */
    uint32_t source_limit_bytes;       /* 0: LIMIT_SOURCE_BYTES; at most LIMIT_SOURCE_BYTES_MAX */
    uint32_t parse_deadline_ms;        /* 0: LIMIT_PARSE_MS */
};

struct report {
    struct arena arena; /* owns all below */
    struct source source;
    struct finding_list findings; /* in source order */
    struct verdict verdict;       /* the zero value rejects */
};

struct checker;

/* NULL with an error: bad options or no memory. */
struct checker *checker_new(const struct checker_options *options, struct error *err);
void checker_free(struct checker *checker);

/* Checks one source and fills the report, which the caller clears. The path, the bytes and the rule set must
 * outlive the report. False: cordon could not decide (the report then rejects). */
bool checker_check(struct checker *checker, struct view path, struct view bytes,
                   const struct language *language, struct report *report, struct error *err);
/* The same for text of no language: rules for `generic` and `regex`. */
bool checker_check_text(struct checker *checker, struct view path, struct view bytes, struct report *report,
                        struct error *err);
/* An empty report with room for what a source of so many bytes comes to, of which so many are judged: for who
 * fills a report by himself. */
void report_init(struct report *report, size_t source_bytes, size_t judged_bytes);
void report_clear(struct report *report);

/* Reads a shell text and lists what it starts; what a guard says of it is in the report, whose arena owns the
 * lists. Where nothing could be parsed they are empty. False: cordon could not decide. */
bool checker_read_shell(struct checker *checker, struct view path, struct view bytes, struct report *report,
                        struct shell_text *text, struct error *err);

/* The stages, for `cordon tree`, `cordon names` and `cordon match --explain`: each returns text in the arena
 * of the report, which holds the source and, where a guard refused it, the findings. */
bool checker_print_tree(struct checker *checker, struct view path, struct view bytes,
                        const struct language *language, struct report *report, struct view *text,
                        struct error *err);
bool checker_print_names(struct checker *checker, struct view path, struct view bytes,
                         const struct language *language, struct report *report, struct view *text,
                         struct error *err);
bool checker_explain(struct checker *checker, const struct rule *rule, struct view path, struct view bytes,
                     const struct language *language, struct report *report, struct view *text,
                     struct error *err);

#endif
