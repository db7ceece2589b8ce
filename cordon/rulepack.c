#include "cordon/rulepack.h"

#include "base/array.h"
#include "base/embed.h"
#include "cordon/rule_cache.h"

extern const struct embedded_file rulepack_files[];
extern const unsigned rulepack_count;
/* The same files, compiled by the build. */
extern const struct embedded_file compiled_rules_files[];

/* Fewer bytes of rules than this are compiled in less time than an entry of the cache is read and looked
 * over. */
enum { CACHED_FROM_BYTES = 16 * 1024, RULE_BYTES_MAX = 1 << 30 };

struct rule_text {
    struct view path, bytes;
};

/* What a set is made of, in order. */
struct pack {
    bool has_shipped;
    struct arena arena; /* of what the paths hold */
    ARRAY_OF(struct rule_text) texts;
    size_t byte_count;
};

static void pack_clear(struct pack *pack)
{
    arena_clear(&pack->arena);
}

static bool text_add(void *context, struct view path, struct view bytes, struct error *err)
{
    struct pack *pack = context;
    struct rule_text text = {arena_copy(&pack->arena, path), bytes};
    pack->byte_count += bytes.length;
    return (text.path.bytes && ARRAY_PUSH(&pack->arena, &pack->texts, text)) ||
           error_set(err, ERROR_SYSTEM, "no memory for rules");
}

static bool pack_read(struct pack *pack, bool has_shipped, const char *const *paths, uint32_t path_count,
                      struct error *err)
{
    *pack = (struct pack){.has_shipped = has_shipped};
    arena_init(&pack->arena, RULE_BYTES_MAX);
    for (uint32_t i = 0; i < path_count; i++)
        if (!rule_folder_walk(&pack->arena, paths[i], text_add, pack, err)) return false;
    if (has_shipped || pack->texts.count) return true;
    error_set(err, ERROR_RULE, "no rules in what --rules or the policy names");
    if (path_count) error_place(err, view_of_cstr(paths[0]), 0, 0);
    return error_remedy(err, "name a rule file, or a folder that holds .yaml files");
}

static bool pack_fill(struct ruleset *ruleset, void *context, struct error *err)
{
    const struct pack *pack = context;
    for (unsigned i = 0; pack->has_shipped && i < rulepack_count; i++)
        if (!ruleset_add_bytes(ruleset, view_of_cstr(rulepack_files[i].name),
                               embedded_bytes(&rulepack_files[i]), err))
            return false;
    ARRAY_FOREACH (const struct rule_text, text, &pack->texts)
        if (!ruleset_add_bytes(ruleset, text->path, text->bytes, err)) return false;
    if (ruleset_count(ruleset)) return true;
    error_set(err, ERROR_RULE, "no rules in what --rules or the policy names");
    if (pack->texts.count) error_place(err, pack->texts.items[0].path, 0, 0);
    return error_remedy(err, "name a rule file, or a folder that holds .yaml files");
}

static struct ruleset *pack_compile(struct pack *pack, struct error *err)
{
    struct ruleset *ruleset = ruleset_new();
    if (!ruleset) error_set(err, ERROR_SYSTEM, "no memory for rules");
    if (ruleset && pack_fill(ruleset, pack, err) && ruleset_compile(ruleset, err)) return ruleset;
    ruleset_free(ruleset);
    return NULL;
}

struct ruleset *rulepack_compile(bool has_shipped, const char *const *paths, uint32_t path_count,
                                 struct error *err)
{
    CLEANUP(pack_clear) struct pack pack;
    return pack_read(&pack, has_shipped, paths, path_count, err) ? pack_compile(&pack, err) : NULL;
}

/* What a compiled set depends on. False: it cannot be told from that of another build. */
static bool pack_key(const struct pack *pack, struct digest *key)
{
    struct digest_sum sum;
    digest_sum_init(&sum);
    bool is_known = rule_cache_build(&sum);
    digest_sum_add(&sum, pack->has_shipped ? VIEW("shipped") : VIEW("alone"));
    ARRAY_FOREACH (const struct rule_text, text, &pack->texts) {
        const uint64_t lengths[] = {text->path.length, text->bytes.length};
        digest_sum_add(&sum, view_make((const char *)lengths, sizeof lengths));
        digest_sum_add(&sum, text->path);
        digest_sum_add(&sum, text->bytes);
    }
    *key = digest_sum_end(&sum);
    return is_known;
}

/* Out of the cache, or compiled and put there. NULL without an error: only compiling will do. */
static struct ruleset *pack_of_cache(struct pack *pack)
{
    struct digest key;
    struct view image;
    if (!pack_key(pack, &key)) return NULL;
    struct ruleset *ruleset = rule_cache_find(&key);
    if (ruleset || !rule_cache_is_there() || !rule_image_write(&pack->arena, pack_fill, pack, &image, NULL))
        return ruleset;
    rule_cache_keep(&key, image);
    return rule_cache_find(&key);
}

struct ruleset *rulepack_open(bool has_shipped, const char *const *paths, uint32_t path_count,
                              struct error *err)
{
    if (has_shipped && path_count == 0) return rule_image_open(embedded_bytes(&compiled_rules_files[0]), err);
    CLEANUP(pack_clear) struct pack pack;
    if (!pack_read(&pack, has_shipped, paths, path_count, err)) return NULL;
    bool is_cached = has_shipped || pack.byte_count >= CACHED_FROM_BYTES;
    struct ruleset *ruleset = is_cached ? pack_of_cache(&pack) : NULL;
    return ruleset ? ruleset : pack_compile(&pack, err);
}
