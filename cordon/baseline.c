#include "cordon/baseline.h"

#include <jansson.h>
#include <stdlib.h>

#include "base/io.h"
#include "cordon/place.h"

enum { BASELINE_BYTES_MAX = 64 << 20 };

static int key_order(const void *left, const void *right)
{
    return view_compare(*(const struct view *)left, *(const struct view *)right);
}

static struct view text_of(const json_t *value)
{
    return json_is_string(value) ? view_make(json_string_value(value), json_string_length(value))
                                 : (struct view){0};
}

static bool key_add(struct baseline *baseline, struct arena *arena, struct view path, struct view fingerprint)
{
    if (path.length == 0 || fingerprint.length == 0) return true;
    struct view key = arena_format(arena, "%.*s|%.*s", VIEW_ARGS(path), VIEW_ARGS(fingerprint));
    if (!key.bytes) return false;
    ((char *)key.bytes)[path.length] = '\0';
    return ARRAY_PUSH(arena, baseline, key);
}

static bool sources_take(struct baseline *baseline, struct arena *arena, const json_t *sources)
{
    size_t i, j;
    json_t *source, *finding;
    json_array_foreach(sources, i, source)
    {
        struct view path = place_shown(arena, text_of(json_object_get(source, "path")));
        json_array_foreach(json_object_get(source, "findings"), j, finding)
        {
            if (json_is_true(json_object_get(finding, "granted")) || json_object_get(finding, "suppressed"))
                continue;
            if (!key_add(baseline, arena, path, text_of(json_object_get(finding, "fingerprint"))))
                return false;
        }
    }
    return true;
}

static bool runs_take(struct baseline *baseline, struct arena *arena, const json_t *runs)
{
    size_t i, j;
    json_t *run, *result;
    json_array_foreach(runs, i, run)
    {
        json_array_foreach(json_object_get(run, "results"), j, result)
        {
            if (json_array_size(json_object_get(result, "suppressions"))) continue;
            json_t *place = json_array_get(json_object_get(result, "locations"), 0);
            json_t *file = json_object_get(json_object_get(place, "physicalLocation"), "artifactLocation");
            json_t *print =
                json_object_get(json_object_get(result, "partialFingerprints"), "primaryLocationLineHash");
            if (!key_add(baseline, arena, place_of_uri(arena, text_of(json_object_get(file, "uri"))),
                         text_of(print)))
                return false;
        }
    }
    return true;
}

bool baseline_read(struct baseline *baseline, struct arena *arena, const char *path, struct error *err)
{
    struct view bytes;
    json_error_t fault;
    *baseline = (struct baseline){0};
    if (!io_read_file(arena, path, BASELINE_BYTES_MAX, &bytes, err)) return false;
    json_t *root = json_loadb(bytes.bytes, bytes.length, JSON_REJECT_DUPLICATES, &fault);
    if (!root) {
        error_set(err, ERROR_INPUT, "not JSON: %.200s", fault.text);
        return error_place(err, view_of_cstr(path), fault.line > 0 ? (uint32_t)fault.line : 0,
                           fault.column > 0 ? (uint32_t)fault.column : 0);
    }
    const json_t *sources = json_object_get(root, "sources"), *runs = json_object_get(root, "runs");
    bool is_known = json_is_array(sources) || json_is_array(runs);
    bool is_taken = is_known && sources_take(baseline, arena, sources) && runs_take(baseline, arena, runs);
    json_decref(root);
    if (!is_known) {
        error_set(err, ERROR_INPUT, "no report of cordon");
        error_place(err, view_of_cstr(path), 0, 0);
        return error_remedy(err, "write one by cordon check --format json=FILE, or sarif=FILE");
    }
    if (!is_taken) return error_set(err, ERROR_LIMIT, "too many findings in the baseline");
    if (baseline->count) qsort(baseline->items, baseline->count, sizeof *baseline->items, key_order);
    return true;
}

bool baseline_has(const struct baseline *baseline, struct view path, struct view fingerprint)
{
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 1 << 16);
    struct view key = arena_format(&arena, "%.*s|%.*s", VIEW_ARGS(path), VIEW_ARGS(fingerprint));
    if (baseline->count == 0 || !key.bytes) return false;
    ((char *)key.bytes)[path.length] = '\0';
    return bsearch(&key, baseline->items, baseline->count, sizeof *baseline->items, key_order) != NULL;
}
