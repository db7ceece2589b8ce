/* service.h - one gate that answers many requests at once: `cordon mcp` and `cordon serve` are two doors to
 * it.
 *
 * The policy, with its grants, is the operator's and the same for every request; a request may tighten
 * limits, never widen them. A service is immutable once open and is shared by threads. */
#ifndef CORDON_CORDON_SERVICE_H
#define CORDON_CORDON_SERVICE_H

#include <jansson.h>

#include "cordon/isolate.h"
#include "cordon/job.h"
#include "cordon/options.h"
#include "cordon/record.h"

struct service {
    const struct options *options;
    struct ruleset *ruleset;
    struct isolate *isolate; /* where sources are checked; NULL: here */
    struct audit_log *log;   /* NULL: the policy allows none, and none was wanted */
    struct keyring
        *kept;         /* the values of variables that are secrets, taken out of the environment; or NULL */
    struct pool *pool; /* cells that wait, booted, for their one job; NULL: every run starts cold */
};

/* False: the rules, the log or the pool. The options outlive the service. `pool_cells`: that may wait; 0: no
 * pool. */
bool service_open(struct service *service, const struct options *options, uint32_t pool_cells,
                  struct error *err);
void service_close(struct service *service);

/* What somebody asks for. The arena of service_request_parse owns it. */
struct service_request {
    struct job_source source;
    struct texts arguments;
    struct view input; /* the program's standard input */
    struct limits limits;
};

/* Reads the object {language, code, name?, arguments?, stdin?, limits?}; the last three only `for_run`. What
 * is not known is an error (ERROR_INPUT), never left out. */
bool service_request_parse(const struct service *service, struct service_request *request,
                           struct arena *arena, const json_t *object, bool for_run, struct error *err);

/* What became of it. Zero: nothing was decided. */
struct service_answer {
    struct arena arena; /* owns all below */
    struct error error; /* ERROR_NONE: cordon did what it was asked to */
    bool was_checked, is_run;
    struct report report; /* where it was checked */
    struct result result; /* of a run */
    char record[RECORD_ID_BYTES + 1];
};

/* Each always leaves an answer, which the caller clears; both are on record before they return. The source
 * must outlive the answer. A run takes place in the calling thread. `io` without stdin, which is the
 * request's. */
void service_check(const struct service *service, const struct caller *caller,
                   const struct service_request *request, struct service_answer *answer);
void service_run(const struct service *service, const struct caller *caller,
                 const struct service_request *request, const struct cell_io *io,
                 struct service_answer *answer);
void service_answer_clear(struct service_answer *answer);

bool service_is_approved(const struct service_answer *answer);

/* The whole answer as `cordon check` or `cordon run --format json` print it. A new reference. */
json_t *service_answer_json(const struct service *service, const struct service_answer *answer);

#endif
