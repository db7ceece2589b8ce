/* json.h - what cordon needs beside jansson to write JSON: untrusted bytes as JSON strings.
 * Every function returns a new reference, or NULL when memory is out. */
#ifndef CORDON_BASE_JSON_H
#define CORDON_BASE_JSON_H

#include <jansson.h>

#include "base/view.h"

/* The text as a JSON string; each byte that is not UTF-8 becomes U+FFFD. */
json_t *json_string_of_view(struct view text);

/* RFC 4648 base64 with padding. */
json_t *json_base64_of_view(struct view bytes);

#endif
