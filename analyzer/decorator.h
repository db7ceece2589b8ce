/* decorator.h - a correction of the tree: inside the analyzer only. */
#ifndef CORDON_ANALYZER_DECORATOR_H
#define CORDON_ANALYZER_DECORATOR_H

#include "analyzer/syntax.h"
#include "grammars/shape.h"

/* TypeScript's grammar has a method's decorators beside it in the class, and those of an exported class
 * beside it in the export. Makes them the first children of what they decorate, in place, as everywhere
 * else. */
void decorators_adopt(struct node *nodes, uint32_t count, const struct shape_table *shapes);

#endif
