#include "analyzer/format_spec.h"

#include "grammars/shape.h"

uint32_t format_specs_mend(const struct syntax *syntax, char *reading)
{
    const struct shape_table *shapes = shapes_of(syntax->source->language);
    const struct node *nodes = syntax->nodes;
    uint32_t count = 0;
    for (uint32_t n = 1; n < syntax->count; n++) {
        bool is_in_hole = shape_of(shapes, nodes[n].kind) == SHAPE_NAMED_EXPRESSION &&
                          shape_of(shapes, nodes[nodes[n].parent].kind) == SHAPE_INTERPOLATION;
        uint32_t name = n + 1;
        if (!is_in_hole || name >= nodes[n].next) continue;
        uint32_t at = nodes[name].end;
        while (at < nodes[n].end && reading[at] == ' ') at++;
        if (at + 1 >= nodes[n].end || reading[at] != ':' || reading[at + 1] != '=') continue;
        reading[at + 1] = '>';
        count++;
    }
    return count;
}
