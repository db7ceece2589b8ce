/* What is refused before any rule sees it: every limit at its number and one over it, and the characters by
 * which the checker and the interpreter would see different programs. */
#include "tests/analyzer/stage.h"

/* Text that is built up from repeated pieces. */
struct text {
    char *bytes;
    size_t length, capacity;
};

static void text_add(struct text *text, const char *piece, size_t times)
{
    size_t size = strlen(piece);
    if (text->length + size * times > text->capacity) {
        text->capacity = (text->length + size * times) * 2;
        text->bytes = realloc(text->bytes, text->capacity);
        assert_non_null(text->bytes);
    }
    for (size_t i = 0; i < times; i++, text->length += size) memcpy(text->bytes + text->length, piece, size);
}

/* Takes the text. GUARD_COUNT: nothing may be found. */
static void text_ends(const char *language, struct text *text, enum guard expected)
{
    AUTO_STAGE struct stage stage;
    stage_run_view(&stage, language, view_make(text->bytes, text->length));
    if (expected == GUARD_COUNT && stage.findings.count)
        fail_msg("%.*s: %.*s", VIEW_ARGS(stage.findings.items[0].rule_id),
                 VIEW_ARGS(stage.findings.items[0].message));
    if (expected != GUARD_COUNT && !stage_has(&stage, expected))
        fail_msg("no %s, but %u findings", guard_id(expected), stage.findings.count);
    free(text->bytes);
    *text = (struct text){0};
}

static void a_source_of_the_size_limit_is_read_and_one_byte_more_is_not(void **state)
{
    (void)state;
    struct text text = {0};
    text_add(&text, "a = 1\n", LIMIT_SOURCE_BYTES / 6);
    text_add(&text, "\n", LIMIT_SOURCE_BYTES % 6);
    assert_int_equal(text.length, LIMIT_SOURCE_BYTES);
    text_ends("python", &text, GUARD_COUNT);
    text_add(&text, "a = 1\n", LIMIT_SOURCE_BYTES / 6);
    text_add(&text, "\n", LIMIT_SOURCE_BYTES % 6 + 1);
    text_ends("python", &text, GUARD_SIZE);
}

static void a_line_of_the_limit_is_read_and_one_byte_more_is_not(void **state)
{
    (void)state;
    static const char *const words[] = {"python", "javascript"};
    for (size_t i = 0; i < 2; i++)
        for (uint32_t over = 0; over < 2; over++) {
            struct text text = {0};
            text_add(&text, "x = '", 1);
            text_add(&text, "a", LIMIT_LINE_BYTES - 6 + over);
            text_add(&text, "'\n", 1);
            text_ends(words[i], &text, over ? GUARD_LINE_LENGTH : GUARD_COUNT);
        }
}

static void brackets_nest_to_the_limit_and_no_further(void **state)
{
    (void)state;
    for (uint32_t over = 0; over < 2; over++) {
        struct text text = {0};
        text_add(&text, "[", LIMIT_BRACKET_DEPTH_PYTHON + over);
        text_add(&text, "]", LIMIT_BRACKET_DEPTH_PYTHON + over);
        text_ends("python", &text, over ? GUARD_NESTING : GUARD_COUNT);
        text_add(&text, "a ", 1);
        text_add(&text, "$(b ", LIMIT_BRACKET_DEPTH_SHELL + over);
        text_add(&text, ")", LIMIT_BRACKET_DEPTH_SHELL + over);
        text_add(&text, "\n", 1);
        text_ends("bash", &text, over ? GUARD_NESTING : GUARD_COUNT);
        text_add(&text, "[", LIMIT_BRACKET_DEPTH_JAVASCRIPT + over);
        text_add(&text, "]", LIMIT_BRACKET_DEPTH_JAVASCRIPT + over);
        text_ends("javascript", &text, over ? GUARD_NESTING : GUARD_COUNT);
    }
    /* What stands in strings, comments and regular expressions does not nest. */
    struct text text = {0};
    text_add(&text, "x = '", 1);
    text_add(&text, "([{", LIMIT_BRACKET_DEPTH_PYTHON);
    text_add(&text, "' # ((((((((\n", 1);
    text_ends("python", &text, GUARD_COUNT);
    text_add(&text, "x = `((${'(((('}`; /* ", 1);
    text_add(&text, "([{", LIMIT_BRACKET_DEPTH_JAVASCRIPT);
    text_add(&text, "*/ y = /[(]\\(/.test('('); // (((\n", 1);
    text_ends("javascript", &text, GUARD_COUNT);
}

