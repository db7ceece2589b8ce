#include "runner/seccomp_filter.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/resource.h>
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

/* From here on (set_mempolicy_home_node) no call exists in a cell: what is newer than this table, and than
 * the libseccomp that resolves its names, is nothing that a program has to have. Among them fchmodat2, which
 * sets modes, and listmount. Numbers from the bit of x32 on are left to libseccomp, which kills them as a
 * wrong architecture. */
enum { SYSCALL_NUMBER_END = 450, X32_BIT = 0x40000000 };

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
 * kernel has no such entry, or it is above SYSCALL_NUMBER_END. */
static int names_add(scmp_filter_ctx filter, unsigned allowed)
{
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        int number = seccomp_syscall_resolve_name(refused[i].name);
        if (number == __NR_SCMP_ERROR || number < 0) continue;
        bool is_listening = number == SCMP_SYS(bind) || number == SCMP_SYS(listen);
        if (is_listening && allowed & SECCOMP_ALLOW_LISTEN) continue;
        int failed = seccomp_rule_add(filter, refused[i].action, number, 0);
        if (failed) return failed;
    }
    return 0;
}

/* What is always asked for, and recorder.c answers: starting programs, sockets and where they should lead,
 * and opening files, which is let through but noted. */
static int asked_add(scmp_filter_ctx filter)
{
    static const int asked[] = {SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(connect), SCMP_SYS(socket),
                                SCMP_SYS(open),   SCMP_SYS(openat),   SCMP_SYS(creat)};
    int failed = 0;
    for (size_t i = 0; i < sizeof asked / sizeof *asked && !failed; i++)
        if (asked[i] >= 0) failed = seccomp_rule_add(filter, DENY, asked[i], 0); /* no open on aarch64 */
    /* Sending to an address; a connected socket sends without one. */
    if (!failed) failed = seccomp_rule_add(filter, DENY, SCMP_SYS(sendto), 1, SCMP_A4(SCMP_CMP_NE, 0, 0));
    return failed;
}

/* Without an exec grant there is nothing to lead: no sessions, no process groups. */
static int sessions_add(scmp_filter_ctx filter)
{
    int failed = seccomp_rule_add(filter, DENY, SCMP_SYS(setsid), 0);
    return failed ? failed : seccomp_rule_add(filter, DENY, SCMP_SYS(setpgid), 0);
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

/* Pairs only of AF_UNIX streams and sequenced packets, which asyncio and Node talk to their children by. A
 * pair of datagrams could be sent to another address, and the kernel takes a raw one for datagrams. */
static int pair_add(scmp_filter_ctx filter)
{
    int failed = seccomp_rule_add(filter, DENY, SCMP_SYS(socketpair), 1, SCMP_A0(SCMP_CMP_NE, AF_UNIX, 0));
    for (unsigned type = 0; type <= 0xf && !failed; type++)
        if (type != SOCK_STREAM && type != SOCK_SEQPACKET)
            failed = seccomp_rule_add(filter, DENY, SCMP_SYS(socketpair), 1,
                                      SCMP_A1(SCMP_CMP_MASKED_EQ, 0xf, type));
    return failed;
}

static int personality_add(scmp_filter_ctx filter)
{
    /* Only asking is allowed: other personalities weaken the address layout. */
    return seccomp_rule_add(filter, DENY, SCMP_SYS(personality), 1, SCMP_A0(SCMP_CMP_NE, 0xffffffffu, 0));
}

/* A process changes its own limits and priority, and nobody else's: cordon-cell has the same user, so that
 * the kernel would let the program take its descriptors, its processors and its turn, and with them the watch
 * over the limits. 0 is the caller; its own number is not, since a filter cannot know it. */
static int others_add(scmp_filter_ctx filter)
{
    static const int of_first[] = {SCMP_SYS(prlimit64), SCMP_SYS(sched_setaffinity),
                                   SCMP_SYS(sched_setscheduler), SCMP_SYS(sched_setparam),
                                   SCMP_SYS(sched_setattr)};
    int failed = 0;
    for (size_t i = 0; i < sizeof of_first / sizeof *of_first && !failed; i++)
        failed = seccomp_rule_add(filter, DENY, of_first[i], 1, SCMP_A0(SCMP_CMP_NE, 0, 0));
    /* By process alone: PRIO_USER means every process of the user. */
    if (!failed)
        failed =
            seccomp_rule_add(filter, DENY, SCMP_SYS(setpriority), 1, SCMP_A0(SCMP_CMP_NE, PRIO_PROCESS, 0));
    if (!failed)
        failed = seccomp_rule_add(filter, DENY, SCMP_SYS(setpriority), 1, SCMP_A1(SCMP_CMP_NE, 0, 0));
    return failed;
}

/* Files are shared with the host and other cells: no word when somebody else opens or changes them, and
 * nothing that makes others wait for us. */
static int watches_add(scmp_filter_ctx filter)
{
    static const uint64_t commands[] = {F_SETLEASE, F_NOTIFY};
    int failed = 0;
    for (size_t i = 0; i < sizeof commands / sizeof *commands && !failed; i++)
        failed = seccomp_rule_add(filter, DENY, SCMP_SYS(fcntl), 1,
                                  SCMP_A1(SCMP_CMP_MASKED_EQ, 0xffffffffu, commands[i]));
    return failed;
}

/* Pages from a pool that the host set aside are in no sum: not in the resident set, not in the group's
 * memory. */
static int pool_add(scmp_filter_ctx filter)
{
    return seccomp_rule_add(filter, DENY, SCMP_SYS(mmap), 1,
                            SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_HUGETLB, MAP_HUGETLB));
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

/* No memory that was written is run, and none that is run is written: machine code comes from files of the
 * cell alone, of which the program writes none (cell_mounts.h). Not for an interpreter that compiles. */
static int code_add(scmp_filter_ctx filter)
{
    const struct scmp_arg_cmp runs = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC);
    int failed = seccomp_rule_add(filter, DENY, SCMP_SYS(mprotect), 1, runs);
    if (!failed) failed = seccomp_rule_add(filter, DENY, SCMP_SYS(pkey_mprotect), 1, runs);
    if (!failed)
        failed = seccomp_rule_add(filter, DENY, SCMP_SYS(mmap), 2, runs,
                                  SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS));
    if (!failed)
        failed =
            seccomp_rule_add(filter, DENY, SCMP_SYS(mmap), 1,
                             SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC | PROT_WRITE, PROT_EXEC | PROT_WRITE));
    return failed;
}

