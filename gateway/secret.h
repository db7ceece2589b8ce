/* secret.h - a secret as a policy describes it: where its value is, for whom it is, and how it is put into a
 * request. The rule never holds the value. Pure; whoever makes the rules owns their texts. */
#ifndef CORDON_GATEWAY_SECRET_H
#define CORDON_GATEWAY_SECRET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/view.h"

/* Names of endpoints end so. The cell alone asks for them, and nobody resolves them. */
#define SECRET_DOMAIN ".cordon.internal"

enum {
    SECRET_NAME_MAX = 63,     /* a label of a host's name */
    SECRET_VALUE_LEAST = 8,   /* shorter ones would be found everywhere in an answer */
    SECRET_VALUE_MAX = 4096,  /* tokens that carry claims are some thousand bytes long */
    SECRET_RULES_MAX = 32,    /* of one policy */
    SECRET_PATTERNS_MAX = 32, /* paths or methods of one secret */
};

enum secret_source { SECRET_FROM_ENV, SECRET_FROM_FILE, SECRET_FROM_COMMAND };
/* SECRET_NOWHERE: a request of a tool's that needs none. */
enum secret_place { SECRET_IN_HEADER, SECRET_IN_QUERY, SECRET_IN_BASIC, SECRET_NOWHERE };

struct secret_rule {
    const char *name; /* lower case letters, digits and hyphens */
    enum secret_source source;
    const char *const *from; /* the variable, the file, or the command's words; ended by NULL */
    bool is_for_tools;       /* of the host's tools alone: the program has no endpoint of it */
    bool is_tls;
    const char *host; /* lower case, without brackets */
    uint16_t port;
    const char *const *addresses; /* that are not of the public internet and that the name may lead to; ended
                                     by NULL; NULL: none */
    enum secret_place place;
    const char *field;          /* the header's name, the query's key, or the user of basic */
    const char *before, *after; /* of a header: what stands around the value */
    const char *const *paths;   /* "/v1" and below it; ended by NULL; NULL: every one */
    const char *const *methods; /* ended by NULL; NULL: every one but TRACE and CONNECT */
    const char *placeholder;    /* a variable of the cell; NULL: none */
    const char *place_text;     /* of the policy, for errors: "policy.yaml:12" */
};

/* The rule of an endpoint "NAME.cordon.internal", or NULL. */
const struct secret_rule *secret_of_endpoint(const struct secret_rule *rules, uint32_t count,
                                             struct view host);

/* NULL: the secret may be used for this. Otherwise why not; static. `path` begins with a slash and has its
 * query. What two readers could take for different paths is refused where paths are restricted. */
const char *secret_judge(const struct secret_rule *rule, struct view method, struct view path);

/* NULL: a value that can be put into a request. Otherwise what is wrong with it, without any of it. */
const char *secret_value_fault(const struct secret_rule *rule, struct view value);

#endif
