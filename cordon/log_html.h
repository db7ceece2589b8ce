/* log_html.h - untrusted text in HTML: markup escaped, and what a terminal must not get is not for a page
 * either. */
#ifndef CORDON_CORDON_LOG_HTML_H
#define CORDON_CORDON_LOG_HTML_H

#include <stdio.h>

#include "base/view.h"

/* Text for an element or a quoted attribute. */
void html_put(FILE *out, struct view text);
void html_cstr(FILE *out, const char *text);

/* A line of a program: tabs become four spaces. */
void html_code(FILE *out, struct view line);

#endif
