#include "analyzer/severity.h"

static const struct {
    const char *word, *older, *newer;
} names[SEVERITY_COUNT] = {
#define SEVERITY(name, word, older, newer) [SEVERITY_##name] = {word, older, newer},
#include "analyzer/severity.def"
#undef SEVERITY
};

const char *severity_word(enum severity severity)
{
    return names[severity].word;
}

bool severity_of_word(struct view word, enum severity *severity)
{
    for (int i = 0; i < SEVERITY_COUNT; i++) {
        if (!view_equals_cstr(word, names[i].word) && !view_equals_cstr(word, names[i].older) &&
            !view_equals_cstr(word, names[i].newer))
            continue;
        *severity = (enum severity)i;
        return true;
    }
    return false;
}
