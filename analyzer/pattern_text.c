#include "analyzer/pattern_text.h"

#include <ctype.h>

#include "analyzer/pattern_shell.h"
#include "base/array.h"

#define WORD_ELLIPSIS "cordonellipsis"
#define WORD_DEEP     "cordondeep"
#define WORD_METAVAR  "cordonvar_"
#define WORD_SPAN     "cordonspan_"
#define WORD_TYPED    "cordontyped_"

/* Brackets open at once in a pattern; deeper ones are treated as if they were not there. */
enum { BRACKET_DEPTH = 256 };

struct scan {
    struct arena *arena;
    const struct form_table *forms;
    struct view text;
    enum pattern_style style;
    size_t at;
    ARRAY_OF(char) out;
    char brackets[BRACKET_DEPTH]; /* '(' '[' '{' (a block), 'o' (an object), 'O' (one as a statement) or '<'
                                     (a deep one) */
    unsigned depth;
    char last;        /* the last character that is no space; 0 at the start */
    size_t last_word; /* start of the word that ends there, in `text` */
    bool has_newline; /* between it and here */
    bool is_out_of_memory;
};

static char peek(const struct scan *scan, size_t ahead)
{
    size_t at = scan->at + ahead;
    return at < scan->text.length ? scan->text.bytes[at] : 0;
}

static bool is_metavar_head(char byte)
{
    return (byte >= 'A' && byte <= 'Z') || byte == '_';
}

static bool is_metavar_tail(char byte)
{
    return is_metavar_head(byte) || (byte >= '0' && byte <= '9');
}

static void put(struct scan *scan, struct view text)
{
    for (size_t i = 0; i < text.length && !scan->is_out_of_memory; i++)
        if (!ARRAY_PUSH(scan->arena, &scan->out, text.bytes[i])) scan->is_out_of_memory = true;
}

/* Copies `count` bytes and remembers the last one that means something. */
static void copy(struct scan *scan, size_t count)
{
    put(scan, view_slice(scan->text, scan->at, scan->at + count));
    for (size_t i = 0; i < count; i++, scan->at++) {
        char byte = scan->text.bytes[scan->at];
        if (byte == '\n') scan->has_newline = true;
        if (isspace((unsigned char)byte)) continue;
        bool goes_on = is_metavar_tail((char)toupper((unsigned char)byte)) && i == 0 && scan->at > 0 &&
                       is_metavar_tail((char)toupper((unsigned char)scan->text.bytes[scan->at - 1]));
        if (!goes_on) scan->last_word = scan->at;
        scan->last = byte;
        scan->has_newline = false;
    }
}

/* Replaces `count` bytes by a word that counts as an identifier for what follows. */
static void replace(struct scan *scan, size_t count, struct view word)
{
    put(scan, word);
    scan->last_word = scan->at;
    scan->at += count;
    scan->last = 'x';
    scan->has_newline = false;
}

static bool is_among(char byte, const char *set)
{
    return byte && strchr(set, byte);
}

/* Whether `{` here opens an object rather than a block: by what stands before it. */
static bool opens_object(const struct scan *scan)
{
    if (!scan->forms->has_brace_blocks) return true;
    if (view_equals_cstr(view_trim(scan->text), "{...}")) return true; /* alone it is any object */
    struct view word = view_slice(scan->text, scan->last_word, scan->at);
    word = view_trim(word);
    if (view_equals_cstr(word, "return") || view_equals_cstr(word, "default") ||
        view_equals_cstr(word, "const") || view_equals_cstr(word, "let") || view_equals_cstr(word, "var") ||
        view_equals_cstr(word, "import"))
        return true;
    return is_among(scan->last, "(,=:[?&|");
}

/* Whether `{` here, where a statement begins, can be no block: `{..., key: $V}`, which the grammar reads only
 * within parentheses. */
