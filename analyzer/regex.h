/* regex.h - PCRE2 with JIT and with limits: compiled once and shared, run with a scratch of one's own.
 *
 * A compiled regex may be used by any thread; a scratch belongs to one at a time. */
#ifndef CORDON_ANALYZER_REGEX_H
#define CORDON_ANALYZER_REGEX_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/regex_need.h"
#include "analyzer/regex_trait.h"
#include "base/arena.h"
#include "base/error.h"
#include "base/view.h"

struct regex;

/* All regexes of a rule set, so that they can be freed. */
struct regex_list {
    struct regex **items;
    uint32_t count, capacity;
    struct symbol_table *symbols; /* which takes what they need; NULL: nobody asks */
};

enum regex_mode {
    REGEX_SEARCH,   /* anywhere; ^ and $ at every line */
    REGEX_ANCHORED, /* at the start of the text */
};

enum regex_answer {
    REGEX_NO,
    REGEX_YES,
    REGEX_LIMIT, /* a limit of match steps, depth or heap was reached: undecided */
};

struct regex_scratch;

/* The list owns the regex. NULL with an error whose message says where in the regex it is wrong. */
const struct regex *regex_compile(struct arena *arena, struct regex_list *list, struct view text,
                                  enum regex_mode mode, struct error *err);
void regex_list_clear(struct regex_list *list);
/* Keeps its code as bytes, in the arena, from which it is made again faster than from its text. */
bool regex_save(struct regex *regex, struct arena *arena);
/* Frees what PCRE2 made of it, which is made again when it is next run. */
void regex_rest(struct regex *regex);
/* The same for a copy of one, whose code is not its own. */
void regex_wake(struct regex *regex);
size_t regex_size(void); /* of a struct regex */
/* The texts of which one must be there for the regex to match. */
const struct regex_need *regex_need_of(const struct regex *regex);
uint32_t regex_group_count(const struct regex *regex);
/* The name of a group, in the regex's own memory; empty: it has none. */
struct view regex_group_name(const struct regex *regex, uint32_t group);

struct regex_scratch *regex_scratch_new(void);
void regex_scratch_free(struct regex_scratch *scratch);

/* Runs from byte `from` of the text. On REGEX_YES the groups' spans are in the scratch until the next run. */
enum regex_answer regex_run(const struct regex *regex, struct regex_scratch *scratch, struct view text,
                            uint32_t from);
/* Whether it matches at all: of a regex that was taken apart, the parts whose texts were found in the source
 * that the text is of, or read out of. `found` as regex_need.h has it, `classes` as regex_trait.h; no groups
 * are set. */
enum regex_answer regex_holds(const struct regex *regex, struct regex_scratch *scratch, struct view text,
                              uint64_t classes, const uint64_t *found);
/* False: it does not match the text. */
bool regex_admits(const struct regex *regex, struct view text, uint64_t classes);
/* False where the group took no part. Group 0 is the whole match. */
bool regex_group(const struct regex_scratch *scratch, uint32_t group, uint32_t *start, uint32_t *end);

#endif
