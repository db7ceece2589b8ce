/* rule_cache.h - an operator's rules, compiled once: images (analyzer/rule_image.h) by the digest of what
 * they were made of, in the folder of base/own_folder.h, in which only this user and root can write.
 *
 * An entry is of one build of cordon: the key has the linker's build id in it. An entry that is damaged, that
 * is not the user's own, or that others can write to is passed over. Any thread, any number of processes. */
#ifndef CORDON_CORDON_RULE_CACHE_H
#define CORDON_CORDON_RULE_CACHE_H

#include "analyzer/analyzer.h"
#include "base/digest.h"

enum { RULE_CACHE_ENTRIES_MAX = 16 };

/* Whether there is a folder to keep anything in. */
bool rule_cache_is_there(void);

/* The compiled set of a key. NULL: there is none that can be used, or no cache. */
struct ruleset *rule_cache_find(const struct digest *key);

/* Keeps an image under a key and lets go of those that were not used for the longest. Best effort. */
void rule_cache_keep(const struct digest *key, struct view image);

/* Adds what tells this build of cordon from any other. False: nothing does, so nothing can be kept. */
bool rule_cache_build(struct digest_sum *sum);

#endif
