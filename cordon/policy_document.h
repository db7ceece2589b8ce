/* policy_document.h - one policy document under way, and how its readers complain: each error with its place.
 */
#ifndef CORDON_CORDON_POLICY_DOCUMENT_H
#define CORDON_CORDON_POLICY_DOCUMENT_H

#include "base/yaml_tree.h"
#include "cordon/policy.h"

struct document {
    struct policy *policy;
    struct arena *arena;
    const char *origin;
    struct view folder; /* what its relative paths are below */
    uint32_t depth;
    struct error *err;
};

/* Each sets an error at the node and returns false. The nearest of the known keys is the remedy. */
bool document_refuse(const struct document *document, const struct yaml_node *node, const char *message);
bool document_key_refuse(const struct document *document, const struct yaml_node *key,
                         const char *const *known, unsigned long count);

/* Places an error that a setter made; returns whether it made none. */
bool document_placed(const struct document *document, const struct yaml_node *node, bool is_fine);

bool document_expect(const struct document *document, const struct yaml_node *node, enum yaml_kind kind,
                     const char *of);

/* A path of the document, below its folder. NULL: no memory. */
const char *document_path(const struct document *document, struct view text);

/* policy_secrets.c: the sections `secrets` and `gateway`. */
bool secrets_read(const struct document *document, const struct yaml_node *node);
bool gateway_read(const struct document *document, const struct yaml_node *node);

/* A server's "HOST", "SCHEME://HOST", either with ":PORT", into host, port and is_tls of a rule; the
 * addresses that its name may lead to. */
bool secret_host_read(const struct document *document, const struct yaml_node *node, struct view text,
                      struct secret_rule *rule);
bool secret_addresses_read(const struct document *document, const struct yaml_node *node,
                           struct secret_rule *rule);
/* Whether it is the name of a header that the gateway does not write itself. */
bool secret_header_is_free(struct view name);
/* Whether all of it is visible ASCII or blanks, and none of `but`. */
bool secret_text_is_visible(struct view text, const char *but);

/* policy_tool_http.c: the key `http` of a tool. NULL: it is none. With the parameters known, whether they
 * fill the request. */
struct tool_http *tool_http_read(const struct document *document, const struct yaml_node *node);
bool tool_http_fits(const struct document *document, const struct yaml_node *node, const struct tool *tool);

/* policy_install.c: the section `install`. */
bool install_read(const struct document *document, const struct yaml_node *node);
/* policy_tool.c: the section `tools`. */
bool tools_read(const struct document *document, const struct yaml_node *node);

#endif
