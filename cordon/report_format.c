#include "cordon/report_format.h"

#include <string.h>

static const struct {
    const char *word, *commands;
    bool carries_errors;
} formats[FORMAT_COUNT] = {
#define FORMAT(name, word, commands, carries_errors) [FORMAT_##name] = {word, commands, carries_errors},
#include "cordon/format.def"
#undef FORMAT
};

const char *report_format_word(enum report_format format)
{
    return formats[format].word;
}

bool report_format_is_of(enum report_format format, char command)
{
    return strchr(formats[format].commands, command) != NULL;
}

bool report_format_carries_errors(enum report_format format)
{
    return formats[format].carries_errors;
}
