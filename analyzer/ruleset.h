/* ruleset.h - rules compiled: pattern text parsed with the language's own grammar, regexes compiled, indexed
 * by the symbols that they need. Immutable once made; shared by any number of threads. */
#ifndef CORDON_ANALYZER_RULESET_H
#define CORDON_ANALYZER_RULESET_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/rule.h"
#include "base/error.h"

struct ruleset;

/* An empty set that owns what is added to it. NULL: no memory. */
struct ruleset *ruleset_new(void);
void ruleset_free(struct ruleset *ruleset);

/* From here on what is wrong with rules is added to `errors` (in the set's arena), a rule with a complaint is
 * left out, and adding and compiling go on: for `rules check`. They then fail only where cordon itself does.
 */
void ruleset_collect(struct ruleset *ruleset, struct error_list *errors);

/* Each adds rules; two rules of one id are an error. `path` names the bytes in places. */
bool ruleset_add_bytes(struct ruleset *ruleset, struct view path, struct view bytes, struct error *err);
/* A file, or a folder's .yaml and .yml files (not hidden ones, not *.test.yaml), walked in sorted order. */
bool ruleset_add_path(struct ruleset *ruleset, const char *path, struct error *err);

/* Compiles all that was added; nothing can be added afterwards. */
bool ruleset_compile(struct ruleset *ruleset, struct error *err);

/* Loads all that is otherwise loaded or made when it is first asked for, here and in the languages' tables:
 * before a fork, so that no copy does it again. */
void ruleset_warm(const struct ruleset *ruleset);

uint32_t ruleset_count(const struct ruleset *ruleset);
const struct rule *ruleset_rule(const struct ruleset *ruleset, uint32_t index);
/* NULL where there is none. */
const struct rule *ruleset_find(const struct ruleset *ruleset, struct view id);
/* SHA-256 over the rule files' bytes in the order added. */
const char *ruleset_digest(const struct ruleset *ruleset);

#endif
