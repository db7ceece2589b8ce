#include "cordon/policy_document.h"

bool document_refuse(const struct document *document, const struct yaml_node *node, const char *message)
{
    return yaml_error(document->err, ERROR_POLICY, view_of_cstr(document->origin), node, "%s", message);
}

/* Places an error that a setter made. */
bool document_placed(const struct document *document, const struct yaml_node *node, bool is_fine)
{
    return is_fine || error_place(document->err, view_of_cstr(document->origin), node->line, node->col);
}

bool document_expect(const struct document *document, const struct yaml_node *node, enum yaml_kind kind,
                     const char *of)
{
    if (node->kind == kind) return true;
    return yaml_error(document->err, ERROR_POLICY, view_of_cstr(document->origin), node,
                      "'%s' must be %s, not %s", of, yaml_kind_word(kind), yaml_kind_word(node->kind));
}

bool document_key_refuse(const struct document *document, const struct yaml_node *key,
                         const char *const *known, unsigned long count)
{
    const char *nearest = error_nearest(key->text, known, count);
    yaml_error(document->err, ERROR_POLICY, view_of_cstr(document->origin), key, "unknown key '%.*s'",
               VIEW_ARGS(view_slice(key->text, 0, 60)));
    return nearest ? error_remedy(document->err, "did you mean '%s'?", nearest) : false;
}

/* A path of the document, below its folder. */
const char *document_path(const struct document *document, struct view text)
{
    bool is_absolute = text.length && text.bytes[0] == '/';
    return is_absolute
               ? arena_copy(document->arena, text).bytes
               : arena_format(document->arena, "%.*s/%.*s", VIEW_ARGS(document->folder), VIEW_ARGS(text))
                     .bytes;
}
