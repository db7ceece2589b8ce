/* tls_library.h - OpenSSL 3, loaded when the first connection needs it: a check that has nothing to do with
 * it would pay for it at each start. Apart from the symbols of the process, since some (Node) have another
 * OpenSSL in them. */
#ifndef CORDON_GATEWAY_TLS_LIBRARY_H
#define CORDON_GATEWAY_TLS_LIBRARY_H

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <stdbool.h>

struct tls_library {
#define TLS_FUNCTION(library, name) __typeof__(name) *name;
#include "gateway/tls_library.def"
#undef TLS_FUNCTION
};

/* The functions, or NULL where the machine has no such library. Any thread; it stays loaded. */
const struct tls_library *tls_library_load(void);

#endif
