/* schema.h - the part of JSON Schema (2020-12) in which tools say what they take and give; docs/tools.md has
 * the list. A keyword that is not known is an error when the schema is read, never left out when a value is
 * judged. Pure; any thread. */
#ifndef CORDON_GATEWAY_SCHEMA_H
#define CORDON_GATEWAY_SCHEMA_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

enum {
    SCHEMA_DEPTH_MAX = 32,     /* of a schema in schemas: the judge recurses */
    SCHEMA_MESSAGE_BYTES = 512 /* of why a value does not fit */
};

/* Whether this is a schema whose every keyword is known and well formed; otherwise the error names the place
 * in it. */
bool schema_check(const json_t *schema, struct error *err);

/* Whether the value fits a schema that was checked. Otherwise `message` says where in the value and why. */
bool schema_fits(const json_t *schema, const json_t *value, char message[SCHEMA_MESSAGE_BYTES]);

#endif
