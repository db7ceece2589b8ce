#include "gateway/journal.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

struct journal {
    atomic_uint references;
    pthread_mutex_t lock;  /* of all below */
    journal_note_fn *note; /* NULL: closed */
    void *context;
};

struct journal *journal_new(journal_note_fn *note, void *context)
{
    struct journal *journal = calloc(1, sizeof *journal);
    if (!journal) return NULL;
    atomic_init(&journal->references, 1);
    pthread_mutex_init(&journal->lock, NULL);
    journal->note = note;
    journal->context = context;
    return journal;
}

struct journal *journal_share(struct journal *journal)
{
    if (journal) atomic_fetch_add(&journal->references, 1);
    return journal;
}

void journal_free(struct journal *journal)
{
    if (!journal || atomic_fetch_sub(&journal->references, 1) != 1) return;
    pthread_mutex_destroy(&journal->lock);
    free(journal);
}

void journal_close(struct journal *journal)
{
    if (!journal) return;
    pthread_mutex_lock(&journal->lock);
    journal->note = NULL;
    pthread_mutex_unlock(&journal->lock);
}

bool journal_note(struct journal *journal, const char *event, bool is_refusal, json_t *fields)
{
    if (!journal) {
        json_decref(fields);
        return true;
    }
    pthread_mutex_lock(&journal->lock);
    bool is_noted = journal->note && fields && journal->note(journal->context, event, is_refusal, fields);
    if (!journal->note) json_decref(fields);
    pthread_mutex_unlock(&journal->lock);
    return is_noted;
}