static bool opens_object_statement(const struct scan *scan)
{
    char around = scan->depth && scan->depth <= BRACKET_DEPTH ? scan->brackets[scan->depth - 1] : 0;
    bool is_first = is_among(scan->last, "{};") && (around == 0 || around == '{');
    struct view rest = view_trim(view_slice(scan->text, scan->at + 1, scan->text.length));
    if (!scan->forms->has_brace_blocks || !is_first || !view_starts_with(rest, VIEW("..."))) return false;
    return view_starts_with(view_trim(view_slice(rest, 3, rest.length)), VIEW(","));
}

static void bracket(struct scan *scan, char byte)
{
    if (is_among(byte, "([{")) {
        bool is_statement = byte == '{' && opens_object_statement(scan);
        char kind = is_statement ? 'O' : byte == '{' && opens_object(scan) ? 'o' : byte;
        if (is_statement) put(scan, VIEW("("));
        if (scan->depth < BRACKET_DEPTH) scan->brackets[scan->depth] = kind;
        scan->depth++;
    } else if (is_among(byte, ")]}") && scan->depth > 0) {
        scan->depth--;
    }
}

static char innermost(const struct scan *scan)
{
    char kind = scan->depth && scan->depth <= BRACKET_DEPTH ? scan->brackets[scan->depth - 1] : 0;
    return kind == 'O' ? 'o' : kind;
}

static void step(struct scan *scan);

/* `${...}` in a template: code again. */
static void substitution(struct scan *scan)
{
    copy(scan, 2);
    unsigned depth = scan->depth;
    if (scan->depth < BRACKET_DEPTH) scan->brackets[scan->depth] = '(';
    scan->depth++;
    while (scan->at < scan->text.length && scan->depth > depth && !scan->is_out_of_memory) step(scan);
}

/* A string literal, copied but for the metavariables in it (an f-string's substitutions are code; a plain
 * string's text is restored when it is lowered). */
static void string(struct scan *scan)
{
    char quote = peek(scan, 0);
    size_t length = 1;
    if (quote != '`' && peek(scan, 1) == quote && peek(scan, 2) == quote) length = 3;
    size_t opening = length;
    copy(scan, opening);
    while (scan->at < scan->text.length) {
        if (peek(scan, 0) == '\\' && peek(scan, 1)) {
            copy(scan, 2);
        } else if (peek(scan, 0) == quote &&
                   (opening == 1 || (peek(scan, 1) == quote && peek(scan, 2) == quote))) {
            copy(scan, opening);
            return;
        } else if (quote == '`' && peek(scan, 0) == '$' && peek(scan, 1) == '{') {
            substitution(scan);
        } else if (!scan->forms->has_dollar_names && peek(scan, 0) == '$' && is_metavar_head(peek(scan, 1))) {
            replace(scan, 1, VIEW(WORD_METAVAR));
        } else {
            copy(scan, 1);
        }
    }
}

/* Whether an ellipsis that ends before `after` stands where a statement does. */
static bool is_statement(const struct scan *scan, size_t after)
{
    if (!scan->forms->has_brace_blocks || scan->style == STYLE_BARE) return false;
    if (innermost(scan) != 0 && innermost(scan) != '{') return false;
    bool starts = scan->last == 0 || is_among(scan->last, "{};)") ||
                  (scan->has_newline && !is_among(scan->last, ",([=+-*/%&|?:.<!"));
    bool ends_line = false;
    for (; after < scan->text.length && isspace((unsigned char)scan->text.bytes[after]); after++)
        ends_line |= scan->text.bytes[after] == '\n';
    if (ends_line && after < scan->text.length && scan->text.bytes[after] == '/') return starts; /* a regex */
    return starts && !(after < scan->text.length && is_among(scan->text.bytes[after], ",.)]+-*/%&|?:=;"));
}

