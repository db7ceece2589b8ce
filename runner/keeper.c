#include "runner/keeper.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"

/* How long the keeper tries: killed processes can take a moment to go. Bounded, so that none stays for ever.
 */
enum { KEEP_TRIES = 1000, KEEP_PAUSE_NS = 5000000 };

/* The cells of this process, each by the number of its bubblewrap; PLACE_TAKEN before that is known. */
enum { PLACE_FREE = 0, PLACE_TAKEN = -1 };
static pid_t *book;

/* The child of a process with threads: from here on only system calls, nothing of the C library that takes a
 * lock. */

struct entry { /* getdents64(2) */
    uint64_t inode;
    int64_t offset;
    unsigned short length;
    unsigned char type;
    char name[];
};

/* Kills every process of a group: cgroup.procs is one number a line. */
static void members_kill(int folder)
{
    char text[4096];
    AUTO_FD int all = openat(folder, "cgroup.kill", O_WRONLY | O_CLOEXEC);
    if (all >= 0 && write(all, "1", 1) == 1) return;
    AUTO_FD int procs = openat(folder, "cgroup.procs", O_RDONLY | O_CLOEXEC);
    ssize_t length = procs >= 0 ? read(procs, text, sizeof text) : 0;
    pid_t pid = 0;
    for (ssize_t i = 0; i < length; i++) {
        if (text[i] >= '0' && text[i] <= '9') {
            pid = pid * 10 + (text[i] - '0');
            continue;
        }
        if (pid > 1) kill(pid, SIGKILL);
        pid = 0;
    }
}

/* One try at the folder and the cells' groups in it. True: it is gone. */
static bool folder_remove(const char *path)
{
    _Alignas(struct entry) char entries[8192];
    AUTO_FD int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return errno == ENOENT;
    for (long size; (size = syscall(SYS_getdents64, folder, entries, sizeof entries)) > 0;) {
        for (long at = 0; at < size;) {
            struct entry *entry = (struct entry *)(void *)(entries + at);
            at += entry->length;
            if (entry->type != DT_DIR || entry->name[0] == '.') continue;
            AUTO_FD int cell = openat(folder, entry->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
            if (cell >= 0) members_kill(cell);
            unlinkat(folder, entry->name, AT_REMOVEDIR);
        }
    }
    return rmdir(path) == 0 || errno == ENOENT;
}

/* Once is enough: no process forks that has been killed, and one that is not in the book yet ends by itself,
 * its supervisor being dead (launch.c). A group's number is nobody else's while one of its processes is
 * there.
 */
static void cells_kill(void)
{
    for (unsigned i = 0; i < KEEPER_CELLS_MAX; i++)
        if (book[i] > 1) kill(-book[i], SIGKILL);
}

_Noreturn static void keeper_run(const struct cgroup_place *home, int supervisor)
{
    if (dup2(supervisor, 0) < 0) _exit(1);
    syscall(SYS_close_range, 1, ~0u, 0);
    syscall(SYS_setsid);
    if (chdir("/") < 0) _exit(1);
    prctl(PR_SET_NAME, "cordon-keeper", 0, 0, 0);
    struct pollfd wait = {.fd = 0, .events = POLLIN};
    while (poll(&wait, 1, -1) < 0 && errno == EINTR) continue;
    cells_kill();
    bool are_gone = false;
    for (int tries = 0; tries < KEEP_TRIES && !are_gone; tries++) {
        are_gone = true;
        for (unsigned i = 0; i < home->count; i++) are_gone &= folder_remove(home->folders[i]);
        if (!are_gone) nanosleep(&(struct timespec){.tv_nsec = KEEP_PAUSE_NS}, NULL);
    }
    _exit(0);
}

bool keeper_start(const struct cgroup_place *home)
{
    struct cgroup_place folders = *home;
    /* Never a parent's book: its keeper would take the cells in it for the parent's. */
    size_t bytes = KEEPER_CELLS_MAX * sizeof *book;
    book = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (book == MAP_FAILED) book = NULL;
    AUTO_FD int supervisor = (int)syscall(SYS_pidfd_open, getpid(), 0);
    if (supervisor < 0 || !book) return false;
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* the keeper keeps this: no terminal ends it */
    long pid = syscall(SYS_clone, 0ul, NULL, NULL, NULL, NULL);
    if (pid == 0) keeper_run(&folders, supervisor);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (pid > 0) return true;
    munmap(book, bytes);
    book = NULL;
    return false;
}

pid_t *keeper_place_take(struct error *err)
{
    if (!book) {
        error_set(err, ERROR_SYSTEM, "the process that ends cells when this one dies does not start");
        error_remedy(err, "allow this user more processes (ulimit -u)");
        return NULL;
    }
    for (unsigned i = 0; i < KEEPER_CELLS_MAX; i++) {
        pid_t free = PLACE_FREE;
        if (__atomic_compare_exchange_n(&book[i], &free, PLACE_TAKEN, false, __ATOMIC_ACQ_REL,
                                        __ATOMIC_RELAXED))
            return &book[i];
    }
    error_set(err, ERROR_LIMIT, "this process has %d cells already", KEEPER_CELLS_MAX);
    error_remedy(err, "run fewer at once, or have the others wait (limit cells)");
    return NULL;
}

void keeper_place_give(pid_t *place)
{
    if (place) __atomic_store_n(place, PLACE_FREE, __ATOMIC_RELEASE);
}
