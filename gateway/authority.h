/* authority.h - a certificate authority of one cell: what the gateway shows to the clients of hosts whose TLS
 * it ends itself. Its key never leaves this process and is wiped with it.
 *
 * Any thread. */
#ifndef CORDON_GATEWAY_AUTHORITY_H
#define CORDON_GATEWAY_AUTHORITY_H

#include "base/error.h"
#include "base/view.h"

struct authority;
struct ssl_st;

/* Makes the keys and the certificate. NULL: no library, or no memory. */
struct authority *authority_new(struct error *err);
void authority_free(struct authority *authority); /* NULL is fine */

/* The certificate in PEM; the authority owns it. */
struct view authority_certificate(const struct authority *authority);

/* The server's side of a connection, with a certificate for this host, a name or an address. NULL without
 * memory. */
struct ssl_st *authority_server(struct authority *authority, int fd, const char *host);

#endif
