#include "analyzer/comparison.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/array.h"

/* Levels of parentheses and operators; a comparison that people write has a handful. */
enum { COMPARISON_DEPTH = 64, NONE = UINT32_MAX };

enum term_kind {
    TERM_NUMBER,
    TERM_TEXT,
    TERM_TRUTH,
    TERM_METAVAR,
    TERM_LIST,
    TERM_NOT,
    TERM_MINUS,
    TERM_AND,
    TERM_OR,
    TERM_BINARY, /* `op` says which */
    TERM_INT,
    TERM_STR,
    TERM_LEN,
    TERM_MATCH, /* re.match(regex, text) */
};

struct term {
    enum term_kind kind;
    char op[3];           /* TERM_BINARY: "==", "<=", "in", "ni" (not in), "+", "//" ... */
    uint32_t left, right; /* operands; of a list its first item */
    uint32_t next;        /* the next item of the list that this one is in */
    double number;
    struct view text;
    uint16_t slot;
    const struct regex *regex;
};

struct comparison {
    const struct term *terms;
    uint32_t root;
};

struct parser {
    struct arena *arena;
    struct slot_table *slots;
    struct regex_list *regexes;
    struct error *err;
    struct view text;
    size_t at;
    ARRAY_OF(struct term) terms;
    unsigned depth;
};

enum value_kind { VALUE_NONE, VALUE_NUMBER, VALUE_TEXT };

struct value {
    enum value_kind kind;
    double number;
    struct view text;
};

static struct value number_value(double number)
{
    return (struct value){VALUE_NUMBER, number, {0}};
}

static struct value number_of_text(struct view text)
{
    char buffer[64], *end = NULL;
    size_t length = 0;
    text = view_trim(text);
    for (size_t i = 0; i < text.length && length + 1 < sizeof buffer; i++)
        if (text.bytes[i] != '_') buffer[length++] = text.bytes[i];
    buffer[length] = 0;
    if (length == 0 || length + 1 >= sizeof buffer || isalpha((unsigned char)buffer[0]))
        return (struct value){0};
    bool is_octal = length > 2 && buffer[0] == '0' && tolower((unsigned char)buffer[1]) == 'o';
    bool is_binary = length > 2 && buffer[0] == '0' && tolower((unsigned char)buffer[1]) == 'b';
    double number = is_octal    ? (double)strtoll(buffer + 2, &end, 8)
                    : is_binary ? (double)strtoll(buffer + 2, &end, 2)
                                : strtod(buffer, &end);
    return *end ? (struct value){0} : number_value(number);
}

static uint32_t parse_or(struct parser *p);

static uint32_t fail(struct parser *p, const char *what)
{
    error_set(p->err, ERROR_RULE, "metavariable-comparison: %s at byte %zu of \"%.*s\"", what, p->at,
              (int)(p->text.length > 120 ? 120 : p->text.length), p->text.bytes);
    return NONE;
}

static uint32_t term_new(struct parser *p, struct term term)
{
    if (!ARRAY_PUSH(p->arena, &p->terms, term)) return fail(p, "no memory");
    return p->terms.count - 1;
}

static void skip_space(struct parser *p)
{
    while (p->at < p->text.length && isspace((unsigned char)p->text.bytes[p->at])) p->at++;
}

static bool is_word_byte(char byte)
{
    return isalnum((unsigned char)byte) || byte == '_';
}

/* Takes an operator or a word that stands here. */
static bool take(struct parser *p, const char *token)
{
    skip_space(p);
    size_t length = strlen(token);
    struct view rest = view_slice(p->text, p->at, p->text.length);
    if (!view_starts_with(rest, view_of_cstr(token))) return false;
    if (is_word_byte(token[0]) && rest.length > length && is_word_byte(rest.bytes[length])) return false;
    p->at += length;
    return true;
}

static uint32_t binary(struct parser *p, enum term_kind kind, const char *op, uint32_t left, uint32_t right)
{
    struct term term = {.kind = kind, .left = left, .right = right, .next = NONE};
    if (left == NONE || right == NONE) return NONE;
    snprintf(term.op, sizeof term.op, "%s", op);
    return term_new(p, term);
}

static uint32_t parse_number(struct parser *p)
{
    size_t start = p->at;
    while (p->at < p->text.length && (is_word_byte(p->text.bytes[p->at]) || p->text.bytes[p->at] == '.'))
        p->at++;
    struct value value = number_of_text(view_slice(p->text, start, p->at));
    if (value.kind != VALUE_NUMBER) return fail(p, "not a number");
    return term_new(p, (struct term){.kind = TERM_NUMBER, .number = value.number, .next = NONE});
}

