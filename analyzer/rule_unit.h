/* rule_unit.h - the form of a rule image, and the running side of one. Between rule_image*.c and ruleset.c.
 */
#ifndef CORDON_ANALYZER_RULE_UNIT_H
#define CORDON_ANALYZER_RULE_UNIT_H

#include "analyzer/match_tree.h"
#include "analyzer/program.h"

enum { IMAGE_ALIGNMENT = 16 };

/* Offsets are from the start of the image unless something else is said. */
struct image_header {
    char magic[16];
    uint32_t total_bytes;
    uint32_t rule_count, symbol_count, word_count, unit_bytes;
    uint32_t units_at;   /* struct image_unit, one for each rule */
    uint32_t symbols_at; /* uint32_t, one more than symbols: where texts begin, from texts_at */
    uint32_t texts_at;
    uint32_t words_at;  /* the lists of all units */
    uint32_t memory_at; /* the units, unit_bytes in all */
    struct digest digest;
};

/* A list of places in a unit, as offsets from the start of all units. */
struct image_list {
    uint32_t from, count; /* in the words */
};

struct image_unit {
    uint32_t at, end;             /* in the memory */
    uint32_t program_at, rule_at; /* in the memory */
    struct image_list addresses;  /* each holds what it points to, as an offset in the memory */
    struct image_list forms;      /* each holds the number of the language whose form table it points to */
    struct image_list regexes;    /* struct regex */
    struct image_list needs[LANGUAGE_COUNT]; /* of a rule for code: rule_need.h, by the source's language */
    uint32_t language_mask;
    bool is_text;
};

extern const char image_magic[16];

struct rule_image;

struct rule_image *rule_image_new(struct view image);
void rule_image_free(struct rule_image *image);
uint32_t rule_image_count(const struct rule_image *image);
/* Loads the unit where it is not there yet. Any thread. */
const struct program *rule_image_program(struct rule_image *image, uint32_t index);
/* Makes the code of every regex in the units that are loaded. */
void rule_image_warm(struct rule_image *image);
/* Without loading it: whether the rule is for text, or for one of these languages. */
bool rule_image_concerns(const struct rule_image *image, uint32_t index, uint32_t language_mask);
/* The same: whether a source of this language, which is one of the rule's, has what the rule needs. */
bool rule_image_may_match(const struct rule_image *image, uint32_t index, enum language_id language,
                          struct symbol_map *map, const struct symbol_table *symbols);

/* The words of what it needs, in the image. */
const uint32_t *rule_image_need(const struct rule_image *image, uint32_t index, enum language_id language,
                                uint32_t *count);

/* Of any compiled set: what a rule needs of a source of this language, read from the image or written into
 * the arena. False: no memory. */
struct need_words;
bool ruleset_need(const struct ruleset *ruleset, uint32_t index, enum language_id language,
                  struct arena *arena, struct need_words *words);

/* Of any compiled set. True where it is not known without the rule. */
bool ruleset_may_match(const struct ruleset *ruleset, uint32_t index, enum language_id language,
                       struct symbol_map *map, const struct symbol_table *symbols);

#endif
