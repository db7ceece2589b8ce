/* query.c - the text of a query to its tree. */
#include "analyzer/query.h"

#include <ctype.h>
#include <stdlib.h>

#include "analyzer/limits.h"
#include "base/array.h"
#include "grammars/token.h"

enum { QUERY_DEPTH = 100, NAMES_MAX = 1024 };

struct query_parser {
    struct pattern_context *context;
    const struct language *language;
    const TSLanguage *grammar;
    struct view text;
    size_t at;
    ARRAY_OF(struct query_node) nodes;
    ARRAY_OF(struct query_predicate) predicates;
    uint32_t root; /* of the pattern that is read */
    struct error *err;
};

static bool pattern_read(struct query_parser *p, uint8_t field, bool is_next, unsigned depth);

static void space_skip(struct query_parser *p)
{
    while (p->at < p->text.length) {
        char c = p->text.bytes[p->at];
        if (c == ';') {
            while (p->at < p->text.length && p->text.bytes[p->at] != '\n') p->at++;
        } else if (isspace((unsigned char)c)) {
            p->at++;
        } else {
            return;
        }
    }
}

static char peek(struct query_parser *p)
{
    space_skip(p);
    return p->at < p->text.length ? p->text.bytes[p->at] : 0;
}

static bool is_name_byte(char c)
{
    return isalnum((unsigned char)c) || c == '_' || c == '-' || c == '.';
}

/* A name, which a dot or a question mark may be a part of only where `is_dotted`. */
static struct view name_read(struct query_parser *p, bool is_dotted)
{
    size_t start = p->at;
    while (p->at < p->text.length && is_name_byte(p->text.bytes[p->at]) &&
           (is_dotted || p->text.bytes[p->at] != '.'))
        p->at++;
    return view_slice(p->text, start, p->at);
}

static bool refuse(struct query_parser *p, const char *what)
{
    return error_set(p->err, ERROR_RULE, "query: %s", what);
}

/* "...", with the escapes of tree-sitter: \n \r \t \0 \\ \". */
static bool text_read(struct query_parser *p, struct view *text)
{
    char *out = arena_alloc(p->context->arena, p->text.length - p->at + 1);
    size_t written = 0;
    if (!out) return error_set(p->err, ERROR_SYSTEM, "no memory for a query");
    for (p->at++; p->at < p->text.length && p->text.bytes[p->at] != '"'; p->at++) {
        char c = p->text.bytes[p->at];
        if (c == '\n') return refuse(p, "a text goes on over the end of its line");
        if (c == '\\' && p->at + 1 < p->text.length) {
            c = p->text.bytes[++p->at];
            c = (char)(c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c == '0' ? '\0' : c);
        }
        out[written++] = c;
    }
    if (p->at >= p->text.length) return refuse(p, "a text is not closed");
    p->at++;
    *text = view_make(out, written);
    return true;
}

/* ---- kinds and fields, by the grammar's names ---- */

static bool kind_is(const struct query_parser *p, uint32_t kind, TSSymbolType type, struct view name)
{
    return ts_language_symbol_type(p->grammar, (TSSymbol)kind) == type &&
           view_equals_cstr(name, ts_language_symbol_name(p->grammar, (TSSymbol)kind));
}

/* Of a supertype, the kinds below it; those may be supertypes again. */
static void subtypes_add(const struct query_parser *p, TSSymbol supertype, bool *kinds, unsigned depth)
{
    uint32_t count = 0;
    if (depth > QUERY_DEPTH || ts_language_abi_version(p->grammar) < 15) return;
    const TSSymbol *list = ts_language_subtypes(p->grammar, supertype, &count);
    for (uint32_t i = 0; i < count; i++) {
        if (kinds[list[i]]) continue;
        kinds[list[i]] = true;
        const char *name = ts_language_symbol_name(p->grammar, list[i]);
        uint32_t kind_count = ts_language_symbol_count(p->grammar);
        for (uint32_t kind = 0; kind < kind_count; kind++) /* aliases have numbers of their own */
            if (kind_is(p, kind, TSSymbolTypeRegular, view_of_cstr(name))) kinds[kind] = true;
        if (ts_language_symbol_type(p->grammar, list[i]) == TSSymbolTypeSupertype)
            subtypes_add(p, list[i], kinds, depth + 1);
    }
}

