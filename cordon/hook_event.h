/* hook_event.h - what a host says its tool is about to do, and the code in it. The hosts' words differ and
 * grow; so the fields are read by what they mean, whatever the tool is called. */
#ifndef CORDON_CORDON_HOOK_EVENT_H
#define CORDON_CORDON_HOOK_EVENT_H

#include "cordon/hook_code.h"

struct hook_event {
    bool is_nested; /* the fields are tool_name and the like: where a host has two forms, the newer one */
    struct view session; /* as the host names it; may be empty */
    struct view folder;  /* absolute: where commands run */
};

/* Reads the event and adds its code, or its problems. The arena owns all. False where cordon failed. */
bool hook_event_take(struct hook_event *event, struct hook_codes *codes, struct arena *arena,
                     struct checker *checker, struct view json, struct error *err);

#endif
