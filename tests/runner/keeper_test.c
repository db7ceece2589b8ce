/* A supervisor that is killed at the worst place: bubblewrap has made the first process of the cell, and not
 * yet told it its user ids. That process waits for a word that nobody will ever say; only the keeper ends it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOBODY = 65534, LOOK_US = 2000, PATIENCE = 60 * 1000000 / LOOK_US };

static char folder[] = "/tmp/cordon-keeper-XXXXXX";

static int remove_entry(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)status, (void)kind, (void)place;
    return remove(path);
}

/* The text of /proc/PID/FILE, or of a link there; "" where there is none. */
static const char *proc_text(pid_t pid, const char *file)
{
    static char text[4096];
    char path[128];
    snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
    ssize_t length = readlink(path, text, sizeof text - 1);
    int fd = length < 0 ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (fd >= 0) length = read(fd, text, sizeof text - 1);
    if (fd >= 0) close(fd);
    text[length > 0 ? length : 0] = '\0';
    return text;
}

static char process_state(pid_t pid)
{
    const char *name_end = strrchr(proc_text(pid, "stat"), ')');
    return name_end ? name_end[2] : '\0';
}

static bool is_program(pid_t pid, const char *name)
{
    const char *slash = strrchr(proc_text(pid, "exe"), '/');
    return slash && strcmp(slash + 1, name) == 0;
}

/* `cordon run` as a process that waits to be traced. */
static pid_t supervisor_start(uid_t uid)
{
    pid_t pid = fork();
    if (pid != 0) return pid;
    char source[64], program[64], state[64];
    snprintf(source, sizeof source, "%s/x.py", folder);
    snprintf(program, sizeof program, "%s/cordon", folder);
    snprintf(state, sizeof state, "%s/state-%u", folder, uid);
    if (uid && (setgroups(0, NULL) < 0 || setresgid(uid, uid, uid) < 0 || setresuid(uid, uid, uid) < 0))
        _exit(1);
    if (setenv("XDG_STATE_HOME", state, 1) < 0) _exit(1);
    int null = open("/dev/null", O_RDWR);
    dup2(null, 1);
    dup2(null, 2);
    raise(SIGSTOP);
    execl(program, "cordon", "run", "--gate", "warn", source, NULL);
    _exit(1);
}

struct scene {
    pid_t supervisor, keeper, bubblewrap, first; /* the first process of the cell */
};

/* Runs until bubblewrap has cloned; it is left stopped there. False: it never did. */
static bool scene_play(struct scene *scene)
{
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, __WALL)) > 0;) {
        if (!WIFSTOPPED(status)) {
            if (pid == scene->supervisor) return false;
            continue;
        }
        unsigned event = (unsigned)status >> 16;
        bool is_fork =
            event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK || event == PTRACE_EVENT_CLONE;
        unsigned long child = 0;
        if (is_fork) ptrace(PTRACE_GETEVENTMSG, pid, 0, &child);
        if (is_fork && is_program(pid, "bwrap")) {
            scene->bubblewrap = pid;
            scene->first = (pid_t)child;
            return true;
        }
        bool is_signal = event == 0 && WSTOPSIG(status) != SIGTRAP && WSTOPSIG(status) != SIGSTOP;
        ptrace(PTRACE_CONT, pid, 0, is_signal ? WSTOPSIG(status) : 0);
    }
    return false;
}