static void blocks_nest_to_the_limit_and_no_further(void **state)
{
    (void)state;
    for (uint32_t over = 0; over < 2; over++) {
        struct text text = {0};
        for (uint32_t level = 0; level < LIMIT_INDENT_DEPTH_PYTHON + over; level++) {
            text_add(&text, " ", level);
            text_add(&text, "if 1:\n", 1);
        }
        text_add(&text, " ", LIMIT_INDENT_DEPTH_PYTHON + over);
        text_add(&text, "pass\n", 1);
        text_ends("python", &text, over ? GUARD_NESTING : GUARD_COUNT);
    }
}

static void a_block_starts_at_the_column_limit_and_no_further(void **state)
{
    (void)state;
    for (uint32_t over = 0; over < 2; over++) {
        struct text text = {0};
        text_add(&text, "if 1:\n", 1);
        text_add(&text, " ", LIMIT_INDENT_COLUMNS + over);
        text_add(&text, "pass\n", 1);
        text_ends("python", &text, over ? GUARD_INDENT : GUARD_COUNT);
    }
}

/* Every expression statement of the array is one level of the tree deeper than the one before it. */
static void a_tree_of_the_depth_limit_is_read_and_a_deeper_one_is_not(void **state)
{
    (void)state;
    for (uint32_t over = 0; over < 2; over++) {
        struct text text = {0};
        /* `a.a.a` nests one member expression a level, without a bracket. */
        text_add(&text, "a", 1);
        text_add(&text, ".a", over ? LIMIT_TREE_DEPTH + 8 : LIMIT_TREE_DEPTH - 8);
        text_add(&text, "\n", 1);
        text_ends("python", &text, over ? GUARD_TREE : GUARD_COUNT);
    }
}

struct character_case {
    const char *language, *bytes;
    size_t length;
    enum guard guard; /* GUARD_COUNT: none */
    uint32_t line, column;
};
#define BYTES(text) text, sizeof text - 1

