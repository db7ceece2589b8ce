/* hook_host.h - the hosts by name, and how each wants its answer. */
#ifndef CORDON_CORDON_HOOK_HOST_H
#define CORDON_CORDON_HOOK_HOST_H

#include <jansson.h>
#include <stdbool.h>

#include "base/view.h"

enum hook_host {
#define HOST(name, word, project, user) HOOK_HOST_##name,
#include "cordon/hook_host.def"
#undef HOST
    HOOK_HOST_COUNT
};

const char *hook_host_word(enum hook_host host);
/* Relative to the project, or to the user's home. */
const char *hook_host_settings(enum hook_host host, bool is_global);
/* HOOK_HOST_COUNT: none. */
enum hook_host hook_host_of_word(struct view word);
const char *const *hook_host_words(void);

/* The object that denies, with the reason for the model. `is_nested`: see hook_event.h. A new reference. */
json_t *hook_host_denial(enum hook_host host, bool is_nested, struct view reason);

#endif
