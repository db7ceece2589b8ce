/* flow.h - what statements and operators do to the flow of control and data (flow.def), beside their shapes.
 * Made once for the process, then immutable; any thread. */
#ifndef CORDON_GRAMMARS_FLOW_H
#define CORDON_GRAMMARS_FLOW_H

#include <stdbool.h>
#include <stdint.h>

#include "grammars/shape.h"

enum flow {
    FLOW_PLAIN,         /* the children one after the other; the value is made of theirs */
    FLOW_IF,            /* condition, consequence, alternatives */
    FLOW_ELIF,          /* an alternative with a condition of its own */
    FLOW_TERNARY,       /* condition, then either */
    FLOW_TERNARY_INNER, /* the condition is the second child */
    FLOW_LOOP,          /* all children, again and again */
    FLOW_FOR,           /* the same; with a target where its shape is FOR_IN */
    FLOW_TRY,           /* body, handlers, finally */
    FLOW_HANDLER,
    FLOW_FINALLY,
    FLOW_SWITCH,       /* a value, then cases */
    FLOW_CASE,         /* may be entered from the one above */
    FLOW_CASE_DEFAULT, /* the same, and there is no way around */
    FLOW_CASE_ALONE,   /* ends at its own end */
    FLOW_EXIT,         /* what follows is not reached */
    FLOW_BREAK,
    FLOW_CONTINUE,
    FLOW_COMPARISON,
    FLOW_BOOLEAN, /* an operator whose value is true or false */
    FLOW_JOIN,    /* an operator: the value is made of the operands' */
    FLOW_BINARY,  /* one of both, by its operator's text */
    FLOW_NUMBER,
    FLOW_LITERAL_BOOLEAN,
    FLOW_SELF, /* the object that a method runs on: a variable without a name */
    FLOW_SKIP, /* runs nothing */
};

/* By the grammar's symbol, SHAPE_KINDS of them. */
const uint8_t *flows_of(const struct language *language);

/* Whether a method of this name stores its arguments in its object. */
bool flow_is_mutator(struct view name);

#endif
