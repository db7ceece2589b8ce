/* rule_image.h - a compiled rule set as bytes that need no compiling: the shipped rules', made by the build,
 * and an operator's own, kept in a cache.
 *
 * A rule is a unit: all that its struct rule and struct program reach, one piece behind the other, with the
 * list of the words in it that are addresses. Loading a unit copies it and adds to each of these where it now
 * stands. A unit is loaded when somebody first asks for its rule, so a source pays for the rules that look at
 * it.
 *
 * Nothing here knows what the pieces are made of. The rules are compiled twice, so that the two sets lie at
 * different addresses: a word that points to the same piece in both is an address, a word that is equal in
 * both is none, one whose upper half alone differs has padding there, and anything else is an error. A new
 * field of a rule needs no line here.
 *
 * An image is of one build: its words are this compiler's layout of this version's types. */
#ifndef CORDON_ANALYZER_RULE_IMAGE_H
#define CORDON_ANALYZER_RULE_IMAGE_H

#include "analyzer/ruleset.h"
#include "base/arena.h"

/* Adds rules to an empty set, which is then compiled; called twice, and does the same both times. */
typedef bool rule_image_fill(struct ruleset *ruleset, void *context, struct error *err);

/* The arena owns the image. False: the rules are wrong, or memory is out. */
bool rule_image_write(struct arena *arena, rule_image_fill *fill, void *context, struct view *image,
                      struct error *err);

/* A compiled set out of an image, which must outlive it and begin at a multiple of 16 bytes. The image is
 * believed: it is a part of the program, or rule_image_is_sound said yes. NULL with an error: no memory. */
struct ruleset *rule_image_open(struct view image, struct error *err);

/* The same, of bytes by malloc that the set takes, and frees. On failure they stay the caller's. */
struct ruleset *rule_image_adopt(struct view image, struct error *err);

/* Whether the bytes have the form of an image of this build, and nothing in it points out of it. For bytes
 * that come from a file; whether they were changed is for a digest to say. */
bool rule_image_is_sound(struct view bytes);

#endif
