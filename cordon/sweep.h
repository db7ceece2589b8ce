/* sweep.h - every source of a walk through the analyzer, on all processors; the outcomes in the order of the
 * walk. */
#ifndef CORDON_CORDON_SWEEP_H
#define CORDON_CORDON_SWEEP_H

#include "cordon/baseline.h"
#include "cordon/record.h"
#include "cordon/tally.h"
#include "cordon/writer.h"

enum { WRITERS_MAX = 16 };

/* Runs all of it: fragments go to the writers (the first is standard output's), errors there and to stderr,
 * sums into the tally. `baseline` may be NULL. The arena keeps the capabilities. False: nothing was decided.
 */
bool sweep_run(struct tally *tally, struct writer *writers, uint32_t writer_count,
               const struct baseline *baseline, const struct audit *audit, struct arena *arena,
               struct error *err);

/* One source that could not be decided. */
void sweep_error(struct tally *tally, struct writer *writers, uint32_t writer_count, const struct error *err);

#endif
