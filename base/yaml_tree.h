/* yaml_tree.h - a YAML document as a tree with places, by libyaml. For files that people write: rules,
 * policies.
 *
 * The arena owns the tree; texts are copied. Stricter than YAML: one document, keys are plain text and unique
 * in their mapping, no tags; aliases share the anchored node, and what they would expand to is bounded. */
#ifndef CORDON_BASE_YAML_TREE_H
#define CORDON_BASE_YAML_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/view.h"

/* Bounds, each because a hostile file could otherwise make the reader work out of proportion. */
enum {
    YAML_DEPTH_MAX = 64, /* libyaml is quadratic on nested flow collections; rule files nest about 20 deep */
    YAML_NODES_MAX =
        500000, /* aliases counted as what they stand for; the largest rule files have some thousand */
    YAML_PAIRS_MAX = 2048, /* in one mapping; keys are compared with each other */
    YAML_ANCHORS_MAX = 256,
};

enum yaml_kind { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };

struct yaml_node;

struct yaml_pair {
    const struct yaml_node *key; /* a scalar */
    const struct yaml_node *value;
};

struct yaml_node {
    enum yaml_kind kind;
    uint32_t line, col;             /* 1-based; of a block scalar: of its indicator */
    uint32_t text_line;             /* scalar: the line of its first line of text */
    struct view text;               /* scalar */
    bool is_plain;                  /* scalar without quotes: may mean a number, a boolean, null */
    const struct yaml_node **items; /* sequence */
    struct yaml_pair *pairs;        /* mapping */
    uint32_t count;                 /* of items or pairs */
    uint32_t weight;                /* nodes of its subtree, aliases expanded */
};

/* NULL with the place in `err`. `path` names the bytes. An empty document is an error. */
const struct yaml_node *yaml_parse(struct arena *arena, struct view path, struct view bytes,
                                   struct error *err);

/* The value of a key of a mapping, or NULL. */
const struct yaml_node *yaml_get(const struct yaml_node *mapping, const char *key);

/* The word for a kind in messages: "text", "a list", "a mapping". */
const char *yaml_kind_word(enum yaml_kind kind);

/* Plain true/false as YAML 1.2 and 1.1 both have them. False: it is neither. */
bool yaml_bool(const struct yaml_node *node, bool *value);

/* Sets an error at a node. Returns false. */
__attribute__((format(printf, 5, 6))) bool yaml_error(struct error *err, enum error_code code,
                                                      struct view path, const struct yaml_node *node,
                                                      const char *format, ...);

#endif