static bool nearest_say(struct query_parser *p, struct view name, const char *const *names,
                        unsigned long count)
{
    const char *nearest = error_nearest(name, names, count);
    return nearest ? error_remedy(p->err, "did you mean '%s'?", nearest) : false;
}

static bool kind_refuse(struct query_parser *p, struct view name, bool is_token)
{
    const char *names[NAMES_MAX];
    unsigned long count = 0;
    uint32_t kinds = ts_language_symbol_count(p->grammar);
    TSSymbolType type = is_token ? TSSymbolTypeAnonymous : TSSymbolTypeRegular;
    for (uint32_t kind = 0; kind < kinds && count < NAMES_MAX; kind++)
        if (ts_language_symbol_type(p->grammar, (TSSymbol)kind) == type)
            names[count++] = ts_language_symbol_name(p->grammar, (TSSymbol)kind);
    error_set(p->err, ERROR_RULE, "query: %s has no %s '%.*s'", p->language->word,
              is_token ? "token" : "kind of node", VIEW_ARGS(view_slice(name, 0, 60)));
    return nearest_say(p, name, names, count);
}

static bool kinds_find(struct query_parser *p, struct view name, bool is_token, struct query_node *node)
{
    uint32_t count = ts_language_symbol_count(p->grammar);
    bool *kinds = ARENA_NEW_ARRAY(p->context->arena, bool, count + 1), is_known = false;
    if (!kinds) return error_set(p->err, ERROR_SYSTEM, "no memory for a query");
    for (uint32_t kind = 0; kind < count; kind++) {
        bool is_supertype = !is_token && kind_is(p, kind, TSSymbolTypeSupertype, name);
        if (is_supertype) subtypes_add(p, (TSSymbol)kind, kinds, 0);
        if (is_supertype || kind_is(p, kind, is_token ? TSSymbolTypeAnonymous : TSSymbolTypeRegular, name))
            kinds[kind] = is_known = true;
    }
    if (!is_known) return kind_refuse(p, name, is_token);
    if (is_token && !token_has_meaning(name, p->language->family)) {
        error_set(p->err, ERROR_RULE,
                  "query: the tree has no '%.*s': it says nothing that its parent's kind does not",
                  VIEW_ARGS(view_slice(name, 0, 60)));
        return error_remedy(p->err, "leave it out");
    }
    node->kinds = kinds;
    return true;
}

static bool field_find(struct query_parser *p, struct view name, uint8_t *field)
{
    const char *names[NAMES_MAX];
    unsigned long count = 0;
    uint32_t fields = ts_language_field_count(p->grammar);
    if (name.length == 0) return refuse(p, "the name of a field is missing");
    *field = (uint8_t)ts_language_field_id_for_name(p->grammar, name.bytes, (uint32_t)name.length);
    if (*field) return true;
    for (uint32_t i = 1; i <= fields && count < NAMES_MAX; i++)
        names[count++] = ts_language_field_name_for_id(p->grammar, (TSFieldId)i);
    error_set(p->err, ERROR_RULE, "query: %s has no field '%.*s'", p->language->word,
              VIEW_ARGS(view_slice(name, 0, 60)));
    return nearest_say(p, name, names, count);
}

/* ---- captures and predicates ---- */

/* @name as the slot of $NAME. */
static bool capture_read(struct query_parser *p, uint16_t *slot)
{
    p->at++;
    struct view name = name_read(p, true);
    if (name.length == 0) return refuse(p, "a name is missing behind @");
    char *metavariable = arena_alloc(p->context->arena, name.length + 2);
    if (!metavariable) return error_set(p->err, ERROR_SYSTEM, "no memory for a query");
    metavariable[0] = '$';
    for (size_t i = 0; i < name.length; i++) {
        char c = name.bytes[i];
        metavariable[i + 1] = (char)(c == '-' || c == '.' ? '_' : toupper((unsigned char)c));
    }
    if (slot_of(p->context->arena, p->context->slots, view_make(metavariable, name.length + 1), slot))
        return true;
    return error_set(p->err, ERROR_LIMIT, "a rule has at most %u metavariables", LIMIT_METAVARIABLES);
}

