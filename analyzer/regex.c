#include "analyzer/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "analyzer/limits.h"
#include "base/array.h"

struct regex {
    struct view text;
    struct view saved; /* its code as PCRE2 writes it; empty: nobody asked (it is for rule images) */
    struct regex_need need;
    struct regex_traits traits;
    const struct regex *const *parts; /* one of them matches where it does; not taken apart themselves */
    uint32_t part_count;              /* 0: it was not taken apart */
    enum regex_mode mode;
    uint32_t group_count;
    _Atomic(pcre2_code *) code; /* NULL: not made yet (the regex came out of a rule image) */
    _Atomic(pcre2_code *) fast; /* a copy with machine code, once it has seen enough; NULL: not yet */
    atomic_uint seen_bytes;
};

/* Machine code takes as long to make as the interpreter takes for about this much text. */
enum { FAST_FROM_BYTES = 16 * 1024, RUN_BYTES = 64 };

struct regex_scratch {
    pcre2_match_data *data;
    pcre2_match_context *context;
    pcre2_jit_stack *stack;
    uint32_t pair_count; /* spans set by the last match */
};

static pcre2_code *code_make(struct view text, enum regex_mode mode, int *number, PCRE2_SIZE *offset)
{
    /* anchored here, not when it is run: the JIT does not know that option then, and gives way to the
     * interpreter */
    uint32_t options =
        PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C | (mode == REGEX_SEARCH ? PCRE2_MULTILINE : PCRE2_ANCHORED);
    return pcre2_compile((PCRE2_SPTR)text.bytes, text.length, options, number, offset, NULL);
}

/* Puts it where nothing is yet; another thread may have been first. */
static const pcre2_code *code_publish(_Atomic(pcre2_code *) *place, pcre2_code *code)
{
    pcre2_code *other = NULL;
    if (!code || atomic_compare_exchange_strong(place, &other, code)) return code;
    pcre2_code_free(code);
    return other;
}

/* The code of a regex that was compiled once without an error. NULL: no memory. */
static const pcre2_code *code_of(struct regex *regex)
{
    int number = 0;
    PCRE2_SIZE offset = 0;
    pcre2_code *code = atomic_load_explicit(&regex->code, memory_order_acquire);
    if (code) return code;
    /* saved by another version of PCRE2, it is compiled */
    if (!regex->saved.length ||
        pcre2_serialize_decode(&code, 1, (const uint8_t *)regex->saved.bytes, NULL) != 1)
        code = code_make(regex->text, regex->mode, &number, &offset);
    return code_publish(&regex->code, code);
}

/* With machine code. The interpreter may be running the other one in another thread, so this one is a copy.
 */
static const pcre2_code *fast_of(struct regex *regex)
{
    const pcre2_code *code = atomic_load_explicit(&regex->fast, memory_order_acquire);
    if (code || !(code = code_of(regex))) return code;
    pcre2_code *copy = pcre2_code_copy(code);
    if (copy) pcre2_jit_compile(copy, PCRE2_JIT_COMPLETE); /* without it the same limits hold, only slower */
    return code_publish(&regex->fast, copy);
}

bool regex_save(struct regex *regex, struct arena *arena)
{
    const pcre2_code *code = code_of(regex);
    uint8_t *bytes = NULL;
    PCRE2_SIZE size = 0;
    if (!code || pcre2_serialize_encode(&code, 1, &bytes, &size, NULL) != 1) return false;
    regex->saved = arena_copy(arena, view_make((const char *)bytes, size));
    pcre2_serialize_free(bytes);
    return regex->saved.bytes != NULL;
}

