/* guard.h - the checks that every source passes before a parser or a rule sees it: size, encoding,
 * characters that make a person, the checker and the interpreter see different programs, line length,
 * nesting. In this order; the first ones that make the later ones meaningless end the scan.
 *
 * Linear in the source, no allocation but for findings. Any thread. */
#ifndef CORDON_ANALYZER_GUARD_H
#define CORDON_ANALYZER_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "analyzer/finding.h"
#include "analyzer/source.h"

enum guard {
#define GUARD(name, id, help) GUARD_##name,
#include "analyzer/guard.def"
#undef GUARD
    GUARD_COUNT
};

const char *guard_id(enum guard guard);
const char *guard_help(enum guard guard);

/* Adds a finding of this guard at a span. False where the arena is exhausted. */
__attribute__((format(printf, 6, 7))) bool guard_report(struct finding_list *findings, struct arena *arena,
                                                        enum guard guard, uint32_t start, uint32_t end,
                                                        const char *format, ...);

/* The parts of guard_scan. Each returns false only on exhaustion. */
bool guard_scan_encoding(const struct source *source, struct arena *arena, struct finding_list *findings);
bool guard_scan_characters(const struct source *source, struct arena *arena, struct finding_list *findings);
bool guard_scan_lines(const struct source *source, struct arena *arena, struct finding_list *findings);
bool guard_scan_nesting(const struct source *source, struct arena *arena, struct finding_list *findings);

/* The guard that needs the tree; a part of syntax_parse. Returns false only on exhaustion. */
struct syntax;
bool guard_scan_tree(const struct syntax *syntax, struct arena *arena, struct finding_list *findings);

/* The part of it for shells (guard_shell.c). */
bool guard_scan_shell(const struct syntax *syntax, struct arena *arena, struct finding_list *findings);

/* Runs every guard that needs no tree. Findings mean: do not parse. Returns false only on exhaustion. */
bool guard_scan(const struct source *source, uint32_t size_limit_bytes, struct arena *arena,
                struct finding_list *findings, struct error *err);

#endif
