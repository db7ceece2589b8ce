#include "runner/seccomp_filter.h"

#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"

/* Refused by cordon-cell, which notes the attempt and answers EPERM whatever the arguments. Were it gone, the
 * kernel would answer ENOSYS. */
#define DENY   SCMP_ACT_NOTIFY
#define ABSENT SCMP_ACT_ERRNO(ENOSYS)

/* Behind the newest call that this table knows of: what a later kernel adds does not exist here. */
enum { SYSCALL_NUMBER_MAX = 462 };

static const struct {
    const char *name;
    uint32_t action;
} refused[] = {
#define SYSCALL(name, outcome, why) {#name, outcome},
#include "runner/syscall.def"
#undef SYSCALL
};

static void cleanup_filter(scmp_filter_ctx *filter)
{
    if (*filter) seccomp_release(*filter);
}

/* A call that this libseccomp or this architecture does not have cannot be named, and needs no rule: the
 * kernel has no such entry, or it is above SYSCALL_NUMBER_MAX. */
static int names_add(scmp_filter_ctx filter)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        int number = seccomp_syscall_resolve_name(refused[i].name);
        if (number == __NR_SCMP_ERROR || number < 0) continue;
        int failed = seccomp_rule_add(filter, refused[i].action, number, 0);
        if (failed) return failed;
    }
    return 0;
}

/* Starting programs and connecting are always asked for: recorder.c answers. */
static int exec_add(scmp_filter_ctx filter)
{
    int failed = seccomp_rule_add(filter, DENY, SCMP_SYS(execve), 0);
    if (!failed) failed = seccomp_rule_add(filter, DENY, SCMP_SYS(execveat), 0);
    if (!failed) failed = seccomp_rule_add(filter, DENY, SCMP_SYS(connect), 0);
    return failed;
}

/* clone with any flag that makes a namespace. */
static int clone_add(scmp_filter_ctx filter)
{
    static const uint64_t flags[] = {CLONE_NEWNS,   CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
                                     CLONE_NEWUSER, CLONE_NEWPID,    CLONE_NEWNET, 0x80 /* CLONE_NEWTIME */};
    for (size_t i = 0; i + 1 < sizeof flags / sizeof *flags; i++) {
        int failed = seccomp_rule_add(filter, DENY, SCMP_SYS(clone), 1,
                                      SCMP_A0(SCMP_CMP_MASKED_EQ, flags[i], flags[i]));
        if (failed) return failed;
    }
    return 0;
}

/* The kernel reads 32 bits of an ioctl's request, so the upper half is not compared. */
static int ioctl_add(scmp_filter_ctx filter)
{
    static const uint64_t requests[] = {TIOCSTI, TIOCLINUX, TIOCCONS, TIOCSCTTY};
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        int failed = seccomp_rule_add(filter, DENY, SCMP_SYS(ioctl), 1,
                                      SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffffu, requests[i]));
        if (failed) return failed;
    }
    return 0;
}

/* No socket of any family; pairs only of AF_UNIX streams and sequenced packets, which asyncio and Node talk
 * to their children by. */
static int socket_add(scmp_filter_ctx filter)
{
    int failed = seccomp_rule_add(filter, DENY, SCMP_SYS(socket), 0);
    if (!failed)
        failed = seccomp_rule_add(filter, DENY, SCMP_SYS(socketpair), 1, SCMP_A0(SCMP_CMP_NE, AF_UNIX, 0));
    /* Datagram pairs could be connected to another address. */
    if (!failed)
        failed = seccomp_rule_add(filter, DENY, SCMP_SYS(socketpair), 1,
                                  SCMP_A1(SCMP_CMP_MASKED_EQ, 0xf, SOCK_DGRAM));
    return failed;
}

static int personality_add(scmp_filter_ctx filter)
{
    /* Only asking is allowed: other personalities weaken the address layout. */
    return seccomp_rule_add(filter, DENY, SCMP_SYS(personality), 1, SCMP_A0(SCMP_CMP_NE, 0xffffffffu, 0));
}

/* No file gets a setuid or setgid bit: nothing in the cell honours it, but what leaves the cell might. */
static int mode_add(scmp_filter_ctx filter)
{
    static const uint64_t bits[] = {S_ISUID, S_ISGID};
    int failed = 0;
    for (size_t i = 0; i < 2 && !failed; i++) {
        failed =
            seccomp_rule_add(filter, DENY, SCMP_SYS(chmod), 1, SCMP_A1(SCMP_CMP_MASKED_EQ, bits[i], bits[i]));
        if (!failed)
            failed = seccomp_rule_add(filter, DENY, SCMP_SYS(fchmod), 1,
                                      SCMP_A1(SCMP_CMP_MASKED_EQ, bits[i], bits[i]));
        if (!failed)
            failed = seccomp_rule_add(filter, DENY, SCMP_SYS(fchmodat), 1,
                                      SCMP_A2(SCMP_CMP_MASKED_EQ, bits[i], bits[i]));
    }
    return failed;
}

/* Numbers that no table knows. Numbers of x32 carry a high bit; libseccomp kills those as a wrong
 * architecture. */
static int future_add(scmp_filter_ctx filter)
{
    int failed = 0;
    for (int number = SYSCALL_NUMBER_MAX; number < SYSCALL_NUMBER_MAX + 64 && !failed; number++) {
        failed = seccomp_rule_add(filter, ABSENT, number, 0);
        if (failed == -EINVAL || failed == -EEXIST) failed = 0;
    }
    return failed;
}

static int rules_add(scmp_filter_ctx filter)
{
    static int (*const parts[])(scmp_filter_ctx) = {names_add,  exec_add,        clone_add, ioctl_add,
                                                    socket_add, personality_add, mode_add,  future_add};
    int failed = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    if (!failed)
        failed =
            seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a binary tree: fewer steps a call */
    for (size_t i = 0; i < sizeof parts / sizeof *parts && !failed; i++) failed = parts[i](filter);
    return failed;
}

bool seccomp_filter_make(struct arena *arena, struct view *program, struct error *err)
{
    CLEANUP(cleanup_filter) scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    AUTO_FD int fd = memfd_create("cordon-filter", MFD_CLOEXEC);
    if (!filter || fd < 0) return error_set(err, ERROR_SYSTEM, "no memory for the system-call filter");
    int failed = rules_add(filter);
    if (!failed) failed = seccomp_export_bpf(filter, fd);
    if (failed) return error_set_errno(err, ERROR_CELL, -failed, "cannot make the system-call filter");
    if (lseek(fd, 0, SEEK_SET) < 0 || !io_read_fd(arena, fd, 1 << 20, program, err))
        return error_prefix(err, "the system-call filter");
    return true;
}

struct view seccomp_call_name(struct arena *arena, int number)
{
    AUTO_FREE char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);
    return name ? arena_copy(arena, view_of_cstr(name)) : arena_format(arena, "%d", number);
}