static struct regex *regex_make(struct arena *arena, struct regex_list *list, struct view text,
                                enum regex_mode mode, struct error *err)
{
    int number = 0;
    PCRE2_SIZE offset = 0;
    pcre2_code *code = code_make(text, mode, &number, &offset);
    if (!code) {
        PCRE2_UCHAR message[160] = {0};
        pcre2_get_error_message(number, message, sizeof message);
        error_set(err, ERROR_RULE, "regex: %s at byte %zu of \"%.*s\"", (const char *)message, offset,
                  (int)(text.length > 80 ? 80 : text.length), text.bytes);
        return NULL;
    }
    struct regex *regex = ARENA_NEW(arena, struct regex);
    struct view copy = arena_copy(arena, text);
    struct regex_need need;
    if (!regex || !copy.bytes || !regex_need_find(arena, list->symbols, text, &need) ||
        !ARRAY_PUSH(arena, list, regex)) {
        pcre2_code_free(code);
        error_set(err, ERROR_SYSTEM, "no memory for a regex");
        return NULL;
    }
    *regex = (struct regex){.text = copy, .need = need, .traits = regex_traits_find(text), .mode = mode};
    pcre2_pattern_info(code, PCRE2_INFO_CAPTURECOUNT, &regex->group_count);
    pcre2_pattern_info(code, PCRE2_INFO_MINLENGTH, &regex->traits.least_chars);
    atomic_store(&regex->code, code);
    return regex;
}

static bool parts_make(struct arena *arena, struct regex_list *list, struct regex *regex, struct error *err)
{
    AUTO_ARENA struct arena scratch;
    arena_init(&scratch, 1 << 20);
    struct regex_part *parts = ARENA_NEW_ARRAY(&scratch, struct regex_part, REGEX_PARTS_MAX + 1);
    uint32_t count = 0;
    if (!parts || !regex_split(arena, list->symbols, regex->text, parts, &count))
        return error_set(err, ERROR_SYSTEM, "no memory for a regex");
    const struct regex **made = count ? ARENA_NEW_ARRAY(arena, const struct regex *, count) : NULL;
    for (uint32_t i = 0; i < count; i++) {
        struct regex *part = made ? regex_make(arena, list, parts[i].text, regex->mode, err) : NULL;
        if (!part) return false;
        part->need = parts[i].need;
        made[i] = part;
    }
    regex->parts = made;
    regex->part_count = count;
    return true;
}

const struct regex *regex_compile(struct arena *arena, struct regex_list *list, struct view text,
                                  enum regex_mode mode, struct error *err)
{
    struct regex *regex = regex_make(arena, list, text, mode, err);
    return regex && parts_make(arena, list, regex, err) ? regex : NULL;
}

void regex_rest(struct regex *regex)
{
    pcre2_code_free(atomic_exchange(&regex->code, NULL));
    pcre2_code_free(atomic_exchange(&regex->fast, NULL));
    atomic_store(&regex->seen_bytes, 0);
}

void regex_wake(struct regex *regex)
{
    atomic_init(&regex->code, NULL);
    atomic_init(&regex->fast, NULL);
}

size_t regex_size(void)
{
    return sizeof(struct regex);
}

void regex_list_clear(struct regex_list *list)
{
    for (uint32_t i = 0; i < list->count; i++) regex_rest(list->items[i]);
    *list = (struct regex_list){0};
}

const struct regex_need *regex_need_of(const struct regex *regex)
{
    return &regex->need;
}

uint32_t regex_group_count(const struct regex *regex)
{
    return regex->group_count;
}

struct view regex_group_name(const struct regex *regex, uint32_t group)
{
    PCRE2_SPTR table = NULL; /* of entries: the number in two bytes, then the name */
    uint32_t count = 0, size = 0;
    const pcre2_code *code = code_of((struct regex *)regex);
    if (!code) return (struct view){0};
    pcre2_pattern_info(code, PCRE2_INFO_NAMECOUNT, &count);
    pcre2_pattern_info(code, PCRE2_INFO_NAMEENTRYSIZE, &size);
    pcre2_pattern_info(code, PCRE2_INFO_NAMETABLE, &table);
    for (uint32_t i = 0; i < count && table; i++, table += size)
        if ((uint32_t)(table[0] << 8 | table[1]) == group) return view_of_cstr((const char *)table + 2);
    return (struct view){0};
}

