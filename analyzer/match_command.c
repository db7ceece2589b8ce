/* Commands that are started by another one: `timeout 5 nice curl ...` is a `curl ...` too. */
#include <ctype.h>
#include <string.h>

#include "analyzer/match_tree.h"
#include "base/array.h"

static const struct {
    const char *text;
    uint8_t operands;
} wrappers[] = {
#define WRAPPER(name, operands) {name, operands},
#include "grammars/bash_wrapper.def"
#undef WRAPPER
};

/* The text that a word is known to be; as it is written where it is not. */
static struct view word_text(const struct tree_match *m, uint32_t n)
{
    uint32_t symbol = m->names->constant ? m->names->constant[n] : 0;
    if (symbol) return symbol_text(m->syntax->symbols, symbol);
    const struct node *node = &m->syntax->nodes[n];
    return view_slice(m->syntax->source->bytes, node->start, node->end);
}

static int wrapper_find(struct view text)
{
    struct view name = text, rest;
    while (view_find_byte(name, '/') != SIZE_MAX && view_split(name, '/', &rest, &name)) continue;
    for (size_t i = 0; i < sizeof wrappers / sizeof *wrappers; i++)
        if (view_equals_cstr(name, wrappers[i].text)) return (int)i;
    return -1;
}

/* 3, 5s, {}: what an option takes, or an amount. */
static bool is_amount(struct view text)
{
    return text.length && (isdigit((unsigned char)text.bytes[0]) || view_equals(text, VIEW("{}")));
}

/* `command -v x` asks where x is, and starts nothing. */
static bool is_question(const char *wrapper, struct view option)
{
    return strcmp(wrapper, "command") == 0 && option.length > 1 && tolower(option.bytes[1]) == 'v';
}

/* Whether a word is one of a call's own arguments: $1, "$@", ${2}. */
static bool is_parameter(struct view text)
{
    size_t i = 0;
    while (i < text.length && strchr("\"'${", text.bytes[i])) i++;
    return i && i < text.length && (strchr("@*", text.bytes[i]) || isdigit((unsigned char)text.bytes[i]));
}

static bool is_runner(const struct tree_match *m, struct view text)
{
    for (uint32_t i = 0; i < m->runner_count; i++)
        if (view_equals(node_text(m->syntax, m->runners[i]), text)) return true;
    return false;
}

/* Whether some command in a function is one of its arguments: run() { "$@"; }, or is started by another one:
 * { nice "$@"; } */
static bool runs_arguments(const struct tree_match *m, uint32_t function)
{
    const struct node *nodes = m->syntax->nodes;
    for (uint32_t at = function + 1; at < nodes[function].next; at++) {
        uint32_t end = nodes[at].next, word = child_at(m, at + 1, end);
        if (form_at(m, at).role != FORM_COMMAND || word >= end) continue;
        struct view text = node_text(m->syntax, word);
        if (is_parameter(text)) return true;
        if (wrapper_find(text) < 0 && !is_runner(m, text)) continue;
        while ((word = child_at(m, nodes[word].next, end)) < end)
            if (is_parameter(node_text(m->syntax, word))) return true;
    }
    return false;
}

enum { RUNNERS_NESTED = 4 }; /* functions that run their arguments through others */

/* The functions of the source that run what they are given, by their names. */
static void runners_find(struct tree_match *m)
{
    ARRAY_OF(uint32_t) found = {0};
    m->has_runners = true;
    for (int round = 0; round < RUNNERS_NESTED; round++) {
        uint32_t before = found.count;
        for (uint32_t n = 1; n < m->syntax->count; n++) {
            bool is_function = form_at(m, n).role == FORM_FUNCTION && n + 1 < m->syntax->nodes[n].next;
            uint32_t name = n + 1;
            while (is_function && !(m->syntax->nodes[name].flags & NODE_IS_NAMED)) name++;
            if (!is_function || is_runner(m, node_text(m->syntax, name)) || !runs_arguments(m, n)) continue;
            if (!ARRAY_PUSH(m->arena, &found, name)) *m->is_undecided = true;
            m->runners = found.items;
            m->runner_count = found.count;
        }
        if (found.count == before) return;
    }
}

/* Any of the words may be what a function of the program runs. */
static bool match_any_word(struct tree_match *m, struct goal goal)
{
    while (step_taken(m)) {
        goal.n = child_at(m, m->syntax->nodes[goal.n].next, goal.n_end);
        if (goal.n >= goal.n_end) break;
        if (solve(m, &goal) || match_wrapped(m, &goal)) return true;
    }
    return false;
}

bool match_wrapped(struct tree_match *m, const struct goal *command)
{
    struct goal goal = *command;
    int wrapper = -1;
    uint32_t operands = 0;
    bool had_option = false;
    for (uint32_t c = child_at(m, goal.n, goal.n_end); c < goal.n_end && step_taken(m);
         c = child_at(m, m->syntax->nodes[c].next, goal.n_end)) {
        struct view text = word_text(m, c);
        bool is_option = text.length && text.bytes[0] == '-',
             is_assignment = view_find_byte(text, '=') != SIZE_MAX;
        bool is_options_own = is_amount(text) && (had_option || !operands);
        if (wrapper >= 0 && is_option && is_question(wrappers[wrapper].text, text)) return false;
        if (is_option || is_assignment || is_options_own) {
            had_option = is_option;
            continue;
        }
        if (wrapper >= 0 && operands) {
            operands--;
            continue;
        }
        if (wrapper >= 0) {
            goal.n = c;
            if (solve(m, &goal)) return true;
        }
        int inner = wrapper_find(text);
        if (inner < 0 && !m->has_runners) runners_find(m);
        if (inner < 0 && is_runner(m, text)) {
            goal.n = c;
            return match_any_word(m, goal);
        }
        /* Behind an option it may have been the option's own word. */
        if (inner < 0 && (wrapper < 0 || !had_option)) return false;
        had_option = false;
        if (inner < 0) continue;
        wrapper = inner;
        operands = wrappers[inner].operands;
    }
    return false;
}
