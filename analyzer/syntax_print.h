/* syntax_print.h - the flat tree and the resolved names as text, for people. Inside the analyzer. */
#ifndef CORDON_ANALYZER_SYNTAX_PRINT_H
#define CORDON_ANALYZER_SYNTAX_PRINT_H

#include "analyzer/names.h"

/* One node per line: indent, field, kind, place, the text of leaves. The text lives in the arena. */
bool syntax_print(struct arena *arena, const struct syntax *syntax, struct view *text, struct error *err);

#endif
