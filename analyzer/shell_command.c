#include "analyzer/shell_command.h"

#include "analyzer/names.h"
#include "analyzer/shell.h"
#include "analyzer/syntax.h"

struct shell_reading {
    struct shell_text *text;
    struct arena *arena;
    const struct syntax *syntax;
    const struct names *names;
    uint32_t *command_of; /* by node: its number and one; 0: none */
    bool is_exhausted;
};

static bool is_kind(const struct shell_reading *reading, uint32_t n, const char *kind)
{
    const TSLanguage *language = reading->syntax->source->language->parser();
    return strcmp(ts_language_symbol_name(language, reading->syntax->nodes[n].kind), kind) == 0;
}

static bool is_one_of(const struct shell_reading *reading, uint32_t n, const char *const *kinds)
{
    while (*kinds && !is_kind(reading, n, *kinds)) kinds++;
    return *kinds != NULL;
}

static struct shell_word word_at(const struct shell_reading *reading, uint32_t n)
{
    uint32_t constant = reading->names->constant[n];
    if (constant) return (struct shell_word){symbol_text(reading->syntax->symbols, constant), true};
    if (is_kind(reading, n, "number")) return (struct shell_word){node_text(reading->syntax, n), true};
    struct view text = node_text(reading->syntax, n);
    bool is_empty = view_equals(text, VIEW("\"\"")) || view_equals(text, VIEW("''"));
    return (struct shell_word){is_empty ? VIEW("") : text, is_empty};
}

/* An unquoted pattern becomes names of files. */
static void word_push(struct shell_reading *reading, struct shell_command *command, uint32_t n)
{
    struct shell_word word = word_at(reading, n);
    struct view written = node_text(reading->syntax, n);
    bool is_plain = is_kind(reading, n, "word");
    for (size_t i = 0; is_plain && i < written.length; i++) word.is_known &= !strchr("*?[", written.bytes[i]);
    if (!ARRAY_PUSH(reading->arena, &command->words, word)) reading->is_exhausted = true;
}

static void command_add(struct shell_reading *reading, uint32_t n)
{
    static const char *const no_words[] = {"variable_assignment", "file_redirect", "heredoc_redirect",
                                           "herestring_redirect", "comment",       NULL};
    static const char *const own_shells[] = {"subshell", "command_substitution", "process_substitution",
                                             NULL};
    const struct node *nodes = reading->syntax->nodes;
    struct shell_command command = {.start = nodes[n].start, .end = nodes[n].end};
    for (uint32_t child = n + 1; child < nodes[n].next; child = nodes[child].next) {
        if (!(nodes[child].flags & NODE_IS_NAMED) || is_one_of(reading, child, no_words)) continue;
        bool is_name = is_kind(reading, child, "command_name") && child + 1 < nodes[child].next;
        word_push(reading, &command, is_name ? child + 1 : child);
    }
    for (uint32_t up = n; up != 0; up = nodes[up].parent)
        command.is_in_subshell |= is_one_of(reading, up, own_shells);
    if (!ARRAY_PUSH(reading->arena, &reading->text->commands, command)) reading->is_exhausted = true;
    reading->command_of[n] = reading->text->commands.count;
}

/* The command that a redirection of this statement is for; UINT32_MAX: of several. */
static uint32_t command_for(const struct shell_reading *reading, uint32_t n)
{
    static const char *const lasts[] = {"list", "pipeline", "negated_command", NULL};
    const struct node *nodes = reading->syntax->nodes;
    for (;;) {
        if (is_kind(reading, n, "command")) return reading->command_of[n] - 1;
        uint32_t next = 0;
        if (is_kind(reading, n, "redirected_statement")) next = n + 1 < nodes[n].next ? n + 1 : 0;
        for (uint32_t child = n + 1; is_one_of(reading, n, lasts) && child < nodes[n].next;
             child = nodes[child].next)
            if (nodes[child].flags & NODE_IS_NAMED) next = child;
        if (!next) return UINT32_MAX;
        n = next;
    }
}

