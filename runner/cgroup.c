#include "runner/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "runner/cgroup_place.h"
#include "runner/keeper.h"

/* bubblewrap, cordon-cell, and what the watch needs to see that a cell is over its number. */
enum { PROCESS_SLACK = 16, REMOVE_TRIES = 50, REMOVE_PAUSE_NS = 50000, REMOVE_PAUSE_MOST_NS = 2000000 };

/* Code and data of bubblewrap and cordon-cell, the root's tmpfs, page tables: not the program's. */
#define MEMORY_SLACK_BYTES (64ull << 20)

/* This process's keeper and folders, made with the first cell. A child that the host forks gets its own. */
static struct {
    pthread_mutex_t lock;
    pid_t owner;
    struct cgroup_place home;
} own = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool file_put(const char *folder, const char *name, const char *text)
{
    char path[CGROUP_PATH_BYTES + 64];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    AUTO_FD int fd = open(path, O_WRONLY | O_CLOEXEC);
    return fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
}

static bool number_put(const char *folder, const char *name, uint64_t number)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRIu64, number);
    return file_put(folder, name, text);
}

/* The number behind `key` in a file of lines "key number"; 0 where there is none. */
static uint64_t number_get(const char *folder, const char *name, const char *key)
{
    char path[CGROUP_PATH_BYTES + 64], line[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    AUTO_FILE FILE *file = fopen(path, "re");
    uint64_t number = 0;
    size_t length = strlen(key);
    while (file && fgets(line, sizeof line, file))
        if (strncmp(line, key, length) == 0 && line[length] == ' ')
            sscanf(line + length, "%" SCNu64, &number);
    return number;
}

/* "FOLDER/NAME" into `path`. */
static bool path_join(char path[CGROUP_PATH_BYTES], const char *folder, const char *name)
{
    int length = snprintf(path, CGROUP_PATH_BYTES, "%s/%s", folder, name);
    return length > 0 && length < CGROUP_PATH_BYTES;
}

/* Where this process's folders are to be; none where the machine gives none. */
static void home_place(struct cgroup_place *home, enum cgroup_kind *kind)
{
    unsigned salt = 0;
    char name[64];
    struct cgroup_place place;
    *home = (struct cgroup_place){0};
    *kind = CGROUP_NONE;
    if (getrandom(&salt, sizeof salt, 0) != sizeof salt) return;
    snprintf(name, sizeof name, "cordon-%d-%08x", (int)getpid(), salt);
    cgroup_place_find(&place, "/proc/self/mountinfo", "/proc/self/cgroup");
    for (unsigned i = 0; i < place.count; i++)
        if (!path_join(home->folders[i], place.folders[i], name)) return;
    home->count = place.count;
    *kind = place.kind;
}

/* Makes them. */
static bool home_make(const struct cgroup_place *home, enum cgroup_kind kind)
{
    bool is_made = kind != CGROUP_NONE;
    for (unsigned i = 0; i < home->count && is_made; i++)
        is_made = mkdir(home->folders[i], 0755) == 0 || errno == EEXIST; /* two controllers of one mount */
    if (is_made && kind == CGROUP_V2)
        is_made = file_put(home->folders[0], "cgroup.subtree_control", "+memory +pids");
    if (is_made && kind == CGROUP_V2)
        file_put(home->folders[0], "cgroup.subtree_control", "+cpu"); /* where it can be had */
    return is_made;
}

static struct cgroup_place home_get(void)
{
    pthread_mutex_lock(&own.lock);
    enum cgroup_kind kind;
    if (own.owner != getpid()) {
        home_place(&own.home, &kind);
        /* The keeper first, so that what is made is kept from the first moment. Without one no cell starts
         * (launch.c), and the next is tried with the next cell. */
        if (keeper_start(&own.home)) own.owner = getpid();
        own.home.kind = own.owner == getpid() && home_make(&own.home, kind) ? kind : CGROUP_NONE;
    }
    struct cgroup_place home = own.home;
    pthread_mutex_unlock(&own.lock);
    return home;
}

void cgroup_prepare(void)
{
    home_get();
}

static bool limits_put(const struct cgroup *group, const struct limits *limits)
{
    uint64_t processes = limits->values[LIMIT_PROCESSES] + PROCESS_SLACK;
    /* The scratch folder lies in memory and is charged to the group. */
    uint64_t memory = limits->values[LIMIT_MEMORY] + limits->values[LIMIT_DISK] + MEMORY_SLACK_BYTES;
    if (group->kind == CGROUP_V2) {
        const char *folder = group->folders[0];
        file_put(folder, "memory.swap.max", "0");  /* absent where there is no swap */
        file_put(folder, "memory.oom.group", "0"); /* cordon-cell outlives the program, to report */
        return number_put(folder, "memory.max", memory) && number_put(folder, "pids.max", processes);
    }
    number_put(group->folders[CGROUP_MEMORY], "memory.swappiness", 0);
    bool is_put = number_put(group->folders[CGROUP_MEMORY], "memory.limit_in_bytes", memory) &&
                  number_put(group->folders[CGROUP_PIDS], "pids.max", processes);
    if (is_put) number_put(group->folders[CGROUP_MEMORY], "memory.memsw.limit_in_bytes", memory);
    return is_put;
}

static bool group_make(struct cgroup *group, const struct cgroup_place *home, const char *name,
                       const struct limits *limits)
{
    group->kind = home->kind;
    for (; group->count < home->count; group->count++) {
        char *folder = group->folders[group->count], procs[CGROUP_PATH_BYTES + 16];
        if (!path_join(folder, home->folders[group->count], name)) return false;
        if (mkdir(folder, 0755) < 0 && errno != EEXIST) return false;
        /* A thread that moves itself alone is spared the lock that keeps all forks out, and its grace period
         * of milliseconds (Linux 6.0); between fork and exec there is only one. Version 2 has no such file.
         */
        snprintf(procs, sizeof procs, "%s/%s", folder, home->kind == CGROUP_V1 ? "tasks" : "cgroup.procs");
        group->procs_fds[group->count] = open(procs, O_WRONLY | O_CLOEXEC);
        if (group->procs_fds[group->count] < 0) return false;
    }
    char usage[CGROUP_PATH_BYTES + 16];
    bool is_v2 = home->kind == CGROUP_V2;
    snprintf(usage, sizeof usage, "%s/%s", group->folders[is_v2 ? 0 : CGROUP_CPUACCT],
             is_v2 ? "cpu.stat" : "cpuacct.usage");
    group->cpu_fd = open(usage, O_RDONLY | O_CLOEXEC);
    return limits_put(group, limits);
}

void cgroup_open(struct cgroup *group, const char *name, const struct limits *limits)
{
    *group = CGROUP_ZERO;
    struct cgroup_place home = home_get();
    if (home.kind == CGROUP_NONE || group_make(group, &home, name, limits)) return;
    if (group->count < CGROUP_FOLDERS_MAX) group->count++; /* the one that failed half way */
    cgroup_close(group);
}

uint64_t cgroup_cpu_ms(const struct cgroup *group)
{
    char text[256];
    ssize_t length = group->cpu_fd >= 0 ? pread(group->cpu_fd, text, sizeof text - 1, 0) : 0;
    if (length <= 0) return 0;
    text[length] = '\0';
    uint64_t number = 0;
    bool is_v2 = group->kind == CGROUP_V2;
    if (sscanf(text, is_v2 ? "usage_usec %" SCNu64 : "%" SCNu64, &number) != 1) return 0;
    return number / (is_v2 ? 1000 : 1000000);
}

enum limit cgroup_breach(const struct cgroup *group)
{
    if (group->kind == CGROUP_NONE) return LIMIT_NONE;
    bool is_v2 = group->kind == CGROUP_V2;
    const char *memory = group->folders[is_v2 ? 0 : CGROUP_MEMORY];
    const char *pids = group->folders[is_v2 ? 0 : CGROUP_PIDS];
    if (number_get(memory, is_v2 ? "memory.events" : "memory.oom_control", "oom_kill")) return LIMIT_MEMORY;
    if (number_get(pids, "pids.events", "max")) return LIMIT_PROCESSES;
    return LIMIT_NONE;
}

void cgroup_close(struct cgroup *group)
{
    cleanup_fd(&group->cpu_fd);
    for (unsigned i = 0; i < group->count; i++) {
        cleanup_fd(&group->procs_fds[i]);
        /* Busy until the kernel has taken the last of its tasks apart. */
        long pause_ns = REMOVE_PAUSE_NS;
        for (int tries = 0; rmdir(group->folders[i]) < 0 && errno == EBUSY && tries < REMOVE_TRIES; tries++) {
            nanosleep(&(struct timespec){.tv_nsec = pause_ns}, NULL);
            if (pause_ns < REMOVE_PAUSE_MOST_NS) pause_ns *= 2;
        }
    }
    *group = CGROUP_ZERO;
}

const char *cgroup_word(enum cgroup_kind kind)
{
    return kind == CGROUP_V2 ? "v2" : kind == CGROUP_V1 ? "v1" : "none";
}
