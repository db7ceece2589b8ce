#include "runner/machine.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "runner/launch.h"

static bool text_read(const char *proc, const char *name, char *text, size_t size)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", proc, name);
    AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = fd < 0 ? -1 : read(fd, text, size - 1);
    text[length > 0 ? length : 0] = '\0';
    return length > 0;
}

static long number_read(const char *proc, const char *name)
{
    char text[64];
    return text_read(proc, name, text, sizeof text) ? strtol(text, NULL, 10) : -1;
}

/* "bubblewrap 0.8.0" */
static void version_read(struct machine *machine)
{
    int out[2];
    pid_t pid;
    char text[128] = "";
    char *const arguments[] = {(char[]){"bwrap"}, (char[]){"--version"}, NULL}, *const environment[] = {NULL};
    if (pipe2(out, O_CLOEXEC) < 0) return;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    bool has_started = posix_spawn(&pid, machine->bwrap, &actions, NULL, arguments, environment) == 0;
    posix_spawn_file_actions_destroy(&actions);
    close(out[1]);
    ssize_t length = has_started ? read(out[0], text, sizeof text - 1) : 0;
    close(out[0]);
    if (has_started) waitpid(pid, NULL, 0);
    text[length > 0 ? length : 0] = '\0';
    unsigned *v = machine->bwrap_version;
    if (sscanf(text, "bubblewrap %u.%u.%u", &v[0], &v[1], &v[2]) < 2)
        memset(v, 0, sizeof machine->bwrap_version);
}

/* Whether the uid that cells are given by a root caller exists in this user namespace. */
static bool uid_range_read(const char *proc)
{
    char text[4096];
    if (!text_read(proc, "self/uid_map", text, sizeof text)) return true;
    struct view rest = view_of_cstr(text), line;
    bool has_more = true;
    while (has_more) {
        unsigned long inside, outside, count;
        char copy[128];
        has_more = view_split(rest, '\n', &line, &rest);
        snprintf(copy, sizeof copy, "%.*s", VIEW_ARGS(line));
        bool is_range = sscanf(copy, "%lu %lu %lu", &inside, &outside, &count) == 3 &&
                        inside <= LAUNCH_UID_FIRST && LAUNCH_UID_FIRST - inside < count;
        if (is_range) return true;
    }
    return false;
}

void machine_users_examine(struct machine *machine, const char *proc)
{
    *machine = (struct machine){.has_uid_range = uid_range_read(proc)};
}

void machine_examine(struct machine *machine, struct arena *arena, const char *proc)
{
    char text[4096];
    struct stat status;
    struct utsname name;
    *machine = (struct machine){.bwrap = launch_bwrap_find(NULL)};
    if (machine->bwrap) version_read(machine);
    machine->bwrap_is_setuid =
        machine->bwrap && stat(machine->bwrap, &status) == 0 && status.st_mode & S_ISUID;
    machine->user_namespaces_max = number_read(proc, "sys/user/max_user_namespaces");
    machine->userns_clone = number_read(proc, "sys/kernel/unprivileged_userns_clone");
    machine->apparmor_restricts = number_read(proc, "sys/kernel/apparmor_restrict_unprivileged_userns");
    machine->has_notification =
        text_read(proc, "sys/kernel/seccomp/actions_avail", text, sizeof text) && strstr(text, "user_notif");
    machine->has_uid_range = uid_range_read(proc);
    machine->has_seccomp_mode =
        text_read(proc, "self/status", text, sizeof text) && strstr(text, "Seccomp:\t2");
    machine->is_container = access("/.dockerenv", F_OK) == 0 || access("/run/.containerenv", F_OK) == 0;
    struct open_how how = {.flags = O_PATH | O_CLOEXEC};
    AUTO_FD int root = (int)syscall(SYS_openat2, AT_FDCWD, "/", &how, sizeof how);
    machine->has_openat2 = root >= 0 || errno != ENOSYS;
    if (uname(&name) == 0)
        machine->release = (char *)(uintptr_t)arena_copy(arena, view_of_cstr(name.release)).bytes;
}

const char *machine_userns_remedy(const struct machine *machine)
{
    if (machine->user_namespaces_max == 0)
        return "user.max_user_namespaces is 0: sysctl -w user.max_user_namespaces=10000, and the same line "
               "in "
               "/etc/sysctl.d/60-cordon.conf";
    if (machine->userns_clone == 0)
        return "kernel.unprivileged_userns_clone is 0: sysctl -w kernel.unprivileged_userns_clone=1";
    if (machine->apparmor_restricts == 1)
        return "AppArmor restricts user namespaces (Ubuntu 23.10 and later): install a profile for bwrap "
               "with "
               "'userns,' in it, or sysctl -w kernel.apparmor_restrict_unprivileged_userns=0";
    if (machine->is_container || machine->has_seccomp_mode)
        return "a container's profile blocks it: docker run --security-opt seccomp=unconfined --security-opt "
               "apparmor=unconfined --security-opt systempaths=unconfined (podman: unmask=ALL for the last), "
               "or a profile that allows clone, unshare, mount, umount2 and pivot_root";
    return "start cordon where unprivileged user namespaces can be made";
}

static bool is_before(const unsigned version[3], unsigned major, unsigned minor, unsigned patch)
{
    unsigned fixed[3] = {major, minor, patch};
    for (int i = 0; i < 3; i++)
        if (version[i] != fixed[i]) return version[i] < fixed[i];
    return false;
}

const char *machine_bwrap_weaknesses(const struct machine *machine, struct arena *arena)
{
    static const struct {
        unsigned fixed[3];
        bool is_of_setuid; /* only where bubblewrap is installed setuid */
        const char *name, *answer;
    } known[] = {
        {{0, 3, 3}, false, "CVE-2019-12439", "it takes a folder in /tmp that another user may have made"},
        {{0, 4, 1}, true, "CVE-2020-5291", "a setuid bubblewrap gives root away: remove the setuid bit"},
        {{0, 12, 0},
         false,
         "CVE-2026-87766",
         "a mount point may be made through a link; cordon makes none in a folder that programs write to"},
    };
    struct view text = {0};
    const unsigned *version = machine->bwrap_version;
    bool is_known = version[0] | version[1] | version[2];
    for (size_t i = 0; is_known && i < sizeof known / sizeof *known; i++) {
        const unsigned *fixed = known[i].fixed;
        if (!is_before(version, fixed[0], fixed[1], fixed[2])) continue;
        if (known[i].is_of_setuid && !machine->bwrap_is_setuid) continue;
        text =
            arena_format(arena, "%.*s%s%s (mended in %u.%u.%u; %s)", VIEW_ARGS(text), text.length ? "; " : "",
                         known[i].name, fixed[0], fixed[1], fixed[2], known[i].answer);
    }
    return text.bytes ? text.bytes : "";
}
