/* http_library.h - libmicrohttpd, loaded by `cordon serve` alone: it brings a TLS library with it, and a
 * check that has nothing to do with HTTP would pay for both at each start. */
#ifndef CORDON_CORDON_HTTP_LIBRARY_H
#define CORDON_CORDON_HTTP_LIBRARY_H

#include <microhttpd.h>
#include <stdbool.h>

#include "base/error.h"

struct http_library {
#define HTTP_FUNCTION(name) __typeof__(name) *name;
#include "cordon/http_library.def"
#undef HTTP_FUNCTION
};

/* Filled by http_library_load, before there are threads. */
extern struct http_library http;

bool http_library_load(struct error *err);

#endif