/* What a statement reads. Of several commands nobody knows which one gets what. */
static void input_set(struct shell_reading *reading, uint32_t n, enum shell_input reads,
                      struct shell_word input, uint32_t producer)
{
    const struct node *nodes = reading->syntax->nodes;
    uint32_t number = command_for(reading, n);
    if (number != UINT32_MAX) {
        struct shell_command *command = &reading->text->commands.items[number];
        if (command->reads != SHELL_INPUT_NONE && reads != SHELL_INPUT_PIPE) reads = SHELL_INPUT_UNKNOWN;
        if (command->reads != SHELL_INPUT_NONE && reads == SHELL_INPUT_PIPE)
            return; /* a redirection comes last */
        command->reads = reads;
        command->input = input;
        command->producer = producer;
        return;
    }
    for (uint32_t i = n; i < nodes[n].next; i++) {
        if (!reading->command_of[i]) continue;
        struct shell_command *command = &reading->text->commands.items[reading->command_of[i] - 1];
        if (command->reads == SHELL_INPUT_NONE) command->reads = SHELL_INPUT_UNKNOWN;
    }
}

/* The text between <<WORD and WORD, as the command reads it. */
static struct shell_word heredoc_text(struct shell_reading *reading, uint32_t redirect)
{
    const struct node *nodes = reading->syntax->nodes;
    struct shell_word word = {.is_known = true};
    bool is_quoted = false, strips_tabs = false;
    for (uint32_t child = redirect + 1; child < nodes[redirect].next; child = nodes[child].next) {
        struct view written = node_text(reading->syntax, child);
        if (view_equals(written, VIEW("<<-"))) strips_tabs = true;
        if (is_kind(reading, child, "heredoc_start"))
            for (size_t i = 0; i < written.length; i++)
                is_quoted |= strchr("'\"\\", written.bytes[i]) != NULL;
        if (!is_kind(reading, child, "heredoc_body")) continue;
        word.text = written;
        for (uint32_t inner = child + 1; inner < nodes[child].next; inner++)
            word.is_known &= is_kind(reading, inner, "heredoc_content");
    }
    char *out = arena_alloc(reading->arena, word.text.length + 1);
    size_t used = 0;
    bool is_line_start = true;
    if (!out) reading->is_exhausted = true;
    for (size_t i = 0; out && i < word.text.length; i++) {
        char byte = word.text.bytes[i], next = i + 1 < word.text.length ? word.text.bytes[i + 1] : 0;
        if (strips_tabs && is_line_start && byte == '\t') continue;
        is_line_start = byte == '\n';
        if (!is_quoted && byte == '\\' && next && strchr("$`\\\n", next)) {
            i++;
            if (next == '\n') continue;
            byte = next;
        }
        out[used++] = byte;
    }
    word.text = view_make(out, used);
    return word;
}

static void write_add(struct shell_reading *reading, uint32_t redirect, uint32_t destination, uint32_t target,
                      bool appends)
{
    struct shell_write write = {.path = word_at(reading, destination),
                                .command = command_for(reading, target),
                                .start = reading->syntax->nodes[redirect].start,
                                .appends = appends};
    if (!ARRAY_PUSH(reading->arena, &reading->text->writes, write)) reading->is_exhausted = true;
}

static void file_redirect(struct shell_reading *reading, uint32_t n, uint32_t target)
{
    const struct node *nodes = reading->syntax->nodes;
    uint32_t destination = 0;
    struct view mark = {0};
    bool has_descriptor = false;
    for (uint32_t child = n + 1; child < nodes[n].next; child = nodes[child].next) {
        if (is_kind(reading, child, "file_descriptor"))
            has_descriptor = !view_equals(node_text(reading->syntax, child), VIEW("0"));
        else if (nodes[child].flags & NODE_IS_NAMED)
            destination = child;
        else
            mark = node_text(reading->syntax, child);
    }
    if (!destination || view_equals(mark, VIEW(">&"))) return;
    if (!view_equals(mark, VIEW("<"))) {
        if (!view_equals(mark, VIEW("<&")))
            write_add(reading, n, destination, target, view_ends_with(mark, VIEW(">>")));
        if (view_equals(mark, VIEW("<>")) || view_equals(mark, VIEW("<&")))
            input_set(reading, target, SHELL_INPUT_UNKNOWN, (struct shell_word){0}, 0);
    } else if (!has_descriptor) {
        input_set(reading, target, SHELL_INPUT_FILE, word_at(reading, destination), 0);
    }
}

