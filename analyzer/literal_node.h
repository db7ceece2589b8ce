/* literal_node.h - what the string nodes of a tree say, whatever their quotes and prefixes. Pure. */
#ifndef CORDON_ANALYZER_LITERAL_NODE_H
#define CORDON_ANALYZER_LITERAL_NODE_H

#include "analyzer/syntax.h"
#include "grammars/form.h"

/* The text between the quotes of a string node; the whole text of any other. */
struct view node_inside(const struct syntax *syntax, const struct form_table *forms, uint32_t n);

/* A string with a prefix that makes it a template (Python's f, JavaScript's back quotes). */
/* Whether a string stands in quotes: a word of a shell need not. */
bool node_is_quoted(const struct syntax *syntax, const struct form_table *forms, uint32_t n);

bool node_is_formatted(const struct syntax *syntax, const struct form_table *forms, uint32_t n);

/* A string without substitutions. */
bool node_is_plain_string(const struct syntax *syntax, const struct form_table *forms, uint32_t n);

#endif