static void characters_that_hide_are_found_where_they_stand(void **state)
{
    (void)state;
    static const struct character_case cases[] = {
        /* Encoding. */
        {"python", BYTES("x = '\xff'\n"), GUARD_ENCODING, 1, 6},
        {"python", BYTES("x = '\xc0\xaf'\n"), GUARD_ENCODING, 1, 6},         /* overlong */
        {"python", BYTES("x = '\xed\xa0\x80'\n"), GUARD_ENCODING, 1, 6},     /* a surrogate */
        {"python", BYTES("x = '\xf4\x90\x80\x80'\n"), GUARD_ENCODING, 1, 6}, /* over U+10FFFF */
        {"javascript", BYTES("x = '\xe2\x80'\n"), GUARD_ENCODING, 1, 6},     /* cut off */
        {"python", BYTES("x = 1\0\n"), GUARD_NUL, 1, 6},
        {"javascript", BYTES("x = 1\0\n"), GUARD_NUL, 1, 6},
        /* A mark at the start is the interpreter's to drop; elsewhere it is a character. */
        {"python", BYTES("\xef\xbb\xbfx = 1\n"), GUARD_COUNT, 0, 0},
        {"javascript", BYTES("\xef\xbb\xbfx = 1\n"), GUARD_COUNT, 0, 0},
        {"python", BYTES("x = 1 \xef\xbb\xbf\n"), GUARD_BOM, 1, 7},
        {"javascript", BYTES("x\xef\xbb\xbf = 1\n"), GUARD_BOM, 1, 2},
        /* Coding cookies, where CPython looks for them. */
        {"python", BYTES("# -*- coding: utf-8 -*-\nx = 1\n"), GUARD_COUNT, 0, 0},
        {"python", BYTES("#!/usr/bin/python3\n# vim: set fileencoding=utf8 :\n"), GUARD_COUNT, 0, 0},
        {"python", BYTES("# coding: latin-1\nx = 1\n"), GUARD_COUNT, 0, 0}, /* ASCII only: the same text */
        {"python", BYTES("# coding: latin-1\nx = '\xc3\xa4'\n"), GUARD_CODING_COOKIE, 1, 11},
        {"python", BYTES("# coding: utf-7\nx = 1\n"), GUARD_CODING_COOKIE, 1, 11},
        {"python", BYTES("#coding=rot13\n"), GUARD_CODING_COOKIE, 1, 9},
        {"python", BYTES("\n \t# coding: unicode_escape\n"), GUARD_CODING_COOKIE, 2, 13},
        {"python", BYTES("x = 1\n# coding: utf-7\n"), GUARD_COUNT, 0, 0}, /* behind code it means nothing */
        {"python", BYTES("\n\n# coding: utf-7\n"), GUARD_COUNT, 0, 0},    /* nor on the third line */
        {"javascript", BYTES("// coding: utf-7\n"), GUARD_COUNT, 0, 0},
        /* Line ends: a lone CR ends a line for CPython, and hides what follows from who looks at the file. */
        {"python", BYTES("x = 1\r\ny = 2\r\n"), GUARD_COUNT, 0, 0},
        {"python", BYTES("# harmless\rimport os\n"), GUARD_LINE_END, 1, 11},
        {"javascript", BYTES("// harmless\reval(x)\n"), GUARD_LINE_END, 1, 12},
        {"javascript",
         BYTES("// harmless\xe2\x80\xa8"
               "eval(x)\n"),
         GUARD_LINE_END, 1, 12},
        {"javascript", BYTES("x = '\xe2\x80\xa9'\n"), GUARD_LINE_END, 1, 6},
        {"python", BYTES("x = '\xe2\x80\xa8'\n"), GUARD_LINE_END, 1, 6},
        {"python", BYTES("x = 1\x0b\n"), GUARD_CONTROL, 1, 6},
        {"python", BYTES("x = 1\x1a\n"), GUARD_CONTROL, 1, 6},
        {"python", BYTES("x = '\x1b[2K'\n"), GUARD_CONTROL, 1, 6},
        {"python", BYTES("x = '\xc2\x85'\n"), GUARD_CONTROL, 1, 6},
        /* A form feed sets CPython's column to 0: understood at a line's start, refused elsewhere. */
        {"python", BYTES("\f\nx = 1\n"), GUARD_COUNT, 0, 0},
        {"python", BYTES("if 1:\n  x = 1\n  \fy = 2\n"), GUARD_COUNT, 0, 0},
        {"python", BYTES("x = 1 \f+ 2\n"), GUARD_CONTROL, 1, 7},
        /* Trojan Source. */
        {"python", BYTES("x = '\xe2\x80\xae'\n"), GUARD_BIDI, 1, 6},
        {"python", BYTES("# \xe2\x81\xa6 hidden\n"), GUARD_BIDI, 1, 3},
        {"javascript", BYTES("/* \xe2\x80\xaa */\n"), GUARD_BIDI, 1, 4},
        {"javascript", BYTES("x\xe2\x80\x8f = 1\n"), GUARD_BIDI, 1, 2},
        {"python", BYTES("a\xe2\x80\x8b = 1\n"), GUARD_INVISIBLE, 1, 2},
        {"javascript", BYTES("var \xe3\x85\xa4 = 1\n"), GUARD_INVISIBLE, 1,
         5},                                                              /* Hangul filler: an identifier */
        {"python", BYTES("# \xf3\xa0\x81\xa9\n"), GUARD_INVISIBLE, 1, 3}, /* a tag character */
        {"javascript", BYTES("e\xe2\x80\x8dval(1)\n"), GUARD_INVISIBLE, 1, 2}, /* a joiner beside ASCII */
        /* Writing that needs joiners and selectors. */
        {"python", BYTES("x = '\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb'\n"), GUARD_COUNT, 0, 0},
        {"python", BYTES("x = '\xe2\x9d\xa4\xef\xb8\x8f 1\xef\xb8\x8f\xe2\x83\xa3'\n"), GUARD_COUNT, 0, 0},
        {"python", BYTES("x = 'd\xc3\xa9j\xc3\xa0 \xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d'\n"), GUARD_COUNT, 0, 0},
        /* Indentation that CPython and the grammar count differently. */
        {"python", BYTES("if 1:\n\tx = 1\n"), GUARD_COUNT, 0, 0},
        {"python", BYTES("if 1:\n \tx = 1\n"), GUARD_INDENT, 2, 1},
        {"python", BYTES("if 1:\n  \\\n  x = 1\n"), GUARD_INDENT, 2, 1},
        /* Comments that only browsers' and Node's scripts have. */
        {"javascript", BYTES("x = 1 <!-- eval(y)\n"), GUARD_AMBIGUOUS, 1, 7},
        {"javascript", BYTES("x = 1\n--> eval(y)\n"), GUARD_AMBIGUOUS, 2, 1},
        {"javascript", BYTES("x = '<!--'; // -->\n"), GUARD_COUNT, 0, 0},
        {"javascript", BYTES("while (n --> 0) f()\n"), GUARD_COUNT, 0, 0},
        /* What a shell and the grammar read differently. */
        {"bash", BYTES("ls\r\n"), GUARD_LINE_END, 1, 3},
        {"bash", BYTES("ls\fa\n"), GUARD_CONTROL, 1, 3},
        {"bash", BYTES("ls\xc2\xa0-l\n"), GUARD_AMBIGUOUS, 1, 3},
        {"bash", BYTES("echo '\xc2\xa0' # \xc2\xa0\n"), GUARD_COUNT, 0, 0},
        {"bash", BYTES("cu\\\nrl a\n"), GUARD_AMBIGUOUS, 1, 3},
        {"bash", BYTES("ls \\\n  -l \\\n-a\n"), GUARD_COUNT, 0, 0},
        {"bash", BYTES("echo 'a\\\nb' \"c\\\nd\"\n"), GUARD_COUNT, 0, 0},
        {"bash", BYTES("# a \\\n# b\nls a#b ${c#d} $#\n"), GUARD_COUNT, 0, 0},
        {"bash", BYTES("x=`a \\`b\\``\n"), GUARD_AMBIGUOUS, 1, 3},
        {"bash", BYTES("x=`a \"\\$(b)\"`\n"), GUARD_AMBIGUOUS, 1, 3},
        {"bash", BYTES("x=`a 's,b\\$,,' \"c\\\\*d\"`\n"), GUARD_COUNT, 0, 0},
        {"bash", BYTES("echo ${x#$(a)}\n"), GUARD_AMBIGUOUS, 1, 10},
        {"bash", BYTES("echo ${x#'$(a)'} ${y%\\$*} '`b`'\n"), GUARD_COUNT, 0, 0},
        {"bash", BYTES("cat <<E\"O\"F\na\nEOF\nb\nE\"O\"F\n"), GUARD_AMBIGUOUS, 1, 7},
        {"bash", BYTES("cat <<EOF\n EOF\nb\nEOF\n"), GUARD_AMBIGUOUS, 1, 7},
        {"bash", BYTES("cat <<'EOF' | b\n# c $(d\nEOF\ncat <<-E\n\tf # g\n\tE\n"), GUARD_COUNT, 0, 0},
        {"bash", BYTES("a | b | c\nd && e\n[ 1 -lt 2 ]\necho >1\n[ ]\n"), GUARD_COUNT, 0, 0},
        /* Syntax, at its place. */
        {"python", BYTES("x = 1\ny = = 2\n"), GUARD_SYNTAX, 2, 5},
        {"javascript", BYTES("f(1)\nlet = = 2;\n"), GUARD_SYNTAX, 2, 7},
        {"python", BYTES(""), GUARD_COUNT, 0, 0},
        {"javascript", BYTES(""), GUARD_COUNT, 0, 0},
    };
    int wrong = 0;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct character_case *this = &cases[i];
        AUTO_STAGE struct stage stage;
        stage_run_view(&stage, this->language, view_make(this->bytes, this->length));
        const struct finding *found = stage.findings.count ? &stage.findings.items[0] : NULL;
        struct place place = {0};
        if (found) place = source_place(&stage.source, found->start);
        bool is_right = this->guard == GUARD_COUNT
                            ? !found
                            : found && view_equals_cstr(found->rule_id, guard_id(this->guard)) &&
                                  place.line == this->line && place.col == this->column;
        if (is_right) continue;
        wrong++;
        print_message("case %zu (%s): %s expected at %u:%u, got %.*s at %u:%u\n", i, this->bytes,
                      this->guard == GUARD_COUNT ? "nothing" : guard_id(this->guard), this->line,
                      this->column, found ? (int)found->rule_id.length : 7,
                      found ? found->rule_id.bytes : "nothing", place.line, place.col);
    }
    assert_int_equal(wrong, 0);
}

