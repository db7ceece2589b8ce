/* `requires`: a boolean expression over labels. */
#include "analyzer/taint_rule.h"

enum { STACK_MAX = 64 }; /* the loader allows no more nested operands */

bool label_expression_holds(const struct label_expression *expression, uint64_t labels)
{
    bool stack[STACK_MAX + 1];
    uint32_t depth = 0;
    if (expression->count == 0) return true;
    for (uint32_t i = 0; i < expression->count; i++) {
        const struct label_step *step = &expression->steps[i];
        switch ((enum label_op)step->op) {
        case LABEL_PUSH:
            stack[depth++] = (labels >> step->label & 1) != 0;
            break;
        case LABEL_TRUE:
        case LABEL_FALSE:
            stack[depth++] = step->op == LABEL_TRUE;
            break;
        case LABEL_NOT:
            stack[depth - 1] = !stack[depth - 1];
            break;
        case LABEL_AND:
            depth--;
            stack[depth - 1] = stack[depth - 1] && stack[depth];
            break;
        case LABEL_OR:
            depth--;
            stack[depth - 1] = stack[depth - 1] || stack[depth];
            break;
        }
    }
    return stack[0];
}
