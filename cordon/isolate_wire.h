/* isolate_wire.h - a source and what was found in it, as bytes between a host and a worker of one build
 * (isolate.h). Numbers are as the machine has them; texts have their length in front. */
#ifndef CORDON_CORDON_ISOLATE_WIRE_H
#define CORDON_CORDON_ISOLATE_WIRE_H

#include "analyzer/analyzer.h"
#include "base/array.h"

enum { WIRE_BYTES_MAX = 128 << 20 }; /* of a question or an answer */

struct wire_request {
    struct view path, bytes;
    const struct language *language;
    bool has_faults;
    uint32_t source_limit_bytes, parse_deadline_ms;
    struct module_list modules;
};

/* Each returns bytes in the arena; a zero view where it is full. The answer is the report's findings, or the
 * error where there is one. */
struct view wire_request_write(struct arena *arena, const struct wire_request *request);
struct view wire_answer_write(struct arena *arena, const struct report *report, const struct error *err);

/* False: not what the other one writes. */
bool wire_request_read(struct wire_request *request, struct arena *arena, struct view bytes);

enum wire_answer { WIRE_IS_WRONG, WIRE_HAS_FINDINGS, WIRE_HAS_ERROR };

/* Fills the findings of a report that has its source, or the error. Whatever the bytes are, a finding that
 * comes out lies within the source, and its texts are UTF-8. */
enum wire_answer wire_answer_read(struct report *report, struct view bytes, struct error *err);

#endif