/* `for (...)`: the grammar wants three parts. */
static bool is_loop_head(const struct scan *scan)
{
    struct view before = view_trim(view_slice(scan->text, 0, scan->at));
    if (!scan->forms->has_brace_blocks || !view_ends_with(before, VIEW("("))) return false;
    before = view_trim(view_slice(before, 0, before.length - 1));
    size_t after = scan->at + 3;
    while (after < scan->text.length && isspace((unsigned char)scan->text.bytes[after])) after++;
    return view_ends_with(before, VIEW("for")) && after < scan->text.length && scan->text.bytes[after] == ')';
}

/* `<a b=...` and `<a b=$X`: a value that elements want in braces. */
static bool is_attribute(const struct scan *scan)
{
    if (!scan->forms->has_brace_blocks || scan->last != '=') return false;
    for (size_t at = scan->at; at > 0; at--) {
        char byte = scan->text.bytes[at - 1];
        if (byte == '>' || byte == ';' || byte == '{') return false;
        if (byte == '<') return isalpha((unsigned char)scan->text.bytes[at]) || scan->text.bytes[at] == '$';
    }
    return false;
}

/* Copies a metavariable that stands for an attribute's value. */
static void attribute_metavar(struct scan *scan)
{
    size_t length = 1;
    while (is_metavar_tail(peek(scan, length))) length++;
    put(scan, VIEW("{"));
    copy(scan, length);
    put(scan, VIEW("}"));
}

/* `from $X`: the module of an import, which the grammar wants to be a string. */
static bool is_module(const struct scan *scan)
{
    struct view word = view_trim(view_slice(scan->text, scan->last_word, scan->at));
    return scan->forms->has_brace_blocks && view_equals_cstr(word, "from") && peek(scan, 0) == '$' &&
           is_metavar_head(peek(scan, 1));
}

static void module_metavar(struct scan *scan)
{
    size_t length = 1;
    while (is_metavar_tail(peek(scan, length))) length++;
    put(scan, VIEW("\""));
    copy(scan, length);
    put(scan, VIEW("\""));
}

static void ellipsis(struct scan *scan)
{
    char next = peek(scan, 3);
    if (is_attribute(scan)) {
        put(scan, VIEW("{"));
        replace(scan, 3, VIEW(WORD_ELLIPSIS));
        put(scan, VIEW("}"));
        return;
    }
    struct view word = view_trim(view_slice(scan->text, scan->last_word, scan->at));
    bool is_name = view_equals_cstr(word, "function") || view_equals_cstr(word, "class"); /* function ...() */
    bool is_spread = scan->forms->has_brace_blocks && !is_among(scan->last, ".") && !is_name &&
                     (isalpha((unsigned char)next) || is_among(next, "_$([{"));
    if (is_spread) {
        copy(scan, 3);
        return;
    }
    bool ends_statement = is_statement(scan, scan->at + 3);
    if (is_loop_head(scan)) put(scan, VIEW(WORD_ELLIPSIS ";" WORD_ELLIPSIS ";"));
    if (innermost(scan) == 'o' && scan->last != ':' && scan->last != '=' && scan->style != STYLE_BARE)
        put(scan, view_of_cstr(scan->forms->brace_splat));
    if (ends_statement && scan->style == STYLE_SEPARATED && scan->last && !is_among(scan->last, "{};"))
        put(scan, VIEW(";"));
    replace(scan, 3, VIEW(WORD_ELLIPSIS));
    if (ends_statement) {
        put(scan, VIEW(";"));
        scan->last = ';';
    }
}

static void metavar_span(struct scan *scan)
{
    bool ends_statement = false;
    if (innermost(scan) == 'o') {
        put(scan, view_of_cstr(scan->forms->brace_splat));
    } else {
        size_t after = scan->at + 4;
        while (after < scan->text.length && is_metavar_tail(scan->text.bytes[after])) after++;
        ends_statement = is_statement(scan, after);
    }
    replace(scan, 4, VIEW(WORD_SPAN));
    size_t length = 0;
    while (is_metavar_tail(peek(scan, length))) length++;
    copy(scan, length);
    if (ends_statement) {
        put(scan, VIEW(";"));
        scan->last = ';';
    }
}

