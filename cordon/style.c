#include "cordon/style.h"

#include <stdlib.h>
#include <unistd.h>
#include <utf8proc.h>

#include "base/utf8.h"

bool style_is_on(enum color_mode mode, FILE *file)
{
    if (mode != COLOR_AUTO) return mode == COLOR_ALWAYS;
    const char *force = getenv("CLICOLOR_FORCE"), *no = getenv("NO_COLOR"), *term = getenv("TERM");
    if (no && *no) return false;
    if (force && *force && strcmp(force, "0") != 0) return true;
    return isatty(fileno(file)) && term && *term && strcmp(term, "dumb") != 0;
}

const char *style_code(bool is_on, enum style style)
{
    static const char *const codes[STYLE_COUNT] = {"\x1b[0m",    "\x1b[1m",    "\x1b[1;31m",
                                                   "\x1b[1;33m", "\x1b[1;32m", "\x1b[1;34m"};
    return is_on ? codes[style] : "";
}

/* One character of untrusted text, as it is shown. Returns its length in bytes. */
static unsigned character_show(struct view text, char shown[16], unsigned *columns)
{
    uint32_t code = 0;
    unsigned length = utf8_decode(text, &code);
    if (length == 0) {
        *columns = (unsigned)snprintf(shown, 16, "\\x%02x", (unsigned char)text.bytes[0]);
        return 1;
    }
    int width = utf8proc_charwidth((utf8proc_int32_t)code);
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)code);
    bool is_hidden = category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CF ||
                     category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP;
    if (code == '\t') {
        memcpy(shown, " ", 2);
        *columns = 1;
    } else if (is_hidden) {
        *columns = (unsigned)snprintf(shown, 16, "\\u{%x}", code);
    } else {
        memcpy(shown, text.bytes, length);
        shown[length] = '\0';
        *columns = width > 0 ? (unsigned)width : 0;
    }
    return length;
}

static unsigned text_walk(FILE *out, struct view text)
{
    unsigned total = 0;
    for (size_t at = 0; at < text.length;) {
        char shown[16];
        unsigned columns;
        at += character_show(view_slice(text, at, text.length), shown, &columns);
        if (out) fputs(shown, out);
        total += columns;
    }
    return total;
}

unsigned style_put(FILE *out, struct view text)
{
    return text_walk(out, text);
}

unsigned style_columns(struct view text)
{
    return text_walk(NULL, text);
}

void style_put_yaml(FILE *out, struct view text)
{
    bool is_plain = text.length > 0 && !strchr(" -?:,[]{}#&*!|>'\"%@`", text.bytes[0]);
    for (size_t i = 0; i < text.length; i++)
        is_plain &= (unsigned char)text.bytes[i] >= 0x20 && !strchr("#\"\\", text.bytes[i]);
    if (is_plain) {
        style_put(out, text);
        return;
    }
    fputc('"', out);
    for (size_t start = 0, i = 0; i <= text.length; i++) {
        bool is_special = i < text.length && strchr("\"\\", text.bytes[i]);
        if (i < text.length && !is_special) continue;
        style_put(out, view_slice(text, start, i));
        if (is_special) fputc('\\', out);
        start = i;
    }
    fputc('"', out);
}
