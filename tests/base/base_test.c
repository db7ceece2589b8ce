/* The floor: arena caps, views, errors, UTF-8, capabilities and digests, each at its edge. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/array.h"
#include "base/capability.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/utf8.h"

static void arena_refuses_over_its_cap(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 4096);
    assert_non_null(arena_alloc(&arena, 2000));
    assert_false(arena.is_exhausted);
    assert_null(arena_alloc(&arena, 4000));
    assert_true(arena.is_exhausted);
    assert_null(arena_alloc(&arena, SIZE_MAX));
    assert_null(arena_alloc_array(&arena, SIZE_MAX / 2, 16));
}

static void arena_of_zero_allows_nothing(void **state)
{
    (void)state;
    struct arena arena = {0};
    assert_null(arena_alloc(&arena, 1));
}

static void array_keeps_items_while_growing(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 1 << 20);
    ARRAY_OF(uint32_t) numbers = {0};
    for (uint32_t i = 0; i < 1000; i++) assert_true(ARRAY_PUSH(&arena, &numbers, i));
    uint32_t expected = 0;
    ARRAY_FOREACH (uint32_t, number, &numbers) assert_int_equal(*number, expected++);
    assert_int_equal(expected, 1000);
}

static void an_empty_part_has_its_place(void **state)
{
    (void)state;
    struct view text = VIEW("a\n\nb"), line, rest;
    assert_ptr_equal(view_slice(text, 2, 2).bytes, text.bytes + 2);
    assert_ptr_equal(view_slice(text, 9, 9).bytes, text.bytes + 4);
    assert_int_equal(view_slice(text, 3, 1).length, 0);
    assert_null(view_slice((struct view){0}, 0, 1).bytes);
    view_split(text, '\n', &line, &rest);
    view_split(rest, '\n', &line, &rest);
    assert_ptr_equal(line.bytes, text.bytes + 2);
    assert_true(view_equals(rest, VIEW("b")));
}

static void view_distance_counts_edits(void **state)
{
    (void)state;
    assert_int_equal(view_distance(VIEW("pattern"), VIEW("patern"), 2), 1);
    assert_int_equal(view_distance(VIEW("pattern"), VIEW("pattren"), 2), 1);
    assert_int_equal(view_distance(VIEW("pattern"), VIEW("query"), 2), 3);
    assert_int_equal(view_distance(VIEW(""), VIEW("ab"), 2), 2);
}

static void error_text_is_printable(void **state)
{
    (void)state;
    struct error err = {0};
    assert_false(error_set(&err, ERROR_INPUT, "bad \x1b[31m name"));
    assert_string_equal(err.message, "bad ?[31m name");
    error_place(&err, VIEW("a\nb.py"), 3, 4);
    char text[256];
    assert_string_equal(error_format(&err, text, sizeof text), "a?b.py:3:4: bad ?[31m name");
}

static void utf8_refuses_what_rfc_3629_refuses(void **state)
{
    (void)state;
    assert_int_equal(utf8_find_invalid(VIEW("plain ascii, more than eight")), SIZE_MAX);
    assert_int_equal(utf8_find_invalid(VIEW("h\xc3\xa9llo \xf0\x9f\x98\x80")), SIZE_MAX);
    assert_int_equal(utf8_find_invalid(VIEW("ab\xc0\xaf")), 2);         /* overlong */
    assert_int_equal(utf8_find_invalid(VIEW("ab\xed\xa0\x80")), 2);     /* surrogate */
    assert_int_equal(utf8_find_invalid(VIEW("ab\xf4\x90\x80\x80")), 2); /* above U+10FFFF */
    assert_int_equal(utf8_find_invalid(VIEW("12345678\xe2\x82")), 8);   /* cut off */
}

static void json_replaces_bytes_that_are_not_utf8(void **state)
{
    (void)state;
    json_t *text = json_string_of_view(VIEW("a\xff"
                                            "b"));
    assert_string_equal(json_string_value(text), "a\xef\xbf\xbd"
                                                 "b");
    json_decref(text);
}

