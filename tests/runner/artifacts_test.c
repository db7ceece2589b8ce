/* What is collected from a hostile folder, and what is left behind. The folder is made here, on the host,
 * where FIFOs, hard links and links out of it are possible. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <fcntl.h>
#include <ftw.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "runner/artifacts.h"

struct folders {
    char from_path[32], to_path[32];
    int from, to;
    struct arena arena;
    struct limits limits;
    struct artifacts artifacts;
};

static void link_make(int folder, const char *name, const char *target)
{
    assert_int_equal(symlinkat(target, folder, name), 0);
}

static int entry_remove(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status;
    (void)kind;
    (void)place;
    return remove(path);
}

static int folders_make(void **state)
{
    struct folders *folders = calloc(1, sizeof *folders);
    strcpy(folders->from_path, "/tmp/cordon-left-XXXXXX");
    strcpy(folders->to_path, "/tmp/cordon-got-XXXXXX");
    if (!mkdtemp(folders->from_path) || !mkdtemp(folders->to_path)) return 1;
    folders->from = open(folders->from_path, O_RDONLY | O_DIRECTORY);
    folders->to = open(folders->to_path, O_RDONLY | O_DIRECTORY);
    folders->limits = limits_default();
    arena_init(&folders->arena, 64 << 20);
    *state = folders;
    return folders->from < 0 || folders->to < 0;
}

static int folders_remove(void **state)
{
    struct folders *folders = *state;
    close(folders->from);
    close(folders->to);
    arena_clear(&folders->arena);
    nftw(folders->from_path, entry_remove, 16, FTW_PHYS | FTW_DEPTH);
    nftw(folders->to_path, entry_remove, 16, FTW_PHYS | FTW_DEPTH);
    free(folders);
    return 0;
}

static void file_make(int folder, const char *name, const char *text)
{
    AUTO_FD int fd = openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC, 0755);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

static void collect(struct folders *folders)
{
    struct error err = {0};
    if (!artifacts_collect(&folders->artifacts, &folders->arena, folders->from, folders->to, &folders->limits,
                           &err))
        fail_msg("%s", err.message);
}

static const struct artifact *found(const struct folders *folders, const char *name)
{
    for (uint32_t i = 0; i < folders->artifacts.count; i++)
        if (view_equals_cstr(folders->artifacts.items[i].name, name)) return &folders->artifacts.items[i];
    return NULL;
}

static const char *reason(const struct folders *folders, const char *name)
{
    for (uint32_t i = 0; i < folders->artifacts.skipped_count && i < ARTIFACTS_SKIPPED_MAX; i++)
        if (view_equals_cstr(folders->artifacts.skipped[i].name, name))
            return folders->artifacts.skipped[i].reason;
    return "";
}

static void files_are_copied_with_our_modes(void **state)
{
    struct folders *folders = *state;
    struct stat status;
    file_make(folders->from, "a", "abc");
    mkdirat(folders->from, "d", 0700);
    file_make(folders->from, "d/b", "");
    assert_int_equal(fchmodat(folders->from, "a", 06777, 0), 0);
    assert_int_equal(linkat(folders->from, "a", folders->from, "again", 0), 0);
    collect(folders);
    assert_int_equal(folders->artifacts.count, 3);
    assert_string_equal(found(folders, "a")->digest.hex,
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    assert_int_equal(found(folders, "d/b")->bytes, 0);
    assert_int_equal(fstatat(folders->to, "a", &status, 0), 0);
    assert_int_equal(status.st_mode & 07133, 0);
    assert_int_equal(status.st_nlink, 1); /* a copy, whatever it was */
}

static void links_are_followed_nowhere(void **state)
{
    struct folders *folders = *state;
    mkdirat(folders->from, "d", 0700);
    link_make(folders->from, "file", "/etc/passwd");
    link_make(folders->from, "folder", "/etc");
    link_make(folders->from, "d/up", "../../etc/passwd");
    link_make(folders->from, "magic", "/proc/self/root");
    collect(folders);
    assert_int_equal(folders->artifacts.count, 0);
    assert_string_equal(reason(folders, "file"), "a link");
    assert_string_equal(reason(folders, "folder"), "a link");
    assert_string_equal(reason(folders, "d/up"), "a link");
    assert_string_equal(reason(folders, "magic"), "a link");
}

static void what_is_no_file_stays(void **state)
{
    struct folders *folders = *state;
    assert_int_equal(mkfifoat(folders->from, "fifo", 0600), 0);
    if (geteuid() == 0) assert_int_equal(mknodat(folders->from, "device", S_IFCHR | 0600, 0x0103), 0);
    file_make(folders->from, "file", "x");
    collect(folders); /* and does not hang */
    assert_int_equal(folders->artifacts.count, 1);
    assert_string_equal(reason(folders, "fifo"), "no file");
    if (geteuid() == 0) assert_string_equal(reason(folders, "device"), "no file");
}

static void odd_names_stay(void **state)
{
    static const char *const names[] = {".bashrc",
                                        "-rf",
                                        "a\nb",
                                        "a\033[2J",
                                        "a\xff",
                                        ".git",
                                        "a\xe2\x80\xae",
                                        ("a\xc2\x9b"
                                         "b"),
                                        "c:stream",
                                        "a\\b"};
    struct folders *folders = *state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) file_make(folders->from, names[i], "x");
    file_make(folders->from, "\xc3\xa4 name.txt", "x");
    collect(folders);
    assert_int_equal(folders->artifacts.count, 1);
    assert_int_equal(folders->artifacts.skipped_count, sizeof names / sizeof *names);
}