static const struct {
    const char *word;
    enum query_test test;
    bool is_negated, is_any;
} tests[] = {
    {"eq?", QUERY_EQUALS, false, false},        {"not-eq?", QUERY_EQUALS, true, false},
    {"any-eq?", QUERY_EQUALS, false, true},     {"any-not-eq?", QUERY_EQUALS, true, true},
    {"match?", QUERY_MATCHES, false, false},    {"not-match?", QUERY_MATCHES, true, false},
    {"any-match?", QUERY_MATCHES, false, true}, {"any-not-match?", QUERY_MATCHES, true, true},
    {"any-of?", QUERY_IS_ANY_OF, false, false}, {"not-any-of?", QUERY_IS_ANY_OF, true, false},
};

static bool test_find(struct query_parser *p, struct query_predicate *predicate)
{
    const char *words[sizeof tests / sizeof *tests];
    size_t start = p->at;
    while (p->at < p->text.length &&
           (is_name_byte(p->text.bytes[p->at]) || strchr("?!", p->text.bytes[p->at])))
        p->at++;
    struct view word = view_slice(p->text, start, p->at);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        words[i] = tests[i].word;
        if (!view_equals_cstr(word, tests[i].word)) continue;
        predicate->test = tests[i].test;
        predicate->is_negated = tests[i].is_negated;
        predicate->is_any = tests[i].is_any;
        return true;
    }
    p->at = start;
    error_set(p->err, ERROR_RULE, "query: unknown predicate '#%.*s'", VIEW_ARGS(view_slice(word, 0, 40)));
    const char *nearest = error_nearest(word, words, sizeof words / sizeof *words);
    if (nearest) return error_remedy(p->err, "did you mean '#%s'?", nearest);
    return error_remedy(p->err, "one of #eq? #match? #any-of? and their not- and any- forms");
}

/* Behind "(#": the test, a capture, then texts or a second capture. */
static bool predicate_read(struct query_parser *p)
{
    struct query_predicate predicate = {.capture = UINT16_MAX, .other = UINT16_MAX, .root = p->root};
    ARRAY_OF(struct view) texts = {0};
    if (!test_find(p, &predicate)) return false;
    while (peek(p) != ')') {
        struct view text = {0};
        if (peek(p) == '@') {
            uint16_t *slot = predicate.capture == UINT16_MAX ? &predicate.capture : &predicate.other;
            if (*slot != UINT16_MAX) return refuse(p, "a predicate has too many captures");
            if (!capture_read(p, slot)) return false;
            continue;
        }
        if (peek(p) == '"') {
            if (!text_read(p, &text)) return false;
        } else {
            text = name_read(p, true);
            if (text.length == 0) return refuse(p, "a predicate has captures and texts");
        }
        if (!ARRAY_PUSH(p->context->arena, &texts, text))
            return error_set(p->err, ERROR_SYSTEM, "no memory for a query");
    }
    p->at++;
    bool is_pair = predicate.other != UINT16_MAX;
    bool has_texts = predicate.test == QUERY_IS_ANY_OF ? texts.count > 0 : texts.count == 1;
    if (predicate.capture == UINT16_MAX) return refuse(p, "a predicate is about a capture");
    if (is_pair ? predicate.test != QUERY_EQUALS || texts.count : !has_texts)
        return refuse(p, "a predicate wants a text (#any-of? several), #eq? also a second capture");
    if (predicate.test == QUERY_MATCHES) {
        predicate.regex =
            regex_compile(p->context->arena, p->context->regexes, texts.items[0], REGEX_SEARCH, p->err);
        if (!predicate.regex) return false;
    }
    predicate.texts = texts.items;
    predicate.text_count = texts.count;
    if (ARRAY_PUSH(p->context->arena, &p->predicates, predicate)) return true;
    return error_set(p->err, ERROR_SYSTEM, "no memory for a query");
}

/* ---- patterns ---- */

/* The quantifier and the captures behind a pattern. */
static bool suffix_read(struct query_parser *p, uint32_t own)
{
    char c = p->at < p->text.length ? p->text.bytes[p->at] : 0;
    struct query_node *node = &p->nodes.items[own];
    if (c && strchr("?*+", c)) {
        node->quantifier = c == '?' ? QUERY_OPTIONAL : c == '*' ? QUERY_STAR : QUERY_PLUS;
        p->at++;
    }
    if (node->op == QUERY_GROUP && peek(p) == '@')
        return refuse(p, "a group has no capture: capture its nodes");
    for (unsigned i = 0; peek(p) == '@'; i++) {
        if (i == QUERY_CAPTURES_MAX) return refuse(p, "a node has at most 4 captures");
        if (!capture_read(p, &p->nodes.items[own].captures[i])) return false;
    }
    return true;
}

