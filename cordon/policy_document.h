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

/* policy_install.c: the section `install`. */
bool install_read(const struct document *document, const struct yaml_node *node);
/* policy_tool.c: the section `tools`. */
bool tools_read(const struct document *document, const struct yaml_node *node);

#endif