static void redirect_read(struct shell_reading *reading, uint32_t n, uint32_t target)
{
    const struct node *nodes = reading->syntax->nodes;
    if (is_kind(reading, n, "file_redirect")) file_redirect(reading, n, target);
    if (is_kind(reading, n, "herestring_redirect") && nodes[n].next - n > 1) {
        uint32_t last = n + 1;
        for (uint32_t child = n + 1; child < nodes[n].next; child = nodes[child].next) last = child;
        input_set(reading, target, SHELL_INPUT_TEXT, word_at(reading, last), 0);
    }
    if (!is_kind(reading, n, "heredoc_redirect")) return;
    input_set(reading, target, SHELL_INPUT_TEXT, heredoc_text(reading, n), 0);
    /* What stands on the line behind <<WORD is inside of the redirection's node. */
    for (uint32_t child = n + 1; child < nodes[n].next; child = nodes[child].next)
        if (is_kind(reading, child, "file_redirect")) file_redirect(reading, child, target);
}

static void pipe_join(struct shell_reading *reading, uint32_t from, uint32_t to)
{
    uint32_t producer = command_for(reading, from);
    input_set(reading, to, producer == UINT32_MAX ? SHELL_INPUT_UNKNOWN : SHELL_INPUT_PIPE,
              (struct shell_word){0}, producer);
}

static void redirects_read(struct shell_reading *reading, uint32_t n)
{
    const struct node *nodes = reading->syntax->nodes;
    bool is_command = is_kind(reading, n, "command");
    if (!is_command && !is_kind(reading, n, "redirected_statement")) return;
    uint32_t body = is_command ? n : n + 1;
    for (uint32_t child = n + 1; child < nodes[n].next; child = nodes[child].next)
        if (child != body || is_command) redirect_read(reading, child, body);
}

/* Redirections stand first, so that a pipe does not take their place. */
static void pipe_read(struct shell_reading *reading, uint32_t n)
{
    const struct node *nodes = reading->syntax->nodes;
    if (!is_kind(reading, n, "pipeline")) return;
    uint32_t before = 0, up = nodes[n].parent;
    if (is_kind(reading, up, "heredoc_redirect")) before = nodes[up].parent + 1; /* cat <<X | this */
    for (uint32_t child = n + 1; child < nodes[n].next; child = nodes[child].next) {
        if (!(nodes[child].flags & NODE_IS_NAMED) || (nodes[child].flags & NODE_IS_EXTRA)) continue;
        if (before) pipe_join(reading, before, child);
        before = child;
    }
}

bool shell_text_read(struct shell_text *text, struct arena *arena, const struct syntax *syntax,
                     const struct names *names, struct error *err)
{
    *text = (struct shell_text){0};
    struct shell_reading reading = {.text = text, .arena = arena, .syntax = syntax, .names = names};
    reading.command_of = ARENA_NEW_ARRAY(arena, uint32_t, syntax->count + 1);
    if (!reading.command_of) return error_set(err, ERROR_LIMIT, "no memory left for the commands");
    for (uint32_t n = 0; n < syntax->count; n++)
        if (is_kind(&reading, n, "command")) command_add(&reading, n);
    for (uint32_t n = 0; n < syntax->count; n++) redirects_read(&reading, n);
    for (uint32_t n = 0; n < syntax->count; n++) pipe_read(&reading, n);
    return !reading.is_exhausted || error_set(err, ERROR_LIMIT, "no memory left for the commands");
}
