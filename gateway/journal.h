/* journal.h - where a run's events go as they happen: what a program was allowed or refused, before it is
 * done, and what came of it. Shared by the threads of one run, each with a reference; whoever reads the
 * events may end earlier than the last thread. NULL is a journal that takes everything. */
#ifndef CORDON_GATEWAY_JOURNAL_H
#define CORDON_GATEWAY_JOURNAL_H

#include <jansson.h>
#include <stdbool.h>

/* Takes the reference to `fields`. False: the event is not on record. Called by one thread at a time. */
typedef bool journal_note_fn(void *context, const char *event, bool is_refusal, json_t *fields);

struct journal;

/* The caller has the one reference. NULL: no memory. */
struct journal *journal_new(journal_note_fn *note, void *context);
struct journal *journal_share(struct journal *journal);
void journal_free(struct journal *journal);

/* From now on nothing is noted, and the context not used; waits for a note under way. */
void journal_close(struct journal *journal);

/* False: it is not on record, so what is not done yet must not be done. Takes the reference to `fields`. */
bool journal_note(struct journal *journal, const char *event, bool is_refusal, json_t *fields);

#endif
