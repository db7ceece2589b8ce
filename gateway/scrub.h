/* scrub.h - takes a secret out of what a server answers, in the forms in which servers give back what they
 * were sent: as it is, percent-encoded, escaped as in JSON or HTML (each byte or only some, in either case of
 * letters), in hexadecimal, and as a part of base64. A found one is overwritten by stars, so lengths stay.
 *
 * No I/O. One scrub belongs to one answer and one thread, and lives in memory that is wiped. */
#ifndef CORDON_GATEWAY_SCRUB_H
#define CORDON_GATEWAY_SCRUB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/view.h"
#include "gateway/secret.h"

/* Forms that are looked for byte by byte: base64 at three offsets, in two alphabets. */
enum { SCRUB_FORMS_MAX = 6, SCRUB_FORM_BYTES = SECRET_VALUE_MAX / 3 * 4 + 8 };

/* One byte of the secret takes at most so many of the text: "\u0041", "&#x41;". */
enum { SCRUB_UNIT_BYTES = 6 };

struct scrub {
    struct view secret; /* the one to find; outlives the scrub */
    struct {
        char bytes[SCRUB_FORM_BYTES];
        size_t length;
    } forms[SCRUB_FORMS_MAX];
    size_t form_count;
    size_t span_bytes; /* no appearance is longer */
    bool starts[256];  /* bytes with which one can begin */
    uint64_t found;    /* how many were overwritten */
};

/* `secret` without bytes: nothing is looked for. */
void scrub_init(struct scrub *scrub, struct view secret);

/* Overwrites what is in `text`, and returns how many of its first bytes may be passed on: the rest could be
 * the beginning of an appearance and is to be given again with what follows it. How many are held back
 * depends on the length and on the line breaks alone, not on the secret: otherwise a program could ask
 * whether bytes of its choice begin the secret. With `is_end` all of them. */
size_t scrub_run(struct scrub *scrub, char *text, size_t length, bool is_end);

#endif