static uint32_t parse_text(struct parser *p, bool is_raw)
{
    char quote = p->text.bytes[p->at++];
    ARRAY_OF(char) out = {0};
    while (p->at < p->text.length && p->text.bytes[p->at] != quote) {
        bool is_escape = p->text.bytes[p->at] == '\\' && p->at + 1 < p->text.length;
        if (is_escape && (is_raw || !strchr("\\'\"", p->text.bytes[p->at + 1]))) {
            if (!ARRAY_PUSH(p->arena, &out, '\\')) return fail(p, "no memory");
        }
        if (is_escape) p->at++;
        if (!ARRAY_PUSH(p->arena, &out, p->text.bytes[p->at])) return fail(p, "no memory");
        p->at++;
    }
    if (p->at >= p->text.length) return fail(p, "the string does not end");
    p->at++;
    struct term term = {.kind = TERM_TEXT, .text = view_make(out.items, out.count), .next = NONE};
    return term_new(p, term);
}

static uint32_t parse_list(struct parser *p, const char *closing)
{
    uint32_t list = term_new(p, (struct term){.kind = TERM_LIST, .left = NONE, .next = NONE});
    uint32_t last = NONE;
    if (list == NONE) return NONE;
    while (!take(p, closing)) {
        uint32_t item = parse_or(p);
        if (item == NONE) return NONE;
        if (last == NONE)
            p->terms.items[list].left = item;
        else
            p->terms.items[last].next = item;
        last = item;
        if (!take(p, ",") && (skip_space(p), p->at >= p->text.length || p->text.bytes[p->at] != closing[0]))
            return fail(p, "expected a comma");
    }
    return list;
}

static uint32_t parse_call(struct parser *p, enum term_kind kind)
{
    if (!take(p, "(")) return fail(p, "expected (");
    uint32_t left = parse_or(p), right = 0;
    if (left == NONE) return NONE;
    struct term term = {.kind = kind, .left = left, .next = NONE};
    if (kind == TERM_MATCH) {
        if (p->terms.items[left].kind != TERM_TEXT || !take(p, ","))
            return fail(p, "re.match takes a literal regex and a text");
        term.regex = regex_compile(p->arena, p->regexes, p->terms.items[left].text, REGEX_ANCHORED, p->err);
        if (!term.regex) return NONE;
        right = parse_or(p);
        if (right == NONE) return NONE;
        term.left = right;
    }
    if (!take(p, ")")) return fail(p, "expected )");
    return term_new(p, term);
}

static uint32_t parse_metavar(struct parser *p)
{
    size_t start = p->at++;
    if (view_starts_with(view_slice(p->text, p->at, p->text.length), VIEW("..."))) p->at += 3;
    while (p->at < p->text.length && is_word_byte(p->text.bytes[p->at])) p->at++;
    struct term term = {.kind = TERM_METAVAR, .next = NONE};
    if (!slot_of(p->arena, p->slots, view_slice(p->text, start, p->at), &term.slot))
        return fail(p, "too many metavariables");
    return term_new(p, term);
}

static uint32_t parse_primary(struct parser *p)
{
    skip_space(p);
    if (p->at >= p->text.length) return fail(p, "it ends too early");
    char byte = p->text.bytes[p->at];
    if (byte == '$') return parse_metavar(p);
    if (byte == '"' || byte == '\'') return parse_text(p, false);
    if (byte == 'r' && p->at + 1 < p->text.length && strchr("'\"", p->text.bytes[p->at + 1])) {
        p->at++;
        return parse_text(p, true);
    }
    if (isdigit((unsigned char)byte)) return parse_number(p);
    if (take(p, "[")) return parse_list(p, "]");
    if (take(p, "(")) {
        uint32_t inner = parse_or(p);
        if (inner != NONE && !take(p, ")")) return fail(p, "expected )");
        return inner;
    }
    if (take(p, "True")) return term_new(p, (struct term){.kind = TERM_TRUTH, .number = 1, .next = NONE});
    if (take(p, "False")) return term_new(p, (struct term){.kind = TERM_TRUTH, .number = 0, .next = NONE});
    if (take(p, "int") || take(p, "float")) return parse_call(p, TERM_INT);
    if (take(p, "str")) return parse_call(p, TERM_STR);
    if (take(p, "len")) return parse_call(p, TERM_LEN);
    if (take(p, "re.match")) return parse_call(p, TERM_MATCH);
    return fail(p, "expected a value (number, string, metavariable, int(), str(), len(), re.match())");
}

static uint32_t parse_unary(struct parser *p)
{
    if (++p->depth > COMPARISON_DEPTH) return fail(p, "too deep");
    uint32_t result;
    if (take(p, "-")) {
        uint32_t inner = parse_unary(p);
        result = inner == NONE ? NONE
                               : term_new(p, (struct term){.kind = TERM_MINUS, .left = inner, .next = NONE});
    } else {
        result = parse_primary(p);
        if (result != NONE && take(p, "**")) result = binary(p, TERM_BINARY, "**", result, parse_unary(p));
    }
    p->depth--;
    return result;
}