static int rules_add(scmp_filter_ctx filter, unsigned allowed)
{
    static int (*const parts[])(scmp_filter_ctx) = {asked_add,  clone_add,       ioctl_add,
                                                    pair_add,   personality_add, mode_add,
                                                    others_add, watches_add,     pool_add};
    int failed = seccomp_attr_set(filter, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    if (!failed)
        failed =
            seccomp_attr_set(filter, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a binary tree: fewer steps a call */
    if (!failed) failed = names_add(filter, allowed);
    for (size_t i = 0; i < sizeof parts / sizeof *parts && !failed; i++) failed = parts[i](filter);
    if (!failed && !(allowed & SECCOMP_ALLOW_CODE)) failed = code_add(filter);
    return failed || allowed & SECCOMP_ALLOW_EXEC ? failed : sessions_add(filter);
}

/* libseccomp cannot compare a call's number with a bound, so this stands before what it makes. Its jumps are
 * relative: they stay right. */
static bool bound_put(int fd, struct error *err)
{
    const struct sock_filter bound[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, seccomp_arch_native(), 0, 4), /* libseccomp kills others */
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 2, 0),
        BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, SYSCALL_NUMBER_END, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
    };
    return io_write_all(fd, view_make((const char *)bound, sizeof bound), err);
}

/* The same for every cell of a process, and as dear as a third of a warm run: made once for each set. */
static struct {
    pthread_mutex_t lock;
    struct view programs[SECCOMP_ALLOW_END];
} made = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool program_export(unsigned allowed, struct view *program, struct error *err)
{
    CLEANUP(cleanup_filter) scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    AUTO_FD int fd = memfd_create("cordon-filter", MFD_CLOEXEC);
    if (!filter || fd < 0) return error_set(err, ERROR_SYSTEM, "no memory for the system-call filter");
    int failed = rules_add(filter, allowed);
    if (failed) return error_set_errno(err, ERROR_CELL, -failed, "cannot make the system-call filter");
    if (!bound_put(fd, err)) return false;
    failed = seccomp_export_bpf(filter, fd);
    if (failed) return error_set_errno(err, ERROR_CELL, -failed, "cannot make the system-call filter");
    off_t length = lseek(fd, 0, SEEK_END);
    char *bytes = length > 0 ? malloc((size_t)length) : NULL;
    if (!bytes || pread(fd, bytes, (size_t)length, 0) != length) {
        free(bytes);
        return error_set(err, ERROR_SYSTEM, "no memory for the system-call filter");
    }
    *program = view_make(bytes, (size_t)length);
    return true;
}

bool seccomp_filter_make(unsigned allowed, struct view *program, struct error *err)
{
    pthread_mutex_lock(&made.lock);
    bool is_made = made.programs[allowed].length || program_export(allowed, &made.programs[allowed], err);
    *program = made.programs[allowed];
    pthread_mutex_unlock(&made.lock);
    return is_made;
}

struct view seccomp_call_name(struct arena *arena, int number)
{
    AUTO_FREE char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);
    return name ? arena_copy(arena, view_of_cstr(name)) : arena_format(arena, "%d", number);
}
