/* limits.h - every bound of the analyzer, with the reason for its number. A source that reaches one is
 * refused by a finding with the bound's name; it is never half-checked. Each has a test at it and one over.
 */
#ifndef CORDON_ANALYZER_LIMITS_H
#define CORDON_ANALYZER_LIMITS_H

/* Source size. 256 KiB: the largest hand-written modules are smaller, and the slowest known input of this
 * size still ends at the deadline. A policy may raise it up to 8 MiB, the size up to which passes are
 * measured to be linear. */
#define LIMIT_SOURCE_BYTES     (256u * 1024)
#define LIMIT_SOURCE_BYTES_MAX (8u * 1024 * 1024)

/* Bytes in one line. Code that people read has none near it; packed payloads do, and excerpts stay bounded.
 */
#define LIMIT_LINE_BYTES (64u * 1024)

/* Nested brackets and indents as CPython has them (tokenizer: MAXLEVEL 200, MAXINDENT 100), so that what is
 * refused could not have run; for JavaScript far below V8's 3,000, far above any program that people write.
 */
#define LIMIT_BRACKET_DEPTH_PYTHON     200u
#define LIMIT_INDENT_DEPTH_PYTHON      100u
#define LIMIT_BRACKET_DEPTH_JAVASCRIPT 500u

/* The same for a shell: brackets, braces and substitutions; scripts that people write have fewer than ten. */
#define LIMIT_BRACKET_DEPTH_SHELL 200u

/* Column at which a Python block may start: a hundred levels of eight, and as much again. The grammar counts
 * in sixteen bits. */
#define LIMIT_INDENT_COLUMNS 1600u

/* Processor time of one parse. A 256 KiB source takes about 30 ms; the slowest known adversaries would take
 * seconds to minutes. */
#define LIMIT_PARSE_MS 500u

/* Memory of one request, per byte of source plus a floor: 25 bytes per byte are usual, 240 on hostile input.
 */
#define LIMIT_ARENA_FLOOR_BYTES    (16u * 1024 * 1024)
#define LIMIT_ARENA_BYTES_PER_BYTE 512u

/* Ranges that one operator of one rule may have on one source. A rule that a person reads has a few hundred;
 * every pair of two operators' ranges may be compared. */
#define LIMIT_MATCH_RANGES 20000u

/* One pattern: its text, its nodes (which bound the depth of the matcher's recursion), its levels, and the
 * metavariables of one rule. The largest public rules have 4 KB, 400 nodes and 20 metavariables. */
#define LIMIT_PATTERN_BYTES (16u * 1024)
#define LIMIT_PATTERN_NODES 1500u
#define LIMIT_PATTERN_DEPTH 150u
#define LIMIT_METAVARIABLES 64u

/* Rules: memory of a set (the 2,000 public rules take some 30 MB), bytes of a file, levels of folders. */
#define LIMIT_RULESET_BYTES     (512u * 1024 * 1024)
#define LIMIT_RULE_FILE_BYTES   (4u * 1024 * 1024)
#define LIMIT_RULE_FOLDER_DEPTH 32u

/* One run of a regex: backtracking steps, heap, the JIT's stack. PCRE2's own defaults are 10 million steps
 * and 20 MB, which takes a second; no regex of a rule needs a tenth of these on a line of code. */
#define LIMIT_REGEX_STEPS       500000u
#define LIMIT_REGEX_HEAP_KIB    4096u
#define LIMIT_REGEX_STACK_BYTES (256u * 1024)
#define LIMIT_REGEX_GROUPS      32u

/* Text of one metavariable in a message, so that a message stays readable and bounded. */
#define LIMIT_MESSAGE_CAPTURE_BYTES 120u

/* Depth of the tree. Every pass is a scan, so this bounds only what rules and people can make sense of. */
#define LIMIT_TREE_DEPTH 4000u

/* Steps of one rule on one source before it is refused: some 0.3 s. All rules together have a floor and a
 * share for each byte, so that a source which is slow for many rules ends within seconds; ordinary sources
 * take fewer than 10 per byte for 300 rules. */
#define LIMIT_MATCH_STEPS          20000000u
#define LIMIT_MATCH_STEPS_FLOOR    60000000ull
#define LIMIT_MATCH_STEPS_PER_BYTE 200ull

/* Levels of the tree that the data flow of a taint rule follows: it recurses, a few hundred bytes a level.
 * Chains of operators count as one; no program that people write has a tenth of it. */
#define LIMIT_TAINT_DEPTH 1500u

/* Steps of name resolution: identifiers times the scopes around them. Ordinary sources take a few per node.
 */
#define LIMIT_NAME_STEPS 20000000u

/* Names that one expression may denote, besides the first. A name that is bound in more ways than a reader
 * can follow is refused, not followed in part. */
#define LIMIT_NAME_ALTERNATIVES 64u

/* Bytes of one constant, and of one dotted name, that name resolution will put together: longer than any
 * path, host or command that a rule asks for, short enough that doubling a string over and over ends soon. */
#define LIMIT_CONSTANT_BYTES 4096u
#define LIMIT_DOTTED_BYTES   256u

/* Findings in one source. More than a person or a model will read; the report says that there were more. */
#define LIMIT_FINDINGS 1000u

/* Steps of the searches for faults on one source, floor and share of each byte: nodes that are looked at
 * again for each loop, function or call around them. Ordinary sources take fewer than 20 per byte. */
#define LIMIT_FAULT_STEPS_FLOOR    20000000ull
#define LIMIT_FAULT_STEPS_PER_BYTE 200ull

/* What no machine that cordon runs on has or does: bytes of one value, bits of one number, rounds of one loop
 * (a day at a million a second), the argument of a factorial. */
#define LIMIT_FAULT_BYTES     4294967296.0
#define LIMIT_FAULT_BITS      1e9
#define LIMIT_FAULT_ROUNDS    1e11
#define LIMIT_FAULT_FACTORIAL 1e8

/* Findings of one guard in one source: enough to see the pattern; the first one already rejects. */
#define LIMIT_GUARD_FINDINGS 20u

#endif
