/* The memory of a parse: pieces do not overlap, keep what is in them, are aligned, and are gone when it is
 * left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "grammars/tree_pool.h"

enum { PIECES = 400 };

struct held {
    unsigned char *bytes;
    size_t size;
    unsigned char mark;
};

static uint32_t chance_state = 7;

static uint32_t chance(uint32_t bound)
{
    chance_state = chance_state * 1664525u + 1013904223u;
    return (chance_state >> 8) % bound;
}

static size_t size_by_chance(void)
{
    static const size_t bounds[] = {40, 40, 200, 1100, 5000, 300000};
    return chance((uint32_t)bounds[chance(6)]);
}

static void held_check(const struct held *held)
{
    assert_int_equal((uintptr_t)held->bytes % 16, 0);
    for (size_t i = 0; i < held->size; i++)
        if (held->bytes[i] != held->mark) fail_msg("byte %zu of %zu was written to", i, held->size);
}

static void held_make(struct held *held, unsigned round)
{
    size_t size = size_by_chance(), kept = held->size < size ? held->size : size;
    if (!held->bytes) {
        bool is_zeroed = chance(2);
        held->bytes = is_zeroed ? tree_pool_calloc(size, 1) : tree_pool_malloc(size);
        for (size_t i = 0; is_zeroed && i < size; i++) assert_int_equal(held->bytes[i], 0);
    } else {
        held->bytes = tree_pool_realloc(held->bytes, size);
        for (size_t i = 0; i < kept; i++) assert_int_equal(held->bytes[i], held->mark);
    }
    held->size = size;
    held->mark = (unsigned char)(round | 1);
    if (size) memset(held->bytes, held->mark, size);
}

static void pieces_are_their_owners(void **state)
{
    struct tree_pool *pool = tree_pool_new();
    (void)state;
    for (unsigned parse = 0; parse < 4; parse++) {
        static struct held held[PIECES];
        memset(held, 0, sizeof held);
        tree_pool_enter(pool);
        for (unsigned round = 0; round < 6000; round++) {
            struct held *one = &held[chance(PIECES)];
            if (one->bytes) held_check(one);
            if (one->bytes && chance(3) == 0) {
                tree_pool_release(one->bytes);
                *one = (struct held){0};
            } else {
                held_make(one, round);
            }
        }
        for (unsigned i = 0; i < PIECES; i++) {
            if (held[i].bytes) held_check(&held[i]);
            if (!tree_pool_is_used()) tree_pool_release(held[i].bytes);
        }
        tree_pool_leave(pool);
    }
    tree_pool_free(pool);
}

static void what_is_freed_is_used_again(void **state)
{
    struct tree_pool *pool = tree_pool_new();
    (void)state;
    tree_pool_enter(pool);
    void *first = tree_pool_malloc(100);
    tree_pool_release(first);
    void *second = tree_pool_malloc(97), *grown = tree_pool_realloc(second, 104);
    if (tree_pool_is_used()) assert_ptr_equal(first, second);
    if (tree_pool_is_used()) assert_ptr_equal(second, grown);
    tree_pool_release(grown);
    tree_pool_release(NULL);
    tree_pool_leave(pool);
    tree_pool_free(pool);
}

static void outside_it_is_the_library_s(void **state)
{
    (void)state;
    char *bytes = tree_pool_malloc(10);
    strcpy(bytes, "outside");
    bytes = tree_pool_realloc(bytes, 5000);
    assert_string_equal(bytes, "outside");
    free(bytes);
    tree_pool_release(calloc(1, 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_are_their_owners),
        cmocka_unit_test(what_is_freed_is_used_again),
        cmocka_unit_test(outside_it_is_the_library_s),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