static bool node_add(struct query_parser *p, enum query_op op, uint8_t field, bool is_next, uint32_t *own)
{
    struct query_node node = {.op = (uint8_t)op, .field = field, .is_next = is_next};
    memset(node.captures, 0xff, sizeof node.captures);
    *own = p->nodes.count;
    if (p->nodes.count >= LIMIT_PATTERN_NODES)
        return error_set(p->err, ERROR_LIMIT, "a query has at most %u nodes", LIMIT_PATTERN_NODES);
    if (ARRAY_PUSH(p->context->arena, &p->nodes, node)) return true;
    return error_set(p->err, ERROR_SYSTEM, "no memory for a query");
}

/* What stands between the parentheses of a node or a group: children, anchors, absent fields, predicates. */
static bool children_read(struct query_parser *p, uint32_t own, unsigned depth)
{
    bool has_anchor = false;
    unsigned absent = 0;
    while (true) {
        char c = peek(p);
        if (c == 0) return refuse(p, "a parenthesis is not closed");
        if (c == ')') break;
        if (c == '.') {
            p->at++;
            has_anchor = true;
        } else if (c == '!') {
            p->at++;
            uint8_t field;
            if (!field_find(p, name_read(p, false), &field)) return false;
            if (absent == QUERY_ABSENT_MAX) return refuse(p, "a node has at most 4 absent fields");
            p->nodes.items[own].absent[absent++] = field;
        } else if (c == '(' && p->at + 1 < p->text.length && p->text.bytes[p->at + 1] == '#') {
            p->at += 2;
            if (!predicate_read(p)) return false;
        } else {
            size_t start = p->at;
            struct view name = name_read(p, false);
            uint8_t field = 0;
            if (name.length && peek(p) == ':') {
                size_t behind = p->at + 1;
                p->at = start;
                if (!field_find(p, name, &field)) return false;
                p->at = behind;
            } else {
                p->at = start;
            }
            if (!pattern_read(p, field, has_anchor, depth + 1)) return false;
            has_anchor = false;
        }
    }
    p->at++;
    p->nodes.items[own].ends_list = has_anchor;
    return true;
}

/* Behind "(": a node by its kind, (_), or a group. */
static bool parentheses_read(struct query_parser *p, uint8_t field, bool is_next, unsigned depth)
{
    uint32_t own;
    size_t start = p->at;
    struct view name = peek(p) ? name_read(p, false) : (struct view){0};
    bool is_group = name.length == 0 || peek(p) == ':';
    if (is_group) p->at = start;
    if (!node_add(p, is_group ? QUERY_GROUP : QUERY_NODE, field, is_next, &own)) return false;
    if (!is_group && p->at < p->text.length &&
        p->text.bytes[p->at] == '/') { /* supertype/kind: the kind says it all */
        p->at++;
        start = p->at;
        name = name_read(p, false);
    }
    if (!is_group && !view_equals_cstr(name, "_")) {
        size_t behind = p->at;
        p->at = start;
        if (view_equals_cstr(name, "ERROR") || view_equals_cstr(name, "MISSING"))
            return refuse(p, "a source with errors is refused before any rule sees it");
        if (!kinds_find(p, name, false, &p->nodes.items[own])) return false;
        p->at = behind;
    }
    if (!children_read(p, own, depth)) return false;
    p->nodes.items[own].next = p->nodes.count;
    return suffix_read(p, own);
}