static void number_size_and_depth_are_bounded(void **state)
{
    struct folders *folders = *state;
    char name[16];
    for (int i = 0; i < 12; i++) {
        snprintf(name, sizeof name, "f%02d", i);
        file_make(folders->from, name, "12345678");
    }
    AUTO_FD int giant = openat(folders->from, "a-giant", O_WRONLY | O_CREAT, 0600);
    assert_int_equal(ftruncate(giant, (off_t)1 << 40), 0);
    int folder = dup(folders->from);
    for (int i = 0; i < 40; i++) {
        mkdirat(folder, "z", 0700);
        int below = openat(folder, "z", O_RDONLY | O_DIRECTORY);
        close(folder);
        folder = below;
    }
    file_make(folder, "deep", "x");
    close(folder);
    folders->limits.values[LIMIT_ARTIFACTS] = 10;
    folders->limits.values[LIMIT_ARTIFACT_BYTES] = 48;
    collect(folders);
    assert_int_equal(folders->artifacts.count, 6);
    assert_int_equal(folders->artifacts.total_bytes, 48);
    assert_non_null(strstr(reason(folders, "a-giant"), "artifact_bytes"));
    assert_non_null(strstr(reason(folders, "f06"), "artifact_bytes"));
    assert_null(found(folders, "deep"));
    folders->limits.values[LIMIT_ARTIFACTS] = 1;
    unlinkat(folders->to, "f00", 0);
    collect(folders);
    assert_int_equal(folders->artifacts.count, 1);
    assert_non_null(strstr(reason(folders, "f01"), "(artifacts)"));
}

static void nothing_that_is_there_is_replaced(void **state)
{
    struct folders *folders = *state;
    char text[8] = "";
    file_make(folders->from, "a", "new");
    file_make(folders->to, "a", "old");
    mkdirat(folders->from, "d", 0700);
    file_make(folders->from, "d/b", "new");
    link_make(folders->to, "d", "/tmp"); /* ours, but it leads out of the folder */
    file_make(folders->from, "e", "new");
    link_make(folders->to, "e", "/tmp/cordon-test-target");
    struct error err = {0};
    artifacts_collect(&folders->artifacts, &folders->arena, folders->from, folders->to, &folders->limits,
                      &err);
    assert_int_equal(folders->artifacts.count, 0);
    AUTO_FD int fd = openat(folders->to, "a", O_RDONLY);
    assert_int_equal(read(fd, text, sizeof text), 3);
    assert_string_equal(text, "old");
    assert_int_equal(access("/tmp/b", F_OK), -1);
    assert_int_equal(access("/tmp/cordon-test-target", F_OK), -1);
}

static void the_clock_ends_it(void **state)
{
    struct folders *folders = *state;
    char name[16];
    for (int i = 0; i < 2000; i++) {
        snprintf(name, sizeof name, "f%d", i);
        file_make(folders->from, name, "1");
    }
    folders->limits.values[LIMIT_ARTIFACT_TIME] = 1;
    folders->limits.values[LIMIT_ARTIFACTS] = 10000;
    collect(folders);
    assert_true(folders->artifacts.count < 2000);
    assert_true(folders->artifacts.skipped_count >= 1);
}

static atomic_bool is_over;

/* Turns "swap" from a folder with a file into a link to /etc and back, and "file" likewise. */
static void *swap(void *context)
{
    const struct folders *folders = context;
    link_make(folders->from, "other", "/etc");
    link_make(folders->from, "file-other", "/etc/passwd");
    while (!is_over) {
        renameat2(folders->from, "swap", folders->from, "other", RENAME_EXCHANGE);
        renameat2(folders->from, "file", folders->from, "file-other", RENAME_EXCHANGE);
    }
    return NULL;
}

static void swaps_meanwhile_win_nothing(void **state)
{
    struct folders *folders = *state;
    pthread_t thread;
    mkdirat(folders->from, "swap", 0700);
    file_make(folders->from, "swap/passwd", "mine");
    file_make(folders->from, "file", "mine");
    is_over = false;
    assert_int_equal(pthread_create(&thread, NULL, swap, folders), 0);
    bool is_theirs = false;
    unsigned got = 0;
    for (int i = 0; i < 2000 && !is_theirs; i++) {
        collect(folders);
        got += folders->artifacts.count;
        for (uint32_t j = 0; j < folders->artifacts.count; j++) {
            is_theirs |= folders->artifacts.items[j].bytes != 4;
            char name[64];
            snprintf(name, sizeof name, "%.*s", VIEW_ARGS(folders->artifacts.items[j].name));
            unlinkat(folders->to, name, 0);
        }
        arena_reset(&folders->arena);
    }
    is_over = true;
    pthread_join(thread, NULL);
    assert_false(is_theirs);
    assert_true(got > 0); /* it did collect */
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(name, folders_make, folders_remove)
    const struct CMUnitTest tests[] = {
        CASE(files_are_copied_with_our_modes),
        CASE(links_are_followed_nowhere),
        CASE(what_is_no_file_stays),
        CASE(odd_names_stay),
        CASE(number_size_and_depth_are_bounded),
        CASE(nothing_that_is_there_is_replaced),
        CASE(the_clock_ends_it),
        CASE(swaps_meanwhile_win_nothing),
    };
    return cmocka_run_group_tests_name("artifacts", tests, NULL, NULL);
}