/* Left-associative operators of one level: `ops` in the order in which they must be tried. */
static uint32_t parse_level(struct parser *p, unsigned level)
{
    static const char *const levels[][9] = {
        {"==", "!=", "<=", ">=", "<", ">", "in", NULL},
        {"+", "-", NULL},
        {"//", "*", "/", "%", NULL},
    };
    if (level == 3) return parse_unary(p);
    uint32_t left = parse_level(p, level + 1);
    while (left != NONE) {
        const char *op = NULL;
        size_t before = p->at;
        for (unsigned i = 0; !op && levels[level][i]; i++)
            if (take(p, levels[level][i])) op = levels[level][i];
        if (!op && level == 0 && take(p, "not")) {
            if (take(p, "in"))
                op = "ni";
            else
                p->at = before;
        }
        if (!op) break;
        left = binary(p, TERM_BINARY, op, left, parse_level(p, level + 1));
    }
    return left;
}

static uint32_t parse_not(struct parser *p)
{
    if (++p->depth > COMPARISON_DEPTH) return fail(p, "too deep");
    uint32_t result;
    if (take(p, "not")) {
        uint32_t inner = parse_not(p);
        result =
            inner == NONE ? NONE : term_new(p, (struct term){.kind = TERM_NOT, .left = inner, .next = NONE});
    } else {
        result = parse_level(p, 0);
    }
    p->depth--;
    return result;
}

static uint32_t parse_or(struct parser *p)
{
    uint32_t left = NONE;
    do {
        uint32_t all = parse_not(p);
        while (all != NONE && take(p, "and")) all = binary(p, TERM_AND, "", all, parse_not(p));
        if (all == NONE) return NONE;
        left = left == NONE ? all : binary(p, TERM_OR, "", left, all);
    } while (left != NONE && take(p, "or"));
    return left;
}

const struct comparison *comparison_compile(struct arena *arena, struct slot_table *slots,
                                            struct regex_list *regexes, struct view text, struct error *err)
{
    struct parser p = {.arena = arena, .slots = slots, .regexes = regexes, .err = err, .text = text};
    uint32_t root = parse_or(&p);
    if (root == NONE) return NULL;
    skip_space(&p);
    if (p.at < text.length) {
        fail(&p, "it goes on");
        return NULL;
    }
    struct comparison *comparison = ARENA_NEW(arena, struct comparison);
    if (!comparison) {
        fail(&p, "no memory");
        return NULL;
    }
    *comparison = (struct comparison){p.terms.items, root};
    return comparison;
}

/* ---- running ---- */

struct run {
    const struct comparison *comparison;
    struct regex_scratch *scratch;
    comparison_lookup *lookup;
    void *context;
    bool is_limited;
};

/* What a captured text is worth: a number, a word of truth, the inside of a string, or itself. */
static struct value value_of_text(struct view text)
{
    struct value number = number_of_text(text);
    if (number.kind != VALUE_NONE) return number;
    if (view_equals_cstr(text, "True") || view_equals_cstr(text, "true")) return number_value(1);
    if (view_equals_cstr(text, "False") || view_equals_cstr(text, "false")) return number_value(0);
    if (text.length >= 2 && strchr("'\"`", text.bytes[0]) && text.bytes[text.length - 1] == text.bytes[0])
        text = view_slice(text, 1, text.length - 1);
    return (struct value){VALUE_TEXT, 0, text};
}

static bool is_true(struct value value)
{
    return value.kind == VALUE_NUMBER ? value.number != 0 : value.kind == VALUE_TEXT && value.text.length > 0;
}

static bool value_equals(struct value a, struct value b)
{
    if (a.kind != b.kind) return false;
    return a.kind == VALUE_NUMBER ? a.number == b.number : view_equals(a.text, b.text);
}

static struct value evaluate(struct run *run, uint32_t at);

static struct value evaluate_in(struct run *run, struct value needle, uint32_t list)
{
    const struct term *terms = run->comparison->terms;
    if (terms[list].kind == TERM_LIST) {
        for (uint32_t i = terms[list].left; i != NONE; i = terms[i].next)
            if (value_equals(needle, evaluate(run, i))) return number_value(1);
        return number_value(0);
    }
    struct value text = evaluate(run, list);
    if (text.kind != VALUE_TEXT || needle.kind != VALUE_TEXT) return (struct value){0};
    return number_value(view_find(text.text, needle.text) != SIZE_MAX);
}

