/* What is said of a machine, from made-up /proc folders, and of versions of bubblewrap. */
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
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner/cgroup_place.h"
#include "runner/keeper.h"
#include "runner/machine.h"

static char folder[] = "/tmp/cordon-machine-XXXXXX";

static void put(const char *name, const char *text)
{
    char path[256];
    for (const char *slash = strchr(name, '/'); slash; slash = strchr(slash + 1, '/')) {
        snprintf(path, sizeof path, "%s/%.*s", folder, (int)(slash - name), name);
        mkdir(path, 0755);
    }
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    return remove(path);
}

static void each_restriction_has_its_own_remedy(void **state)
{
    (void)state;
    static const struct {
        const char *max, *clone, *apparmor, *status, *remedy;
    } cases[] = {
        {"0\n", "1\n", "1\n", "Seccomp:\t2\n", "user.max_user_namespaces=10000"},
        {"5\n", "0\n", "1\n", "Seccomp:\t2\n", "kernel.unprivileged_userns_clone=1"},
        {"5\n", "1\n", "1\n", "Seccomp:\t2\n", "apparmor_restrict_unprivileged_userns=0"},
        {"5\n", "1\n", "0\n", "Seccomp:\t2\n", "docker run"},
        {"5\n", "1\n", "0\n", "Seccomp:\t0\n", ""},
    };
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 1 << 20);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct machine machine;
        put("sys/user/max_user_namespaces", cases[i].max);
        put("sys/kernel/unprivileged_userns_clone", cases[i].clone);
        put("sys/kernel/apparmor_restrict_unprivileged_userns", cases[i].apparmor);
        put("self/status", cases[i].status);
        machine_examine(&machine, &arena, folder);
        assert_non_null(strstr(machine_userns_remedy(&machine), cases[i].remedy));
    }
}

static void the_uids_of_cells_are_mapped_or_not(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 1 << 20);
    struct machine machine;
    put("self/uid_map", "         0          0 4294967295\n");
    machine_examine(&machine, &arena, folder);
    assert_true(machine.has_uid_range);
    put("self/uid_map", "         0     100000      65536\n");
    machine_examine(&machine, &arena, folder);
    assert_false(machine.has_uid_range);
}

static void old_versions_are_told(void **state)
{
    (void)state;
    AUTO_ARENA struct arena arena;
    arena_init(&arena, 1 << 20);
    struct machine old = {.bwrap_version = {0, 4, 0}, .bwrap_is_setuid = true};
    struct machine debian = {.bwrap_version = {0, 8, 0}}, new = {.bwrap_version = {0, 12, 0}}, none = {0};
    assert_non_null(strstr(machine_bwrap_weaknesses(&old, &arena), "CVE-2020-5291"));
    assert_non_null(strstr(machine_bwrap_weaknesses(&debian, &arena), "CVE-2026-87766"));
    assert_null(strstr(machine_bwrap_weaknesses(&debian, &arena), "CVE-2020-5291"));
    assert_string_equal(machine_bwrap_weaknesses(&new, &arena), "");
    assert_string_equal(machine_bwrap_weaknesses(&none, &arena), "");
}

/* A made-up hierarchy of version 2: ours to write, and it passes memory and pids on. */
static void a_delegated_subtree_of_version_2_is_found(void **state)
{
    (void)state;
    char mounts[300], line[400], memberships[300], wanted[300];
    put("cgroup/user.slice/cgroup.procs", "");
    put("cgroup/user.slice/cgroup.controllers", "cpu memory pids\n");
    put("cgroup/user.slice/cgroup.subtree_control", "memory pids\n");
    put("cgroup/user.slice/run.scope/cgroup.procs", "1\n2\n");
    put("cgroup/user.slice/run.scope/cgroup.controllers", "memory pids\n");
    put("cgroup/user.slice/run.scope/cgroup.subtree_control", "\n");
    snprintf(line, sizeof line, "30 20 0:26 / %s/cgroup rw,nosuid - cgroup2 cgroup2 rw\n", folder);
    put("mountinfo", line);
    put("memberships", "0::/user.slice/run.scope\n");
    snprintf(mounts, sizeof mounts, "%s/mountinfo", folder);
    snprintf(memberships, sizeof memberships, "%s/memberships", folder);
    snprintf(wanted, sizeof wanted, "%s/cgroup/user.slice", folder);
    struct cgroup_place place;
    cgroup_place_find(&place, mounts, memberships);
    assert_int_equal(place.kind, CGROUP_V2); /* not the scope, in which others are: the slice above it */
    assert_string_equal(place.folders[0], wanted);
    put("cgroup/user.slice/cgroup.subtree_control", "cpu\n");
    put("cgroup/user.slice/cgroup.procs", "1\n2\n");
    cgroup_place_find(&place, mounts, memberships);
    assert_int_equal(place.kind, CGROUP_NONE); /* nothing passes them on */
    char own[32];
    snprintf(own, sizeof own, "%d\n", (int)getpid());
    put("cgroup/user.slice/run.scope/cgroup.procs", own);
    cgroup_place_find(&place, mounts, memberships);
    assert_int_equal(place.kind, CGROUP_V2); /* alone in a scope of our own: we step into a leaf of it */
    snprintf(wanted, sizeof wanted, "%s/cgroup/user.slice/run.scope/supervisor", folder);
    assert_int_equal(access(wanted, F_OK), 0);
    put("memberships", "0::/\n");
    put("mountinfo", "30 20 0:26 / /nowhere rw - cgroup2 cgroup2 rw\n");
    cgroup_place_find(&place, mounts, memberships);
    assert_int_equal(place.kind, CGROUP_NONE);
}

