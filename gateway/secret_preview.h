/* secret_preview.h - what a request would become, without a value, a cell or a connection. */
#ifndef CORDON_GATEWAY_SECRET_PREVIEW_H
#define CORDON_GATEWAY_SECRET_PREVIEW_H

#include "base/arena.h"
#include "gateway/secret.h"

struct secret_preview {
    const struct secret_rule *rule; /* which secret; NULL: none is for this request */
    const char *refusal;            /* why it would not be sent; NULL: it would */
    struct view head;               /* what is sent, the secret as stars, lines ended by LF */
};

/* `url` as the program would ask for it. False: it is no request, and `err` says why. */
bool secret_preview_make(struct secret_preview *preview, const struct secret_rule *rules, uint32_t count,
                         struct view method, struct view url, struct arena *arena, struct error *err);

#endif
