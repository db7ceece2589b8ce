/* Source text against all shipped rules; the first byte chooses the language. Whatever the bytes are, the
 * check ends with a decision, and the tree is flattened to what the core's cursor gives. */
#include "tests/analyzer/cursor.h"
#include "tests/fuzz/gate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct checker *checker;
    static TSParser *parser;
    uint32_t differs;
    if (!checker) checker = gate_open(NULL);
    if (!parser) parser = ts_parser_new();
    if (!parser) abort();
    if (size == 0) return 0;
    struct view bytes = view_make((const char *)data + 1, size - 1);
    if (!cursor_check(parser, &languages[data[0] % LANGUAGE_COUNT], bytes, &differs)) abort();
    gate_ask(checker, data, size);
    return 0;
}
