#include "analyzer/shell.h"

#include "base/utf8.h"

struct shell_decoding {
    struct view text;
    size_t at, written;
    char *out;
    bool is_known;
};

static bool is_digit(char c, unsigned base, unsigned *value)
{
    *value = 99;
    if (c >= '0' && c <= '9') *value = (unsigned)(c - '0');
    if ((c | 32) >= 'a' && (c | 32) <= 'f') *value = (unsigned)((c | 32) - 'a' + 10);
    return *value < base;
}

static uint32_t digits_read(struct shell_decoding *d, size_t most, unsigned base, size_t *count)
{
    uint32_t value = 0;
    unsigned digit;
    for (*count = 0; *count < most && d->at < d->text.length && is_digit(d->text.bytes[d->at], base, &digit);
         ++*count, d->at++)
        value = value * base + digit;
    return value;
}

/* Behind a backslash in $'...'. A byte above ASCII is a part of a character that other escapes complete:
 * unknown. */
static void ansi_put(struct shell_decoding *d)
{
    static const char letters[] = "abeEfnrtv", values[] = "\a\b\033\033\f\n\r\t\v";
    char kind = d->text.bytes[d->at++], encoded[4];
    const char *found = kind ? strchr(letters, kind) : NULL;
    size_t count = 1;
    uint32_t code;
    if (found) {
        d->out[d->written++] = values[found - letters];
        return;
    }
    if (kind == 'c' && d->at < d->text.length) {
        code = (uint32_t)(d->text.bytes[d->at++] & 0x1f);
    } else if (kind == 'x' || kind == 'u' || kind == 'U') {
        code = digits_read(d, kind == 'x' ? 2 : kind == 'u' ? 4 : 8, 16, &count);
    } else if (kind >= '0' && kind <= '7') {
        d->at--;
        code = digits_read(d, 3, 8, &count) & 0xff;
    } else {
        if (!strchr("\\'\"?", kind)) d->out[d->written++] = '\\';
        d->out[d->written++] = kind;
        return;
    }
    unsigned length = utf8_encode(code, encoded);
    bool is_byte = kind == 'x' || (kind >= '0' && kind <= '7');
    if (!count || !code || !length || (is_byte && code > 0x7f)) d->is_known = false;
    if (!d->is_known) return;
    memcpy(d->out + d->written, encoded, length);
    d->written += length;
}

size_t shell_decode(enum shell_quoting quoting, struct view text, char *out, bool *is_known)
{
    struct shell_decoding d = {.text = text, .out = out, .is_known = true};
    while (d.at < text.length) {
        char c = text.bytes[d.at++];
        bool escapes = c == '\\' && d.at < text.length && quoting != SHELL_SINGLE;
        if (escapes && quoting == SHELL_ANSI) {
            ansi_put(&d);
        } else if (escapes && text.bytes[d.at] == '\n') {
            d.at++;
        } else if (escapes && (quoting == SHELL_UNQUOTED || strchr("$`\"\\", text.bytes[d.at]))) {
            d.out[d.written++] = text.bytes[d.at++];
        } else {
            d.out[d.written++] = c;
        }
    }
    *is_known &= d.is_known;
    return d.written;
}

enum shell_quoting shell_quoting_of(struct view literal, size_t *before, size_t *behind)
{
    char first = literal.length ? literal.bytes[0] : 0;
    *before = *behind = 0;
    if (first != '\'' && first != '"' && !view_starts_with(literal, VIEW("$'"))) return SHELL_UNQUOTED;
    *before = first == '$' ? 2 : 1;
    *behind = 1;
    return first == '\'' ? SHELL_SINGLE : first == '"' ? SHELL_DOUBLE : SHELL_ANSI;
}

size_t shell_delimiter(struct view text, char *out)
{
    size_t written = 0;
    char quote = 0;
    for (size_t at = 0; at < text.length; at++) {
        char c = text.bytes[at];
        if (quote ? c == quote : c == '\'' || c == '"') {
            quote = quote ? 0 : c;
        } else if (c == '\\' && quote != '\'' && at + 1 < text.length) {
            out[written++] = text.bytes[++at];
        } else {
            out[written++] = c;
        }
    }
    return written;
}
