/* digest.h - SHA-256 (FIPS 180-4), by nettle. */
#ifndef CORDON_BASE_DIGEST_H
#define CORDON_BASE_DIGEST_H

#include <nettle/sha2.h>

#include "base/view.h"

enum { DIGEST_HEX_BYTES = 64 };

struct digest {
    char hex[DIGEST_HEX_BYTES + 1]; /* lower case, NUL-terminated */
};

struct digest digest_sha256(struct view bytes);

/* The same of bytes that come in pieces: zero or more adds between init and end. */
struct digest_sum {
    struct sha256_ctx context;
};

void digest_sum_init(struct digest_sum *sum);
void digest_sum_add(struct digest_sum *sum, struct view bytes);
struct digest digest_sum_end(struct digest_sum *sum);

#endif