static bool alternation_read(struct query_parser *p, uint8_t field, bool is_next, unsigned depth)
{
    uint32_t own;
    if (!node_add(p, QUERY_ALTERNATION, field, is_next, &own)) return false;
    while (peek(p) != ']') {
        if (peek(p) == 0) return refuse(p, "a bracket is not closed");
        size_t start = p->at;
        struct view name = name_read(p, false);
        uint8_t inner = 0;
        bool has_field = name.length && peek(p) == ':';
        size_t behind = p->at + 1;
        p->at = start;
        if (has_field && !field_find(p, name, &inner)) return false;
        if (has_field) p->at = behind;
        uint32_t branch = p->nodes.count;
        if (!pattern_read(p, inner, false, depth + 1)) return false;
        if (p->nodes.items[branch].quantifier != QUERY_ONE)
            return refuse(p, "a repetition stands behind the brackets, not in them");
    }
    p->at++;
    p->nodes.items[own].next = p->nodes.count;
    if (p->nodes.count == own + 1) return refuse(p, "nothing stands between the brackets");
    return suffix_read(p, own);
}

static bool pattern_read(struct query_parser *p, uint8_t field, bool is_next, unsigned depth)
{
    uint32_t own;
    char c = peek(p);
    if (depth > QUERY_DEPTH)
        return error_set(p->err, ERROR_LIMIT, "a query nests at most %u levels", QUERY_DEPTH);
    if (c == '(' || c == '[') {
        p->at++;
        return (c == '(' ? parentheses_read : alternation_read)(p, field, is_next, depth);
    }
    size_t start = p->at;
    struct view text = {0};
    if (c != '"' && c != '_')
        return refuse(p, "expected a node in parentheses, a \"token\", [alternatives] or _");
    if (!node_add(p, QUERY_NODE, field, is_next, &own)) return false;
    if (c == '_') {
        if (name_read(p, false).length != 1) return refuse(p, "a kind of node stands in parentheses");
        p->nodes.items[own].is_any = true;
    } else {
        if (!text_read(p, &text)) return false;
        size_t behind = p->at;
        p->at = start;
        if (!kinds_find(p, text, true, &p->nodes.items[own])) return false;
        p->nodes.items[own].is_token = true;
        p->at = behind;
    }
    p->nodes.items[own].next = p->nodes.count;
    return suffix_read(p, own);
}

/* Every capture that a predicate is about must be one of its pattern's. */
static bool captures_check(struct query_parser *p)
{
    ARRAY_FOREACH (const struct query_predicate, predicate, &p->predicates) {
        const uint16_t asked[] = {predicate->capture, predicate->other};
        for (int i = 0; i < 2; i++) {
            bool is_known = asked[i] == UINT16_MAX;
            for (uint32_t n = predicate->root; n < p->nodes.items[predicate->root].next && !is_known; n++)
                for (unsigned k = 0; k < QUERY_CAPTURES_MAX; k++)
                    is_known |= p->nodes.items[n].captures[k] == asked[i];
            if (!is_known) return refuse(p, "a predicate is about a capture that its pattern does not have");
        }
    }
    return true;
}

const struct query *query_compile(struct pattern_context *context, const struct language *language,
                                  struct view text, size_t *at, struct error *err)
{
    struct query_parser p = {
        .context = context, .language = language, .grammar = language->parser(), .text = text, .err = err};
    bool is_fine = text.length <= LIMIT_PATTERN_BYTES ||
                   error_set(err, ERROR_LIMIT, "a query has at most %u bytes", LIMIT_PATTERN_BYTES);
    while (is_fine && peek(&p)) {
        p.root = p.nodes.count;
        bool is_predicate = peek(&p) == '(' && p.at + 1 < text.length && text.bytes[p.at + 1] == '#';
        is_fine = is_predicate ? refuse(&p, "a predicate stands inside the pattern that it is about")
                               : pattern_read(&p, 0, false, 0);
        if (is_fine && p.nodes.items[p.root].quantifier != QUERY_ONE)
            is_fine = refuse(&p, "a repetition stands in a node or a group");
    }
    if (is_fine && p.nodes.count == 0) is_fine = refuse(&p, "it is empty");
    is_fine = is_fine && captures_check(&p);
    struct query *query = is_fine ? ARENA_NEW(context->arena, struct query) : NULL;
    if (is_fine && !query) error_set(err, ERROR_SYSTEM, "no memory for a query");
    *at = p.at;
    if (!query) return NULL;
    *query = (struct query){.nodes = p.nodes.items,
                            .count = p.nodes.count,
                            .predicates = p.predicates.items,
                            .predicate_count = p.predicates.count,
                            .kind_count = ts_language_symbol_count(p.grammar)};
    return query;
}
