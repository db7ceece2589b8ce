#include "analyzer/pattern_shell.h"

#include <ctype.h>

#include "analyzer/pattern_text.h"
#include "base/array.h"

enum { NESTING = 64 };

struct shell_scan {
    struct arena *arena;
    struct view text;
    size_t at;
    ARRAY_OF(char) out;
    char open[NESTING]; /* what encloses this place: '"', '(', '{' of a block or '$' of ${; deeper ones are
                           not told apart */
    unsigned depth;
    bool is_out_of_memory;
};

static char peek(const struct shell_scan *scan, size_t ahead)
{
    return scan->at + ahead < scan->text.length ? scan->text.bytes[scan->at + ahead] : 0;
}

static char before(const struct shell_scan *scan)
{
    return scan->at ? scan->text.bytes[scan->at - 1] : 0;
}

static void put(struct shell_scan *scan, struct view text)
{
    for (size_t i = 0; i < text.length && !scan->is_out_of_memory; i++)
        scan->is_out_of_memory = !ARRAY_PUSH(scan->arena, &scan->out, text.bytes[i]);
}

static void copy(struct shell_scan *scan, size_t count)
{
    struct view piece = view_slice(scan->text, scan->at, scan->at + count);
    put(scan, piece);
    scan->at += piece.length;
}

static void replace(struct shell_scan *scan, size_t count, const char *word)
{
    put(scan, view_of_cstr(word));
    scan->at += count;
}

static bool is_head(char c)
{
    return isupper((unsigned char)c) || c == '_';
}

static bool is_tail(char c)
{
    return is_head(c) || isdigit((unsigned char)c);
}

/* Whether an ellipsis may touch this character: a word of letters goes on through dots (`../...`). */
static bool ends_word(char c)
{
    return c == 0 || isspace((unsigned char)c) || strchr("()<>|;&\"'`$={}", c);
}

/* Whether the metavariable stands where the shell has a name rather than a value. */
static bool is_name(const struct shell_scan *scan, size_t length)
{
    struct view head = view_slice(scan->text, 0, scan->at);
    if (view_ends_with(head, VIEW("${"))) return true;
    head = view_trim(head);
    static const char *const words[] = {"for", "select", "function"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t width = strlen(words[i]);
        if (view_ends_with(head, view_of_cstr(words[i])) && scan->at > head.length &&
            (head.length == width || !isalnum((unsigned char)head.bytes[head.length - width - 1])))
            return true;
    }
    char next = peek(scan, length), after = peek(scan, length + 1);
    bool starts_word = ends_word(before(scan)) && before(scan) != '=' && before(scan) != '$';
    if (!starts_word) return false;
    return (next == '=' && after != '=' && after != '~') || (next == '+' && after == '=') || next == '[' ||
           (next == '(' && after == ')');
}

static bool metavariable(struct shell_scan *scan)
{
    size_t length = 1;
    if (peek(scan, 0) != '$') return false;
    if (view_starts_with(view_slice(scan->text, scan->at, scan->text.length), VIEW("$...")) &&
        is_head(peek(scan, 4))) {
        replace(scan, 4, "cordonspan_");
        while (is_tail(peek(scan, 0))) copy(scan, 1);
        return true;
    }
    if (!is_head(peek(scan, 1))) return false;
    while (is_tail(peek(scan, length))) length++;
    if (islower((unsigned char)peek(scan, length))) return false; /* $Xyz: a variable of the script */
    replace(scan, 1, is_name(scan, length) ? "cordonvar_" : "$cordonvar_");
    copy(scan, length - 1);
    return true;
}

static void push(struct shell_scan *scan, char kind)
{
    if (scan->depth < NESTING) scan->open[scan->depth] = kind;
    scan->depth++;
}

static char innermost(const struct shell_scan *scan)
{
    return scan->depth && scan->depth <= NESTING ? scan->open[scan->depth - 1] : 0;
}

/* The word that begins behind the blanks at `at`. */
static struct view word_behind(const struct shell_scan *scan, size_t at)
{
    while (at < scan->text.length && strchr(" \t", scan->text.bytes[at])) at++;
    size_t end = at;
    while (end < scan->text.length && isalpha((unsigned char)scan->text.bytes[end])) end++;
    if (end == at && end < scan->text.length && scan->text.bytes[end] == '}') end++;
    return view_slice(scan->text, at, end);
}

/* An ellipsis; where the word behind it closes a group, the shell wants the command before it ended. */
static void ellipsis(struct shell_scan *scan)
{
    static const char *const closers[] = {"done", "fi", "else", "elif", "}"};
    struct view head = view_trim(view_slice(scan->text, 0, scan->at));
    struct view next = word_behind(scan, scan->at + 3);
    replace(scan, 3, "cordonellipsis");
    if (view_equals_cstr(next, "esac") &&
        (view_ends_with(head, VIEW("in")) || view_ends_with(head, VIEW(";;"))))
        put(scan, VIEW(") ;;"));
    for (size_t i = 0; i < sizeof closers / sizeof *closers; i++)
        if (view_equals_cstr(next, closers[i]) && (next.bytes[0] != '}' || innermost(scan) == '{'))
            put(scan, VIEW(";"));
}

static void quoted(struct shell_scan *scan)
{
    do copy(scan, 1);
    while (scan->at < scan->text.length && peek(scan, 0) != '\'');
    copy(scan, 1);
}

static void step(struct shell_scan *scan)
{
    char c = peek(scan, 0);
    bool is_text = innermost(scan) == '"';
    if (c == '\\') {
        copy(scan, 2);
    } else if (c == '\'' && !is_text) {
        quoted(scan);
    } else if (c == '"') {
        copy(scan, 1);
        if (is_text)
            scan->depth--;
        else
            push(scan, '"');
    } else if (c == '$' && (peek(scan, 1) == '(' || peek(scan, 1) == '{')) {
        push(scan, peek(scan, 1) == '{' ? '$' : '(');
        copy(scan, 2);
    } else if (metavariable(scan)) {
        return;
    } else if (!is_text &&
               view_starts_with(view_slice(scan->text, scan->at, scan->text.length), VIEW("...")) &&
               ends_word(before(scan)) && ends_word(peek(scan, 3))) {
        ellipsis(scan);
    } else if (!is_text && c == '#' && (before(scan) == 0 || isspace((unsigned char)before(scan)))) {
        while (scan->at < scan->text.length && peek(scan, 0) != '\n') copy(scan, 1);
    } else {
        if (!is_text && (c == '(' || c == '{')) push(scan, c);
        if (!is_text && (c == ')' || c == '}') && scan->depth) scan->depth--;
        copy(scan, 1);
    }
}

struct view pattern_shell_prepare(struct arena *arena, struct view text)
{
    struct shell_scan scan = {.arena = arena, .text = text};
    while (scan.at < text.length && !scan.is_out_of_memory) step(&scan);
    if (scan.is_out_of_memory) return (struct view){0};
    return view_make(scan.out.items, scan.out.count);
}
