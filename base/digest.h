/* digest.h - SHA-256 (FIPS 180-4), by nettle. */
#ifndef CORDON_BASE_DIGEST_H
#define CORDON_BASE_DIGEST_H

#include "base/view.h"

enum { DIGEST_HEX_BYTES = 64 };

struct digest {
    char hex[DIGEST_HEX_BYTES + 1]; /* lower case, NUL-terminated */
};

struct digest digest_sha256(struct view bytes);

#endif
