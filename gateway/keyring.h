/* keyring.h - the secrets of one run: the rules, their values, what their servers are known by, and the
 * placeholders that the program has in the place of values.
 *
 * Immutable once open; any thread. Whoever opened it gives it to a gateway or frees it. */
#ifndef CORDON_GATEWAY_KEYRING_H
#define CORDON_GATEWAY_KEYRING_H

#include "base/arena.h"
#include "base/capability.h"
#include "gateway/secret.h"

struct keyring;

/* What a policy says. */
struct keyring_plan {
    const struct secret_rule *rules;
    uint32_t count;
    const char
        *authorities; /* certificates (PEM) by which servers are known beside the machine's; NULL: none */
    const struct capability_set *intercepts; /* hosts (of net) whose TLS the gateway ends; NULL: none */
    bool needs_trust;                        /* something else speaks TLS as well: a tool */
};

/* Reads the values, and makes a certificate authority where there is something to intercept. The plan is
 * copied. `kept`, another keyring of the same rules, has the values of variables; NULL: the environment has.
 * NULL: `err` says which secret's value cannot be had. A command may take its time. */
struct keyring *keyring_open(const struct keyring_plan *plan, const struct keyring *kept, struct error *err);
/* For one more who frees it; returns it. NULL is fine. */
struct keyring *keyring_share(struct keyring *keyring);
void keyring_free(struct keyring *keyring); /* the last one wipes the values; NULL is fine */

/* The variables of the cell that hold placeholders, NAME=VALUE, ended by NULL; the keyring owns them. */
const char *const *keyring_variables(const struct keyring *keyring);

/* The certificate (PEM) by which the cell's programs know the gateway where it intercepts; empty: it does
 * not. */
struct view keyring_certificate(const struct keyring *keyring);

/* Overwrites the variables from which the values came in this process's environment and takes them out. For a
 * program that is its own master, while it has one thread. */
void keyring_wipe_environment(const struct secret_rule *rules, uint32_t count);

#endif
