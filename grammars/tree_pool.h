/* tree_pool.h - memory for one parse, given back all at once.
 *
 * The tree-sitter core is compiled to ask here for memory (meson.build). Between tree_pool_enter and
 * tree_pool_leave the thread's requests are met from the pool, one piece behind the other, and what the core
 * frees is kept for the next request of that size; a tree need not be taken apart node by node. Outside of
 * that, and under sanitizers, they are the C library's. As in the core, no memory ends the process.
 *
 * What the core makes inside is freed inside or not at all, and nothing made outside may be freed inside. A
 * pool belongs to one thread at a time. */
#ifndef CORDON_GRAMMARS_TREE_POOL_H
#define CORDON_GRAMMARS_TREE_POOL_H

#include <stdbool.h>
#include <stddef.h>

struct tree_pool;

/* NULL: no memory. */
struct tree_pool *tree_pool_new(void);
void tree_pool_free(struct tree_pool *pool);

/* False: pieces are the C library's, and each must be freed. */
bool tree_pool_is_used(void);
void tree_pool_enter(struct tree_pool *pool);
/* All pieces are gone; a part of the memory is kept for the next parse. */
void tree_pool_leave(struct tree_pool *pool);

/* What the core calls. */
void *tree_pool_malloc(size_t size);
void *tree_pool_calloc(size_t count, size_t size);
void *tree_pool_realloc(void *piece, size_t size);
void tree_pool_release(void *piece);

#endif