/* The supervisor's child of that name. */
static pid_t child_find(pid_t parent, const char *name)
{
    char file[64], list[4096];
    snprintf(file, sizeof file, "task/%d/children", (int)parent);
    strcpy(list, proc_text(parent, file));
    char *rest;
    for (char *word = strtok_r(list, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
        if (strncmp(proc_text((pid_t)atoi(word), "comm"), name, strlen(name)) == 0) return (pid_t)atoi(word);
    return -1;
}

static bool wait_for_state(pid_t pid, char state)
{
    for (int tries = 0; tries < PATIENCE && process_state(pid) != state; tries++) usleep(LOOK_US);
    return process_state(pid) == state;
}

/* Plays to the place: the keeper is held, bubblewrap is stopped, the cell's first process has gone on to
 * where it waits. */
static struct scene scene_make(uid_t uid)
{
    struct scene scene = {.supervisor = supervisor_start(uid)};
    int status;
    assert_true(scene.supervisor > 0);
    assert_int_equal(waitpid(scene.supervisor, &status, WUNTRACED), scene.supervisor);
    assert_true(WIFSTOPPED(status));
    long options = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL;
    assert_int_equal(ptrace(PTRACE_SEIZE, scene.supervisor, 0, options), 0);
    kill(scene.supervisor, SIGCONT);
    assert_true(scene_play(&scene));
    scene.keeper = child_find(scene.supervisor, "cordon-keeper");
    assert_true(scene.keeper > 0);
    assert_int_equal(ptrace(PTRACE_INTERRUPT, scene.keeper, 0, 0), 0);
    assert_int_equal(waitpid(scene.keeper, &status, __WALL), scene.keeper);
    /* It may have been seen, and sent on, before bubblewrap's own stop was. */
    ptrace(PTRACE_INTERRUPT, scene.first, 0, 0);
    assert_int_equal(waitpid(scene.first, &status, __WALL), scene.first);
    assert_int_equal(ptrace(PTRACE_DETACH, scene.first, 0, 0), 0);
    assert_true(wait_for_state(scene.first, 'S'));
    return scene;
}

/* The cell's first process ends by SIGKILL. Ours to bury: this test is the nearest that asked for orphans. */
static void first_bury(const struct scene *scene)
{
    int status = 0;
    pid_t buried = 0;
    for (int tries = 0; tries < PATIENCE && buried == 0; tries++) {
        buried = waitpid(scene->first, &status, WNOHANG | __WALL);
        usleep(LOOK_US);
    }
    assert_int_equal(buried, scene->first);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

/* kill -9 of the supervisor. */
static void keeper_ends_it(uid_t uid)
{
    struct scene scene = scene_make(uid);
    int status;
    assert_int_equal(kill(scene.supervisor, SIGKILL), 0);
    assert_int_equal(waitpid(scene.supervisor, &status, __WALL), scene.supervisor);
    assert_int_equal(waitpid(scene.bubblewrap, &status, __WALL), scene.bubblewrap);
    /* Without the keeper it stays when the others are dead: the place is the right one. */
    usleep(100 * LOOK_US);
    assert_int_equal(process_state(scene.first), 'S');
    assert_int_equal(ptrace(PTRACE_DETACH, scene.keeper, 0, 0), 0);
    first_bury(&scene);
    assert_int_equal(waitpid(scene.keeper, &status, __WALL), scene.keeper);
}

/* The supervisor is told to stop, and lives: it ends the cell itself, without the keeper. */
static void supervisor_ends_it(uid_t uid)
{
    struct scene scene = scene_make(uid);
    int status;
    assert_int_equal(ptrace(PTRACE_INTERRUPT, scene.supervisor, 0, 0), 0);
    assert_int_equal(waitpid(scene.supervisor, &status, __WALL), scene.supervisor);
    assert_int_equal(ptrace(PTRACE_DETACH, scene.supervisor, 0, 0), 0);
    assert_int_equal(kill(scene.supervisor, SIGTERM), 0);
    assert_int_equal(waitpid(scene.bubblewrap, &status, __WALL), scene.bubblewrap);
    first_bury(&scene);
    assert_int_equal(waitpid(scene.supervisor, &status, __WALL), scene.supervisor);
    assert_int_equal(ptrace(PTRACE_DETACH, scene.keeper, 0, 0), 0);
    assert_int_equal(waitpid(scene.keeper, &status, __WALL), scene.keeper);
}

/* An ordinary user is the unprivileged one. */
static uid_t unprivileged(void)
{
    return geteuid() == 0 ? NOBODY : 0;
}

static void a_killed_supervisor_leaves_no_first_process(void **state)
{
    (void)state;
    keeper_ends_it(0);
}

static void nor_does_an_unprivileged_one(void **state)
{
    (void)state;
    keeper_ends_it(unprivileged());
}

static void a_stopped_supervisor_leaves_no_first_process(void **state)
{
    (void)state;
    supervisor_ends_it(0);
}

static void nor_does_a_stopped_unprivileged_one(void **state)
{
    (void)state;
    supervisor_ends_it(unprivileged());
}

/* What an unprivileged user needs is where it can reach it. */
static int folder_make(void **state)
{
    (void)state;
    char path[64], command[4200];
    if (!mkdtemp(folder) || chmod(folder, 01777) < 0 || prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
        return -1;
    snprintf(path, sizeof path, "%s/x.py", folder);
    FILE *file = fopen(path, "w");
    if (!file || fputs("import time\ntime.sleep(600)\n", file) < 0 || fclose(file) != 0) return -1;
    snprintf(command, sizeof command, "install -m 755 '%s' %s/cordon", getenv("CORDON"), folder);
    return system(command) == 0 ? 0 : -1;
}

static int folder_remove(void **state)
{
    (void)state;
    return nftw(folder, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_killed_supervisor_leaves_no_first_process),
        cmocka_unit_test(nor_does_an_unprivileged_one),
        cmocka_unit_test(a_stopped_supervisor_leaves_no_first_process),
        cmocka_unit_test(nor_does_a_stopped_unprivileged_one),
    };
    return cmocka_run_group_tests(tests, folder_make, folder_remove);
}