/* The length of a metavariable's `$X: T` here, where it stands within parentheses as an argument does; 0: it
 * is none. `*name` and `*type` are its parts. */
static size_t typed_length(const struct scan *scan, struct view *name, struct view *type)
{
    size_t end = 1, start;
    if (innermost(scan) != '(' || !is_among(scan->last, "(,")) return 0;
    while (is_metavar_tail(peek(scan, end))) end++;
    *name = view_slice(scan->text, scan->at + 1, scan->at + end);
    while (isspace((unsigned char)peek(scan, end))) end++;
    if (peek(scan, end) != ':') return 0;
    start = ++end;
    for (unsigned depth = 0; peek(scan, end); end++) {
        char byte = peek(scan, end);
        if (depth == 0 && is_among(byte, "),")) break;
        if (is_among(byte, "=;{}\n")) return 0;
        if (is_among(byte, "([<")) depth++;
        if (is_among(byte, ")]>") && depth > 0) depth--;
    }
    *type = view_trim(view_slice(scan->text, scan->at + start, scan->at + end));
    return peek(scan, end) && type->length ? end : 0;
}

/* The type is kept in the word itself, two letters a byte. */
static bool typed_metavar(struct scan *scan)
{
    struct view name, type;
    size_t length = typed_length(scan, &name, &type);
    if (!length) return false;
    put(scan, VIEW(WORD_TYPED));
    put(scan, name);
    put(scan, VIEW("x"));
    for (size_t i = 0; i < type.length; i++) {
        const char letters[2] = {(char)('a' + ((unsigned char)type.bytes[i] >> 4)),
                                 (char)('a' + (type.bytes[i] & 15))};
        put(scan, view_make(letters, 2));
    }
    replace(scan, length, VIEW(""));
    return true;
}

static bool starts_with(const struct scan *scan, const char *text)
{
    return view_starts_with(view_slice(scan->text, scan->at, scan->text.length), view_of_cstr(text));
}

static void step(struct scan *scan)
{
    char byte = peek(scan, 0);
    if (byte == '"' || byte == '\'' || (byte == '`' && scan->forms->has_brace_blocks)) {
        string(scan);
    } else if (starts_with(scan, "<...")) {
        put(scan, VIEW(WORD_DEEP "("));
        scan->at += 4;
        scan->last = '(';
        if (scan->depth < BRACKET_DEPTH) scan->brackets[scan->depth] = '<';
        scan->depth++;
    } else if (starts_with(scan, "...>") && innermost(scan) == '<') { /* not that of `<a ...>` */
        put(scan, VIEW(")"));
        scan->at += 4;
        scan->last = ')';
        if (scan->depth > 0) scan->depth--;
    } else if (starts_with(scan, "...")) {
        ellipsis(scan);
    } else if (starts_with(scan, "$...") && is_metavar_head(peek(scan, 4))) {
        metavar_span(scan);
    } else if (scan->style == STYLE_TYPED && byte == '$' && is_metavar_head(peek(scan, 1)) &&
               typed_metavar(scan)) {
        return;
    } else if (is_module(scan)) {
        module_metavar(scan);
    } else if (byte == '$' && is_metavar_head(peek(scan, 1)) && is_attribute(scan)) {
        attribute_metavar(scan);
    } else if (byte == '$' && is_metavar_head(peek(scan, 1)) && !scan->forms->has_dollar_names) {
        replace(scan, 1, VIEW(WORD_METAVAR));
    } else {
        bool ends_statement = byte == '}' && scan->depth && scan->depth <= BRACKET_DEPTH &&
                              scan->brackets[scan->depth - 1] == 'O';
        bracket(scan, byte);
        copy(scan, 1);
        if (ends_statement) put(scan, VIEW(");"));
    }
}