static struct value compare(const char *op, int order)
{
    if (strcmp(op, "<") == 0) return number_value(order < 0);
    if (strcmp(op, ">") == 0) return number_value(order > 0);
    if (strcmp(op, "<=") == 0) return number_value(order <= 0);
    if (strcmp(op, ">=") == 0) return number_value(order >= 0);
    return (struct value){0};
}

static struct value evaluate_binary(struct run *run, const struct term *term)
{
    struct value a = evaluate(run, term->left);
    const char *op = term->op;
    if (strcmp(op, "in") == 0) return evaluate_in(run, a, term->right);
    if (strcmp(op, "ni") == 0) {
        struct value in = evaluate_in(run, a, term->right);
        return in.kind == VALUE_NONE ? in : number_value(in.number == 0);
    }
    struct value b = evaluate(run, term->right);
    if (a.kind == VALUE_NONE || b.kind == VALUE_NONE) return (struct value){0};
    if (strcmp(op, "==") == 0) return number_value(value_equals(a, b));
    if (strcmp(op, "!=") == 0) return number_value(!value_equals(a, b));
    if (a.kind != b.kind) return (struct value){0};
    if (a.kind == VALUE_TEXT) return compare(op, view_compare(a.text, b.text));
    if (strcmp(op, "+") == 0) return number_value(a.number + b.number);
    if (strcmp(op, "-") == 0) return number_value(a.number - b.number);
    if (strcmp(op, "*") == 0) return number_value(a.number * b.number);
    if (strcmp(op, "**") == 0) return number_value(pow(a.number, b.number));
    if ((strcmp(op, "/") == 0 || strcmp(op, "//") == 0 || strcmp(op, "%") == 0) && b.number == 0)
        return (struct value){0};
    if (strcmp(op, "/") == 0) return number_value(a.number / b.number);
    if (strcmp(op, "//") == 0) return number_value(floor(a.number / b.number));
    if (strcmp(op, "%") == 0) return number_value(a.number - floor(a.number / b.number) * b.number);
    return compare(op, (a.number > b.number) - (a.number < b.number));
}

static struct value evaluate(struct run *run, uint32_t at)
{
    const struct term *term = &run->comparison->terms[at];
    struct view text;
    struct value value;
    switch (term->kind) {
    case TERM_NUMBER:
    case TERM_TRUTH:
        return number_value(term->number);
    case TERM_TEXT:
        return (struct value){VALUE_TEXT, 0, term->text};
    case TERM_METAVAR:
        return run->lookup(run->context, term->slot, &text) ? value_of_text(text) : (struct value){0};
    case TERM_LIST:
        return (struct value){0};
    case TERM_NOT:
        value = evaluate(run, term->left);
        return value.kind == VALUE_NONE ? value : number_value(!is_true(value));
    case TERM_MINUS:
        value = evaluate(run, term->left);
        return value.kind == VALUE_NUMBER ? number_value(-value.number) : (struct value){0};
    case TERM_AND:
        value = evaluate(run, term->left);
        return is_true(value) ? evaluate(run, term->right) : value;
    case TERM_OR:
        value = evaluate(run, term->left);
        return is_true(value) ? value : evaluate(run, term->right);
    case TERM_BINARY:
        return evaluate_binary(run, term);
    case TERM_INT:
        value = evaluate(run, term->left);
        return value.kind == VALUE_TEXT ? number_of_text(value.text) : value;
    case TERM_STR:
        return evaluate(run, term->left);
    case TERM_LEN:
        value = evaluate(run, term->left);
        return value.kind == VALUE_TEXT ? number_value((double)value.text.length) : (struct value){0};
    case TERM_MATCH:
        break;
    }
    const struct term *subject = &run->comparison->terms[term->left];
    value = evaluate(run, term->left);
    if (subject->kind == TERM_STR) subject = &run->comparison->terms[subject->left];
    text = value.text;
    if (value.kind == VALUE_NONE) return value;
    if (value.kind == VALUE_NUMBER && /* as it is written */
        !(subject->kind == TERM_METAVAR && run->lookup(run->context, subject->slot, &text)))
        return (struct value){0};
    enum regex_answer answer = regex_run(term->regex, run->scratch, text, 0);
    if (answer == REGEX_LIMIT) run->is_limited = true;
    return number_value(answer == REGEX_YES);
}

enum comparison_answer comparison_run(const struct comparison *comparison, struct regex_scratch *scratch,
                                      comparison_lookup *lookup, void *context)
{
    struct run run = {comparison, scratch, lookup, context, false};
    struct value value = evaluate(&run, comparison->root);
    if (run.is_limited) return COMPARISON_LIMIT;
    return is_true(value) ? COMPARISON_YES : COMPARISON_NO;
}
