/* percent.h - percent-encoding (RFC 3986). Pure. */
#ifndef CORDON_GATEWAY_PERCENT_H
#define CORDON_GATEWAY_PERCENT_H

#include "base/view.h"

/* A byte as it stands in a part of a URL: itself where it is unreserved, otherwise its code. In `room`. */
struct view percent_byte(char byte, char room[3]);

#endif
