/* tool_http.h - a tool that is one request to an HTTP server of the policy's choice: method, host and shape
 * of the URL are fixed, the arguments fill the places that are left for them. The key, where it needs one, is
 * added here and never in the program's reach. */
#ifndef CORDON_GATEWAY_TOOL_HTTP_H
#define CORDON_GATEWAY_TOOL_HTTP_H

#include "gateway/keyring.h"
#include "gateway/secret.h"
#include "gateway/tool.h"

/* Data, as a policy says it; whoever made it owns the texts. */
struct tool_http {
    const char *method;        /* one of GET, POST, PUT, PATCH, DELETE */
    const char *path;          /* with its query; {NAME} stands for an argument */
    const char *const *query;  /* arguments that the query has where they are given; ended by NULL, or NULL */
    const char *const *fields; /* "NAME: VALUE", likewise */
    bool answers_text;         /* the answer is a text; otherwise JSON */
    const char *secret;        /* by name, of the same host; NULL: none */
    struct secret_rule server; /* host, port, is_tls, addresses; of place SECRET_NOWHERE */
};

/* The same in one run: the context of tool_http_run. */
struct tool_http_use {
    const struct tool_http *tool;
    const struct keyring *keyring; /* has the secret and what servers are known by */
};
tool_run tool_http_run;

/* Finds the next {NAME} of a path from `*at` on, which moves behind it; `before` is what stands between.
 * False: there is none, and `before` is the rest. One brace alone is none. */
bool tool_http_place_next(struct view path, size_t *at, struct view *before, struct view *name);

#endif