/* Where this machine has a hierarchy of version 2 that is ours to write; it need not have controllers. */
static bool v2_find(char point[256])
{
    char line[1024], type[32];
    FILE *mounts = fopen("/proc/self/mounts", "re");
    bool is_found = false;
    while (!is_found && mounts && fgets(line, sizeof line, mounts))
        is_found = sscanf(line, "%*s %255s %31s", point, type) == 2 && strcmp(type, "cgroup2") == 0 &&
                   access(point, W_OK) == 0;
    if (mounts) fclose(mounts);
    return is_found;
}

static bool group_join(const char group[600])
{
    char procs[700];
    snprintf(procs, sizeof procs, "%s/cgroup.procs", group);
    int fd = open(procs, O_WRONLY | O_CLOEXEC);
    bool is_in = fd >= 0 && write(fd, "0", 1) == 1;
    if (fd >= 0) close(fd);
    return is_in;
}

/* The kernel's own: the processes of a supervisor that is gone are killed through cgroup.kill, one that forks
 * all the time among them, and its groups are removed. */
static void a_real_group_of_version_2_goes_with_its_supervisor(void **state)
{
    (void)state;
    char point[256], cell[600];
    if (!v2_find(point)) skip();
    struct cgroup_place home = {.kind = CGROUP_V2, .count = 1};
    snprintf(home.folders[0], sizeof home.folders[0], "%s/cordon-test-%d", point, (int)getpid());
    snprintf(cell, sizeof cell, "%s/cell", home.folders[0]);
    assert_int_equal(mkdir(home.folders[0], 0755), 0);
    assert_int_equal(mkdir(cell, 0755), 0);
    int alive[2];
    char byte;
    assert_int_equal(pipe(alive), 0); /* open for writing as long as somebody of the cell lives */
    pid_t supervisor = fork();
    if (supervisor == 0) {
        close(alive[0]);
        if (!keeper_start(&home)) _exit(1);
        pid_t member = fork();
        if (member == 0) {
            if (!group_join(cell) || setsid() < 0 || write(alive[1], "x", 1) != 1) _exit(1);
            for (;;) {
                if (fork() > 0) _exit(0); /* never the same number for long */
                usleep(1000);
            }
        }
        close(alive[1]);
        pause();
    }
    close(alive[1]);
    assert_int_equal(read(alive[0], &byte, 1), 1);
    assert_int_equal(kill(supervisor, SIGKILL), 0);
    waitpid(supervisor, NULL, 0);
    assert_int_equal(read(alive[0], &byte, 1), 0);
    close(alive[0]);
    for (int tries = 0; access(home.folders[0], F_OK) == 0 && tries < 10000; tries++) usleep(1000);
    assert_int_not_equal(access(home.folders[0], F_OK), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_restriction_has_its_own_remedy),
        cmocka_unit_test(the_uids_of_cells_are_mapped_or_not),
        cmocka_unit_test(old_versions_are_told),
        cmocka_unit_test(a_delegated_subtree_of_version_2_is_found),
        cmocka_unit_test(a_real_group_of_version_2_goes_with_its_supervisor),
    };
    if (!mkdtemp(folder)) return 1;
    int failed = cmocka_run_group_tests_name("machine", tests, NULL, NULL);
    nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    return failed;
}
