#include "analyzer/regex_reader.h"

#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

unsigned reader_quantifier(struct reader *reader, bool *has_one)
{
    unsigned least = 1;
    char c = reader_peek(reader, 0);
    *has_one = true;
    if (c == '*' || c == '?' || c == '+') {
        least = c == '+';
        reader->at++;
    } else if (c == '{') {
        size_t ahead = 1;
        bool is_zero = true, is_first = true;
        for (; is_digit(reader_peek(reader, ahead)) || strchr(", ", reader_peek(reader, ahead)); ahead++) {
            if (!reader_peek(reader, ahead)) break;
            is_first &= reader_peek(reader, ahead) != ',';
            is_zero &= !is_first || strchr("0 ", reader_peek(reader, ahead));
        }
        *has_one = ahead > 1 && reader_peek(reader, ahead) == '}';
        if (!*has_one) return 1;
        least = !is_zero;
        reader->at += ahead + 1;
    } else {
        *has_one = false;
        return 1;
    }
    if (reader_peek(reader, 0) == '?' || reader_peek(reader, 0) == '+') reader->at++;
    return least;
}

void reader_skip_class(struct reader *reader)
{
    reader->at++;
    if (reader_peek(reader, 0) == '^') reader->at++;
    if (reader_peek(reader, 0) == ']') reader->at++;
    while (reader->at < reader->text.length && reader_peek(reader, 0) != ']') {
        if (reader_peek(reader, 0) == '\\' &&
            (reader_peek(reader, 1) == 'Q' || reader_peek(reader, 1) == 'E'))
            reader->is_lost = true;
        size_t width = reader_peek(reader, 0) == '\\' ? 2 : 1;
        if (reader_peek(reader, 0) == '[' && reader_peek(reader, 1) == ':') { /* [:alpha:] */
            size_t ahead = 2;
            while (is_letter(reader_peek(reader, ahead)) || reader_peek(reader, ahead) == '^') ahead++;
            if (reader_peek(reader, ahead) == ':' && reader_peek(reader, ahead + 1) == ']') width = ahead + 2;
        }
        reader->at += width;
    }
    reader->at++;
}

enum atom reader_escape(struct reader *reader, char *byte)
{
    char c = reader_peek(reader, 0);
    reader->at++;
    *byte = c;
    if (!is_letter(c) && !is_digit(c)) return ATOM_BYTE;
    if (strchr("bBAZzG", c)) return ATOM_NOTHING;
    if (strchr("dDwWsShHvVRXntrfae", c)) return ATOM_OTHER;
    if (c == 'N' && reader_peek(reader, 0) != '{') return ATOM_OTHER;
    if (is_digit(c)) {
        while (is_digit(reader_peek(reader, 0))) reader->at++;
        return ATOM_OTHER;
    }
    bool is_braced = reader_peek(reader, 0) == '{';
    if ((c == 'x' || c == 'p' || c == 'P') && is_braced) {
        while (reader->at < reader->text.length && reader_peek(reader, 0) != '}') reader->at++;
        reader->at++;
    } else if (c == 'x') {
        for (int i = 0; i < 2 && (is_digit(reader_peek(reader, 0)) || is_letter(reader_peek(reader, 0))); i++)
            reader->at++;
    } else if (c == 'p' || c == 'P') {
        reader->at++;
    } else {
        reader->is_lost = true;
    }
    return ATOM_OTHER;
}

bool reader_group(struct reader *reader, bool *is_flags)
{
    *is_flags = false;
    reader->at++;
    if (reader_peek(reader, 0) == '*') reader->is_lost = true;
    if (reader_peek(reader, 0) != '?') return true;
    char c = reader_peek(reader, 1), after = reader_peek(reader, 2);
    reader->at += 2;
    if (c == ':' || c == '>' || c == '|') return true;
    if (c == '=' || c == '!') return false;
    if (c == '<' && (after == '=' || after == '!')) {
        reader->at++;
        return false;
    }
    if (c == 'P' && after == '<') {
        c = '<';
        reader->at++;
    }
    if (c == '<' || c == '\'') {
        char close = c == '<' ? '>' : '\'';
        while (reader->at < reader->text.length && reader_peek(reader, 0) != close) reader->at++;
        reader->at++;
        return true;
    }
    for (reader->at--; strchr("imsnJ-", reader_peek(reader, 0)) && reader_peek(reader, 0);) reader->at++;
    c = reader_peek(reader, 0);
    reader->at++;
    *is_flags = c == ')';
    if (c != ')' && c != ':') reader->is_lost = true;
    return true;
}