struct regex_scratch *regex_scratch_new(void)
{
    struct regex_scratch *scratch = calloc(1, sizeof *scratch);
    if (!scratch) return NULL;
    scratch->data = pcre2_match_data_create(LIMIT_REGEX_GROUPS + 1, NULL);
    scratch->context = pcre2_match_context_create(NULL);
    scratch->stack = pcre2_jit_stack_create(32 * 1024, LIMIT_REGEX_STACK_BYTES, NULL);
    if (!scratch->data || !scratch->context || !scratch->stack) {
        regex_scratch_free(scratch);
        return NULL;
    }
    pcre2_set_match_limit(scratch->context, LIMIT_REGEX_STEPS);
    pcre2_set_depth_limit(scratch->context, LIMIT_REGEX_STEPS);
    pcre2_set_heap_limit(scratch->context, LIMIT_REGEX_HEAP_KIB);
    pcre2_jit_stack_assign(scratch->context, NULL, scratch->stack);
    return scratch;
}

void regex_scratch_free(struct regex_scratch *scratch)
{
    if (!scratch) return;
    pcre2_match_data_free(scratch->data);
    pcre2_match_context_free(scratch->context);
    pcre2_jit_stack_free(scratch->stack);
    free(scratch);
}

static enum regex_answer code_run(const pcre2_code *code, struct regex_scratch *scratch, struct view text,
                                  uint32_t from)
{
    static const char nothing[1];
    PCRE2_SPTR subject = (PCRE2_SPTR)(text.length ? text.bytes : nothing);
    scratch->pair_count = 0;
    if (!code) return REGEX_LIMIT;
    int pairs =
        pcre2_match(code, subject, text.length, from, PCRE2_NO_UTF_CHECK, scratch->data, scratch->context);
    if (pairs == PCRE2_ERROR_NOMATCH) return REGEX_NO;
    if (pairs < 0) return REGEX_LIMIT; /* every other answer leaves the question open */
    scratch->pair_count = pairs > 0 ? (uint32_t)pairs : LIMIT_REGEX_GROUPS + 1;
    return REGEX_YES;
}

enum regex_answer regex_run(const struct regex *regex, struct regex_scratch *scratch, struct view text,
                            uint32_t from)
{
    struct regex *shared = (struct regex *)regex; /* what it says stays the same, however it is run */
    const pcre2_code *code = atomic_load_explicit(&regex->fast, memory_order_acquire);
    if (code) return code_run(code, scratch, text, from);
    unsigned more =
        (unsigned)(text.length - from < FAST_FROM_BYTES ? text.length - from : FAST_FROM_BYTES) + RUN_BYTES;
    unsigned seen = atomic_fetch_add_explicit(&shared->seen_bytes, more, memory_order_relaxed);
    if (seen < FAST_FROM_BYTES && seen + more < FAST_FROM_BYTES) {
        enum regex_answer answer = code_run(code_of(shared), scratch, text, from);
        if (answer != REGEX_LIMIT) return answer;
    }
    /* the two count steps in ways of their own: where one gives up, the machine code has the last word */
    return code_run(fast_of(shared), scratch, text, from);
}

bool regex_admits(const struct regex *regex, struct view text, uint64_t classes)
{
    return regex_traits_admit(&regex->traits, text, classes, regex->mode == REGEX_ANCHORED);
}

enum regex_answer regex_holds(const struct regex *regex, struct regex_scratch *scratch, struct view text,
                              uint64_t classes, const uint64_t *found)
{
    bool is_open = false;
    if (!regex_admits(regex, text, classes)) return REGEX_NO;
    if (!found || !regex->part_count) return regex_run(regex, scratch, text, 0);
    for (uint32_t i = 0; i < regex->part_count; i++) {
        if (!regex_need_is_met(&regex->parts[i]->need, found)) continue;
        if (!regex_admits(regex->parts[i], text, classes)) continue;
        enum regex_answer answer = regex_run(regex->parts[i], scratch, text, 0);
        if (answer == REGEX_YES) return REGEX_YES;
        is_open |= answer == REGEX_LIMIT;
    }
    return is_open ? REGEX_LIMIT : REGEX_NO;
}

bool regex_group(const struct regex_scratch *scratch, uint32_t group, uint32_t *start, uint32_t *end)
{
    if (group >= scratch->pair_count) return false;
    const PCRE2_SIZE *spans = pcre2_get_ovector_pointer(scratch->data);
    if (spans[2 * group] == PCRE2_UNSET || spans[2 * group] > spans[2 * group + 1]) return false;
    *start = (uint32_t)spans[2 * group];
    *end = (uint32_t)spans[2 * group + 1];
    return true;
}