static void digest_is_sha256(void **state)
{
    (void)state;
    assert_string_equal(digest_sha256(VIEW("abc")).hex,
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static struct capability use(enum capability_kind kind, const char *argument)
{
    return (struct capability){
        .kind = kind, .is_known = argument != NULL, .argument = view_of_cstr(argument)};
}

static void capability_grants_cover_what_they_name(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 1 << 20);
    struct capability_set set = {0};
    struct error err;
    assert_false(capability_set_allows(&set, use(CAPABILITY_NET, "a.example:443")));
    assert_true(capability_set_grant(&set, &arena, CAPABILITY_NET, VIEW("API.example:443"), &err));
    assert_true(capability_set_grant(&set, &arena, CAPABILITY_NET, VIEW("*.wild.example"), &err));
    assert_true(capability_set_grant(&set, &arena, CAPABILITY_FS_READ, VIEW("/data/./in/"), &err));
    assert_true(capability_set_grant(&set, &arena, CAPABILITY_EXEC, VIEW("git"), &err));
    assert_true(capability_set_allows(&set, use(CAPABILITY_NET, "api.example:443")));
    assert_false(capability_set_allows(&set, use(CAPABILITY_NET, "api.example:80")));
    assert_false(capability_set_allows(&set, use(CAPABILITY_NET, "api.example")));
    assert_true(capability_set_allows(&set, use(CAPABILITY_NET, "x.wild.example:1")));
    assert_false(capability_set_allows(&set, use(CAPABILITY_NET, "wild.example")));
    assert_false(capability_set_allows(&set, use(CAPABILITY_NET, "evilwild.example")));
    assert_false(capability_set_allows(&set, use(CAPABILITY_NET, NULL)));
    assert_true(capability_set_allows(&set, use(CAPABILITY_FS_READ, "/data/in/a.csv")));
    assert_false(capability_set_allows(&set, use(CAPABILITY_FS_READ, "/data/input")));
    assert_false(capability_set_allows(&set, use(CAPABILITY_FS_WRITE, "/data/in/a.csv")));
    assert_false(capability_set_allows(&set, use(CAPABILITY_EXEC, "/tmp/git")));
    assert_true(capability_set_grant(&set, &arena, CAPABILITY_NET, VIEW("*"), &err));
    assert_true(capability_set_allows(&set, use(CAPABILITY_NET, NULL)));
}

static void capability_refuses_malformed_grants(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 1 << 20);
    struct capability_set set = {0};
    struct error err = {0};
    assert_false(capability_set_grant(&set, &arena, CAPABILITY_NET, VIEW(""), &err));
    assert_false(capability_set_grant(&set, &arena, CAPABILITY_NET, VIEW("a.example:0"), &err));
    assert_false(capability_set_grant(&set, &arena, CAPABILITY_NET, VIEW("a b"), &err));
    assert_false(capability_set_grant(&set, &arena, CAPABILITY_FS_READ, VIEW("relative"), &err));
    assert_false(capability_set_grant(&set, &arena, CAPABILITY_NATIVE, VIEW("x"), &err));
    assert_int_equal(set.count, 0);
    assert_string_equal(capability_word_nearest(VIEW("fs.raed")), "fs.read");
}

static void capability_paths_are_normalised(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 1 << 20);
    struct view cases[][2] = {
        {VIEW("/a/b/../c"), VIEW("/a/c")},
        {VIEW("../../etc/passwd"), VIEW("/etc/passwd")},
        {VIEW("x//y/."), VIEW("/scratch/x/y")},
        {VIEW("/"), VIEW("/")},
        {VIEW("/../.."), VIEW("/")},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct view got = capability_path_normalize(&arena, cases[i][0], VIEW("/scratch"));
        assert_true(view_equals(got, cases[i][1]));
    }
}

static void capability_uses_are_normalised(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 1 << 20);
    static const struct {
        enum capability_kind kind;
        const char *text, *expected; /* NULL: unknown */
    } cases[] = {
        {CAPABILITY_NET, "https://API.example/v1?x=1", "api.example:443"},
        {CAPABILITY_NET, "http://a.example:8080/", "a.example:8080"},
        {CAPABILITY_NET, "a.example", "a.example"},
        {CAPABILITY_NET, "https://a.example./x", "a.example:443"},
        {CAPABILITY_NET, "http://127.1/", "127.0.0.1:80"},
        {CAPABILITY_NET, "http://0x7f000001:9/", "127.0.0.1:9"},
        {CAPABILITY_NET, "2852039166", "169.254.169.254"},
        {CAPABILITY_NET, "http://[0:0::1]:81/", "[::1]:81"},
        {CAPABILITY_NET, "http://[::1", NULL},
        {CAPABILITY_NET, "http://[::zz]/", NULL},
        {CAPABILITY_NET, "https://g\xd0\xbe\xd0\xbegle.example/", NULL}, /* Cyrillic letters */
        {CAPABILITY_NET, "https://a%2eexample/", NULL},
        {CAPABILITY_NET, "http://a.example:99999/", NULL},
        {CAPABILITY_NET, "https://good.example@evil.example/", NULL},
        {CAPABILITY_NET, "https://good.example\\@evil.example/", NULL},
        {CAPABILITY_NET, "GET", "get"},
        {CAPABILITY_NET, "not a host", NULL},
        {CAPABILITY_FS_READ, "data/../../etc/passwd", "/etc/passwd"},
        {CAPABILITY_FS_READ, "~/.ssh/id_rsa", "~/.ssh/id_rsa"},
        {CAPABILITY_ENV, "API_KEY", "API_KEY"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct capability item = use(cases[i].kind, cases[i].text);
        capability_use_normalize(&item, &arena, VIEW("/scratch"));
        assert_int_equal(item.is_known, cases[i].expected != NULL);
        if (cases[i].expected) assert_true(view_equals_cstr(item.argument, cases[i].expected));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arena_refuses_over_its_cap),
        cmocka_unit_test(arena_of_zero_allows_nothing),
        cmocka_unit_test(array_keeps_items_while_growing),
        cmocka_unit_test(an_empty_part_has_its_place),
        cmocka_unit_test(view_distance_counts_edits),
        cmocka_unit_test(error_text_is_printable),
        cmocka_unit_test(utf8_refuses_what_rfc_3629_refuses),
        cmocka_unit_test(json_replaces_bytes_that_are_not_utf8),
        cmocka_unit_test(digest_is_sha256),
        cmocka_unit_test(capability_grants_cover_what_they_name),
        cmocka_unit_test(capability_refuses_malformed_grants),
        cmocka_unit_test(capability_paths_are_normalised),
        cmocka_unit_test(capability_uses_are_normalised),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
