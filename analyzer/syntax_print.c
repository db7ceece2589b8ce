#include "analyzer/syntax_print.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <tree_sitter/api.h>

#include "base/cleanup.h"

enum { INDENT_MAX = 60, LEAF_BYTES = 60 };

/* Text in source order; untrusted bytes as escapes. */
static void text_put(FILE *out, struct view text)
{
    fputc('"', out);
    for (size_t i = 0; i < text.length && i < LEAF_BYTES; i++) {
        unsigned char c = (unsigned char)text.bytes[i];
        if (c == '\n')
            fputs("\\n", out);
        else if (c < 0x20 || c >= 0x7f || c == '"' || c == '\\')
            fprintf(out, "\\x%02x", c);
        else
            fputc(c, out);
    }
    fputs(text.length > LEAF_BYTES ? "\"..." : "\"", out);
}

static const char *kind_name(const struct syntax *syntax, const struct node *node)
{
    if (node->kind == UINT16_MAX) return "ERROR";
    const char *name = ts_language_symbol_name(syntax->source->language->parser(), node->kind);
    return name ? name : "?";
}

/* A memory stream says where its buffer is only when it is closed, hence the pointers. */
static bool print_end(struct arena *arena, FILE *out, char **buffer, size_t *size, struct view *text,
                      struct error *err)
{
    bool is_whole = fclose(out) == 0;
    *text = is_whole ? arena_copy(arena, view_make(*buffer, *size)) : (struct view){0};
    free(*buffer);
    return text->bytes ? true : error_set(err, ERROR_LIMIT, "no memory left to print");
}

static void place_put(FILE *out, const struct syntax *syntax, const struct node *node)
{
    struct place start = source_place(syntax->source, node->start);
    struct place end = source_place(syntax->source, node->end);
    fprintf(out, " %u:%u-%u:%u", start.line, start.col, end.line, end.col);
}

bool syntax_print(struct arena *arena, const struct syntax *syntax, struct view *text, struct error *err)
{
    char *buffer = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&buffer, &size);
    uint32_t *ends = ARENA_NEW_ARRAY(arena, uint32_t, syntax->count + 1);
    if (!out || !ends) {
        if (out) fclose(out);
        free(buffer);
        return error_set(err, ERROR_LIMIT, "no memory left to print");
    }
    uint32_t depth = 0;
    for (uint32_t at = 0; at < syntax->count; at++) {
        const struct node *node = &syntax->nodes[at];
        while (depth && ends[depth - 1] <= at) depth--;
        fprintf(out, "%*s", (int)(2 * (depth < INDENT_MAX ? depth : INDENT_MAX)), "");
        const char *field =
            node->field ? ts_language_field_name_for_id(syntax->source->language->parser(), node->field)
                        : NULL;
        if (field) fprintf(out, "%s: ", field);
        fprintf(out, node->flags & NODE_IS_NAMED ? "%s" : "'%s'", kind_name(syntax, node));
        place_put(out, syntax, node);
        if (node->symbol) {
            fputc(' ', out);
            text_put(out, symbol_text(syntax->symbols, node->symbol));
        }
        fputc('\n', out);
        ends[depth++] = node->next;
    }
    return print_end(arena, out, &buffer, &size, text, err);
}

bool names_print(struct arena *arena, const struct syntax *syntax, const struct names *names,
                 struct view *text, struct error *err)
{
    char *buffer = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&buffer, &size);
    if (!out) return error_set(err, ERROR_SYSTEM, "no memory left to print");
    for (uint32_t at = 0; at < syntax->count; at++) {
        if (!names->qualified[at] && !names->constant[at] && !names->variable[at]) continue;
        place_put(out, syntax, &syntax->nodes[at]);
        fputc(' ', out);
        text_put(out, node_text(syntax, at));
        if (names->variable[at]) fprintf(out, " variable %u", names->variable[at]);
        if (names->qualified[at]) {
            fputs(" is ", out);
            text_put(out, symbol_text(syntax->symbols, names->qualified[at]));
        }
        for (uint32_t other = names->others[at]; other; other = names->alternatives[other].next) {
            fputs(" or ", out);
            text_put(out, symbol_text(syntax->symbols, names->alternatives[other].symbol));
        }
        if (names->constant[at]) {
            fputs(" = ", out);
            text_put(out, symbol_text(syntax->symbols, names->constant[at]));
        }
        fputc('\n', out);
    }
    return print_end(arena, out, &buffer, &size, text, err);
}
