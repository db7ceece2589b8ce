/* hook_check.h - from a host's event to a decision: the part of the hook that reads untrusted text, which
 * runs in a process of its own. */
#ifndef CORDON_CORDON_HOOK_CHECK_H
#define CORDON_CORDON_HOOK_CHECK_H

#include "cordon/hook_host.h"
#include "cordon/options.h"

enum { HOOK_REASON_BYTES_MAX = 8000 };

struct hook_decision {
    bool allows;        /* zero means no */
    bool is_nested;     /* see hook_event.h */
    struct view reason; /* of a denial, for the model */
};

/* The arena owns the reason. False where cordon failed: that is a denial too. */
bool hook_check(struct hook_decision *decision, struct arena *arena, const struct options *options,
                enum hook_host host, struct view json, struct error *err);

#endif
