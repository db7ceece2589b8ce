/* report_format.h - the formats of reports, by name (format.def), and where one goes. */
#ifndef CORDON_CORDON_REPORT_FORMAT_H
#define CORDON_CORDON_REPORT_FORMAT_H

#include <stdbool.h>

enum report_format {
#define FORMAT(name, word, commands, carries_errors) FORMAT_##name,
#include "cordon/format.def"
#undef FORMAT
    FORMAT_COUNT
};

/* A report beside the one on standard output. */
struct report_output {
    enum report_format format;
    const char *path;
};

const char *report_format_word(enum report_format format);
/* Whether a command, by its initial, has the format. */
bool report_format_is_of(enum report_format format, char command);
/* Whether the format says what could not be decided; text for people does not, stderr does. */
bool report_format_carries_errors(enum report_format format);

#endif