static void findings_of_a_guard_are_bounded(void **state)
{
    (void)state;
    struct text text = {0};
    text_add(&text, "# \xe2\x80\xae\n", LIMIT_GUARD_FINDINGS + 5);
    AUTO_STAGE struct stage stage;
    stage_run_view(&stage, "python", view_make(text.bytes, text.length));
    assert_int_equal(stage.findings.count, LIMIT_GUARD_FINDINGS);
    free(text.bytes);
}

static void identifiers_are_what_the_interpreter_folds_them_to(void **state)
{
    (void)state;
    static const struct {
        const char *language, *source;
    } cases[] = {
        {"python", "\xf0\x9d\x93\xae"
                   "val('1')\n"}, /* a mathematical letter: NFKC makes it an e */
        {"javascript", "\\u0065val('1')\n"},
        {"javascript", "\\u{65}val('1')\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        AUTO_STAGE struct stage stage;
        stage_run_whole(&stage, cases[i].language, cases[i].source);
        assert_int_not_equal(symbol_find(stage.syntax.symbols, VIEW("eval")), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_source_of_the_size_limit_is_read_and_one_byte_more_is_not),
        cmocka_unit_test(a_line_of_the_limit_is_read_and_one_byte_more_is_not),
        cmocka_unit_test(brackets_nest_to_the_limit_and_no_further),
        cmocka_unit_test(blocks_nest_to_the_limit_and_no_further),
        cmocka_unit_test(a_block_starts_at_the_column_limit_and_no_further),
        cmocka_unit_test(a_tree_of_the_depth_limit_is_read_and_a_deeper_one_is_not),
        cmocka_unit_test(characters_that_hide_are_found_where_they_stand),
        cmocka_unit_test(findings_of_a_guard_are_bounded),
        cmocka_unit_test(identifiers_are_what_the_interpreter_folds_them_to),
    };
    return cmocka_run_group_tests_name("guards", tests, NULL, NULL);
}
