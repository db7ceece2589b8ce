/* tls.h - TLS on a connected socket: towards servers with their certificates verified, by OpenSSL. Plain text
 * is wiped from the library's buffers when a connection ends. Sockets are non-blocking. */
#ifndef CORDON_GATEWAY_TLS_H
#define CORDON_GATEWAY_TLS_H

#include "base/error.h"

/* What servers are known by: the machine's certificates and perhaps further ones. Shared by threads. */
struct tls_trust;

/* `authorities`: a PEM file beside the machine's, or NULL. NULL: no library, or no such file. */
struct tls_trust *tls_trust_new(const char *authorities, struct error *err);
void tls_trust_free(struct tls_trust *trust); /* NULL is fine */

/* One connection. One thread. */
struct ssl_st;

/* What came of a call: bytes, or one of these. */
enum { TLS_END = 0, TLS_FAILED = -1, TLS_WANTS_READ = -2, TLS_WANTS_WRITE = -3 };

/* NULL without memory. The host, a name or an address without brackets, is what the certificate must be for.
 */
struct ssl_st *tls_client_new(const struct tls_trust *trust, int fd, const char *host);

/* 1 when done, or as above. */
int tls_handshake(struct ssl_st *tls);
/* Why a handshake failed, where it was the certificate; otherwise a general word. Static. */
const char *tls_fault(struct ssl_st *tls);
/* TLS_END is an end that the other side has said in TLS; one without is a failure, since anybody on the way
 * could have cut it off. */
int tls_read(struct ssl_st *tls, char *bytes, size_t length);
int tls_write(struct ssl_st *tls, const char *bytes, size_t length);
void tls_free(struct ssl_st *tls); /* says the end, waits for nothing; NULL is fine */

#endif