struct view pattern_text_prepare(struct arena *arena, const struct form_table *forms, struct view text,
                                 enum pattern_style style)
{
    if (forms->has_word_values) return pattern_shell_prepare(arena, text);
    struct scan scan = {.arena = arena, .forms = forms, .text = text, .style = style};
    while (scan.at < text.length && !scan.is_out_of_memory) step(&scan);
    if (scan.is_out_of_memory) return (struct view){0};
    return view_make(scan.out.items, scan.out.count);
}

static bool is_metavar_name(struct view text)
{
    if (text.length == 0) return false;
    for (size_t i = 0; i < text.length; i++)
        if (!is_metavar_tail(text.bytes[i])) return false;
    return true;
}

/* Where the type begins in the word of a metavariable with one; 0: it is none. */
static size_t type_start(struct view text)
{
    struct view word = VIEW(WORD_TYPED);
    size_t at = word.length;
    if (!view_starts_with(text, word)) return 0;
    while (at < text.length && text.bytes[at] != 'x') at++;
    return at < text.length ? at + 1 : 0;
}

struct view pattern_text_type(struct arena *arena, struct view text)
{
    size_t start = type_start(text), length = start ? (text.length - start) / 2 : 0;
    char *bytes = arena_alloc(arena, length + 1);
    if (!bytes) return (struct view){0};
    for (size_t i = 0; i < length; i++)
        bytes[i] = (char)((text.bytes[start + 2 * i] - 'a') << 4 | (text.bytes[start + 2 * i + 1] - 'a'));
    return view_make(bytes, length);
}

enum placeholder_kind pattern_text_placeholder(struct arena *arena, const struct form_table *forms,
                                               struct view text, struct view *name)
{
    struct view word = VIEW(WORD_METAVAR), span = VIEW(WORD_SPAN);
    if (view_equals_cstr(text, WORD_ELLIPSIS) || view_equals_cstr(text, "...")) return PLACEHOLDER_ELLIPSIS;
    if (view_equals_cstr(text, WORD_DEEP)) return PLACEHOLDER_DEEP;
    if (view_starts_with(text, span)) {
        *name = arena_format(arena, "$...%.*s", VIEW_ARGS(view_slice(text, span.length, text.length)));
        return PLACEHOLDER_METAVAR_SPAN;
    }
    if (type_start(text)) {
        *name = arena_format(arena, "$%.*s",
                             VIEW_ARGS(view_slice(text, strlen(WORD_TYPED), type_start(text) - 1)));
        return PLACEHOLDER_TYPED;
    }
    struct view tail = {0};
    if (view_starts_with(text, word)) tail = view_slice(text, word.length, text.length);
    if (forms->has_dollar_names && text.length > 1 && text.bytes[0] == '$')
        tail = view_slice(text, 1, text.length);
    if (!is_metavar_name(tail)) return PLACEHOLDER_NONE;
    if (view_equals_cstr(tail, "_")) return PLACEHOLDER_ANY;
    *name = arena_format(arena, "$%.*s", VIEW_ARGS(tail));
    return PLACEHOLDER_METAVAR;
}

bool pattern_text_has_placeholder(struct view text)
{
    return view_find(text, VIEW(WORD_METAVAR)) != SIZE_MAX || view_find(text, VIEW(WORD_SPAN)) != SIZE_MAX ||
           view_find(text, VIEW(WORD_ELLIPSIS)) != SIZE_MAX;
}

struct view pattern_text_restore(struct arena *arena, struct view text)
{
    struct view word = VIEW(WORD_METAVAR);
    if (view_find(text, word) == SIZE_MAX) return text;
    ARRAY_OF(char) out = {0};
    for (size_t i = 0; i < text.length; i++) {
        bool is_word = view_starts_with(view_slice(text, i, text.length), word);
        if (!ARRAY_PUSH(arena, &out, is_word ? '$' : text.bytes[i])) return (struct view){0};
        if (is_word) i += word.length - 1;
    }
    return view_make(out.items, out.count);
}
