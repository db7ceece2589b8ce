/* keyring_inner.h - what a keyring has in it, for the gateway alone. */
#ifndef CORDON_GATEWAY_KEYRING_INNER_H
#define CORDON_GATEWAY_KEYRING_INNER_H

#include <stdatomic.h>

#include "base/arena.h"
#include "gateway/authority.h"
#include "gateway/keyring.h"
#include "gateway/tls.h"
#include "gateway/vault.h"

/* "cordon-placeholder-" and 32 hexadecimal digits; a placeholder goes on with "-NAME". */
enum { KEYRING_TOKEN_BYTES = 64 };

struct keyring {
    atomic_uint references;
    struct arena arena; /* of the rules */
    struct secret_rule *rules;
    uint32_t count;
    struct vault *vault;
    struct tls_trust *trust;          /* NULL where nothing speaks TLS */
    struct capability_set intercepts; /* hosts whose TLS is ended here */
    struct authority *authority;      /* NULL where there are none */
    char token[KEYRING_TOKEN_BYTES];
    const char **variables;
};

#endif
