/* match.h - rules x nodes -> findings, in source order (start, end, rule id).
 *
 * A matcher is the running side (regex scratch, step budget); a ruleset is the compiled side. One thread at
 * a time per matcher. */
#ifndef CORDON_ANALYZER_MATCH_H
#define CORDON_ANALYZER_MATCH_H

#include "analyzer/finding.h"
#include "analyzer/names.h"
#include "analyzer/ruleset.h"
#include "analyzer/syntax.h"

struct matcher;

struct matcher *matcher_new(const struct ruleset *ruleset);
void matcher_free(struct matcher *matcher);
/* From here on the `paths` of rules do not matter: their tests. */
void matcher_ignore_paths(struct matcher *matcher);
/* From now on looks for all words of the rules at once, as it does by itself when it has seen more than a
 * little source. It finds the same. */
void matcher_hurry(struct matcher *matcher);

/* A source without a language (no nodes, no names) is text: only rules that see text run.
 *
 * A rule that runs out of steps adds a guard finding (GUARD_BUDGET) that names it. Returns false only where
 * cordon itself failed. */
bool match_run(struct matcher *matcher, struct arena *arena, const struct syntax *syntax,
               const struct names *names, struct finding_list *findings, struct error *err);

/* Says for every operator of one rule, a line each, why it did or did not hold; the text lives in the arena.
 */
bool match_explain(struct matcher *matcher, struct arena *arena, const struct syntax *syntax,
                   const struct names *names, const struct rule *rule, struct view *text, struct error *err);

#endif
