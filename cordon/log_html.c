#include "cordon/log_html.h"

#include <stdlib.h>

#include "cordon/style.h"

static void escaped_put(FILE *out, struct view text)
{
    for (size_t i = 0; i < text.length; i++) {
        switch (text.bytes[i]) {
        case '&':
            fputs("&amp;", out);
            break;
        case '<':
            fputs("&lt;", out);
            break;
        case '>':
            fputs("&gt;", out);
            break;
        case '"':
            fputs("&quot;", out);
            break;
        case '\'':
            fputs("&#39;", out);
            break;
        default:
            fputc(text.bytes[i], out);
        }
    }
}

void html_put(FILE *out, struct view text)
{
    char *safe = NULL;
    size_t length = 0;
    FILE *memory = open_memstream(&safe, &length);
    if (!memory) return;
    style_put(memory, text);
    fclose(memory);
    escaped_put(out, view_make(safe, length));
    free(safe);
}

void html_cstr(FILE *out, const char *text)
{
    html_put(out, view_of_cstr(text));
}

void html_code(FILE *out, struct view line)
{
    bool has_more = true;
    for (struct view part; has_more;) {
        has_more = view_split(line, '\t', &part, &line);
        html_put(out, part);
        if (has_more) fputs("    ", out);
    }
}
