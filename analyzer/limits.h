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

/* Wall time of one parse. A 256 KiB source takes about 30 ms; the slowest known adversaries would take
 * seconds to minutes. */
#define LIMIT_PARSE_MS 500u

/* Memory of one request, per byte of source plus a floor: 25 bytes per byte are usual, 240 on hostile input.
 */
#define LIMIT_ARENA_FLOOR_BYTES    (16u * 1024 * 1024)
#define LIMIT_ARENA_BYTES_PER_BYTE 512u

/* Depth of the tree. Every pass is a scan, so this bounds only what rules and people can make sense of. */
#define LIMIT_TREE_DEPTH 4000u

/* Steps of one rule on one source before it is refused. */
#define LIMIT_MATCH_STEPS 20000000u

/* Steps of name resolution: identifiers times the scopes around them. Ordinary sources take a few per node.
 */
#define LIMIT_NAME_STEPS 20000000u

/* Bytes of one constant, and of one dotted name, that name resolution will put together: longer than any
 * path, host or command that a rule asks for, short enough that doubling a string over and over ends soon. */
#define LIMIT_CONSTANT_BYTES 4096u
#define LIMIT_DOTTED_BYTES   256u

/* Findings in one source. More than a person or a model will read; the report says that there were more. */
#define LIMIT_FINDINGS 1000u

/* Findings of one guard in one source: enough to see the pattern; the first one already rejects. */
#define LIMIT_GUARD_FINDINGS 20u

#endif
