/* vault.h - the values of secrets: in memory that is never swapped, dumped or copied into a child, and wiped
 * when it is given back.
 *
 * A vault is immutable once open; any thread may read it. */
#ifndef CORDON_GATEWAY_VAULT_H
#define CORDON_GATEWAY_VAULT_H

#include "gateway/secret.h"

struct vault;

/* Zeroed memory of that kind, for what holds a secret for a while; NULL: the machine has none
 * (RLIMIT_MEMLOCK).
 */
void *vault_memory_new(size_t size_bytes);
/* The same for what may only give a secret back: locked as far as the machine's limit goes, never dumped. */
void *vault_memory_try(size_t size_bytes);
void vault_memory_free(void *memory, size_t size_bytes); /* wipes it; NULL is fine */

/* Reads the values. Those of variables come from `kept`, where it has them, otherwise from the environment. A
 * command may block for its deadline. NULL: a value cannot be had; `err` says which secret's, never what. */
struct vault *vault_open(const struct secret_rule *rules, uint32_t count, const struct vault *kept,
                         struct error *err);
void vault_free(struct vault *vault); /* NULL is fine */

/* The value of the rule of this index. */
struct view vault_value(const struct vault *vault, uint32_t index);

/* Overwrites the variables in this process's environment and takes them out. For a program that is its own
 * master, before it has threads. */
void vault_wipe_environment(const struct secret_rule *rules, uint32_t count);

#endif
