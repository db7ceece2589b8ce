/* tally.h - what a whole check comes to: the sums that summaries and the ends of reports say. */
#ifndef CORDON_CORDON_TALLY_H
#define CORDON_CORDON_TALLY_H

#include <time.h>

#include "cordon/options.h"
#include "cordon/walk.h"

struct tally {
    const struct options *options;
    const struct walk *walk;
    const struct ruleset *ruleset;
    uint32_t checked, rejected, findings;
    uint32_t known;  /* findings that are not new */
    uint32_t errors; /* sources that could not be decided */
    uint32_t others; /* of no known language, as their first bytes say */
    struct capability_set used, missing;
    bool is_approved;      /* set at the end */
    time_t started, ended; /* seconds since 1970 */
};

#endif
