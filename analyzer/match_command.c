/* Commands that are started by another one: `timeout 5 nice curl ...` is a `curl ...` too. */
#include <ctype.h>
#include <string.h>

#include "analyzer/match_tree.h"

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
        /* Behind an option it may have been the option's own word. */
        if (inner < 0 && (wrapper < 0 || !had_option)) return false;
        had_option = false;
        if (inner < 0) continue;
        wrapper = inner;
        operands = wrappers[inner].operands;
    }
    return false;
}
