/* shell_lines.h - line ends that Bash's grammar passes over although they end a command: it takes what the
 * next line begins with for arguments (`a | b | c`, and on the next line `d && e`). A line end is found by
 * the tree that it is missing in, and a semicolon is put in its place in what the parser is given; then it
 * parses again. */
#ifndef CORDON_ANALYZER_SHELL_LINES_H
#define CORDON_ANALYZER_SHELL_LINES_H

#include "analyzer/syntax.h"

/* Puts semicolons into `reading` (as long as the source), once for each command that goes on behind a line
 * end, and returns how many. `*is_lost` says that there was one for which there is no place. */
uint32_t shell_lines_mend(const struct syntax *syntax, char *reading, bool *is_lost);

#endif
