/* secret_use.h - the head of a request with its secret: which secret a request is for, whether it may have
 * it, and the bytes that go to the server. Pure. Inside the gateway. */
#ifndef CORDON_GATEWAY_SECRET_USE_H
#define CORDON_GATEWAY_SECRET_USE_H

#include "gateway/request.h"
#include "gateway/secret.h"

enum { SECRET_NONE = UINT32_MAX };

/* Whether the rule is for a tunnel to this host. */
bool secret_is_for(const struct secret_rule *rule, const char *host, uint16_t port);

/* The first rule that is for this request, by the name of its endpoint or by its host; SECRET_NONE: none. A
 * host's rules that do not take this method or path are passed over. */
uint32_t secret_find(const struct secret_rule *rules, uint32_t count, const struct request *request);

/* NULL, or why the request may not have the secret; static. `token` begins every placeholder of the run. */
const char *secret_request_judge(const struct secret_rule *rule, const struct request *request,
                                 const char *token);

/* NULL, or what is wrong with a placeholder that the head holds; static. `rule`: whose request it is, or
 * NULL.
 */
const char *secret_placeholder_judge(const struct secret_rule *rule, const struct request *request,
                                     const char *token);

/* Writes the head that goes to the server. The client's own field of that name, what asks for another coding
 * or a part of the answer, and what is for one hop stay behind. Returns its length, or 0 where it does not
 * fit. */
size_t secret_request_write(const struct secret_rule *rule, struct view value, const struct request *request,
                            char *out, size_t size_bytes);

#endif
