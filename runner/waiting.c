#include "runner/waiting.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"

enum { SEND_TIMEOUT_MS = 2000, LEFT_SECONDS = 60 };

static const char *const folders[] = {"/dev/shm", "/tmp"};

/* A file with a name for as long as bubblewrap needs one to bind it; then only the cell and we hold it. Only
 * we can write to it: the cell's mount of it is read-only. */
static bool program_file_make(struct waiting *waiting, int *file, struct error *err)
{
    uint64_t salt[2];
    if (getrandom(salt, sizeof salt, 0) != sizeof salt)
        return error_set_errno(err, ERROR_SYSTEM, errno, "no random bytes");
    for (size_t i = 0; i < sizeof folders / sizeof *folders && waiting->program_fd < 0; i++) {
        snprintf(waiting->program_path, sizeof waiting->program_path, "%s/cordon-%d-%016llx%016llx",
                 folders[i], (int)getpid(), (unsigned long long)salt[0], (unsigned long long)salt[1]);
        waiting->program_fd =
            open(waiting->program_path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0400);
    }
    if (waiting->program_fd < 0) {
        waiting->program_path[0] = '\0';
        return error_set_errno(err, ERROR_SYSTEM, errno, "cannot make a file for a waiting cell");
    }
    *file = open(waiting->program_path, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (*file >= 0 && fchmod(waiting->program_fd, 0444) == 0) return true;
    return error_set_errno(err, ERROR_SYSTEM, errno, "cannot make a file for a waiting cell");
}

void waiting_sweep(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        DIR *folder = opendir(folders[i]);
        for (struct dirent *entry; folder && (entry = readdir(folder));) {
            struct stat status;
            int pid, rest = 0;
            if (sscanf(entry->d_name, "cordon-%d-%*32[0-9a-f]%n", &pid, &rest) != 1 || entry->d_name[rest])
                continue;
            /* A process of another pid namespace looks gone: its boot is over after so long. */
            bool is_left = fstatat(dirfd(folder), entry->d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
                           rest > 0 && S_ISREG(status.st_mode) && status.st_uid == geteuid() &&
                           status.st_size == 0 && now.tv_sec - status.st_mtime > LEFT_SECONDS &&
                           kill(pid, 0) < 0 && errno == ESRCH;
            if (is_left) unlinkat(dirfd(folder), entry->d_name, 0);
        }
        if (folder) closedir(folder);
    }
}

static void program_file_unlink(struct waiting *waiting)
{
    if (waiting->program_path[0]) unlink(waiting->program_path);
    waiting->program_path[0] = '\0';
}

bool waiting_boot(struct waiting *waiting, const struct package *package, struct error *err)
{
    *waiting = (struct waiting){.cell = CELL_ZERO, .program_fd = -1};
    AUTO_FD int file = -1;
    bool is_booted = program_file_make(waiting, &file, err);
    struct launch_program program = {.file = file};
    is_booted = is_booted && cell_boot(&waiting->cell, package, &program, err);
    if (is_booted) {
        struct timeval timeout = {.tv_sec = SEND_TIMEOUT_MS / 1000};
        setsockopt(waiting->cell.at.job_fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof timeout);
        return true;
    }
    program_file_unlink(waiting);
    cleanup_fd(&waiting->program_fd);
    return false;
}

bool waiting_receive(struct waiting *waiting)
{
    uint64_t pages = 0;
    program_file_unlink(waiting);
    ssize_t got = recv(waiting->cell.at.job_fd, &pages, sizeof pages, MSG_DONTWAIT);
    long page_bytes = sysconf(_SC_PAGESIZE);
    if (got != sizeof pages || pages > UINT64_MAX / (uint64_t)page_bytes) return false;
    waiting->memory_bytes = pages * (uint64_t)page_bytes;
    return waiting_is_sound(waiting);
}

bool waiting_is_sound(const struct waiting *waiting)
{
    const struct launched *at = &waiting->cell.at;
    struct pollfd silent[] = {{at->pidfd, POLLIN, 0},     {at->control_fd, POLLIN, 0},
                              {at->job_fd, POLLIN, 0},    {at->tools_fd, POLLIN, 0},
                              {at->stdout_fd, POLLIN, 0}, {at->stderr_fd, POLLIN, 0}};
    return poll(silent, sizeof silent / sizeof *silent, 0) == 0;
}

bool waiting_suits(const struct spec *spec)
{
    static const char *const early[] = {"LD_",   "LC_", "LANG", "MALLOC_", "GLIBC_", "PYTHON",
                                        "NODE_", "UV_", "ICU_", "OPENSSL", "SSL_",   "TZDIR"};
    if (spec->file_count || spec->has_artifacts_folder || spec->accepts_shared_uid || spec->has_network)
        return false;
    for (uint32_t i = 0; i < spec->environment_count; i++)
        for (size_t j = 0; j < sizeof early / sizeof *early; j++)
            if (strncmp(spec->environment[i], early[j], strlen(early[j])) == 0) return false;
    return true;
}

static bool send_all(int fd, struct view bytes)
{
    while (bytes.length) {
        ssize_t sent = send(fd, bytes.bytes, bytes.length, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) continue;
        if (sent <= 0) return false;
        bytes = view_slice(bytes, (size_t)sent, bytes.length);
    }
    return true;
}

/* The head and the texts as one piece, so that the interpreter wakes up once. */
static struct view job_frame(struct arena *arena, const struct spec *spec)
{
    struct cell_go head = {.magic = CELL_MAGIC, .argument_count = spec->argument_count};
    size_t bytes = 0;
    for (uint32_t i = 0; i < spec->argument_count; i++) bytes += strlen(spec->arguments[i]) + 1;
    for (uint32_t i = 0; i < spec->environment_count; i++) bytes += strlen(spec->environment[i]) + 1;
    char *frame = bytes <= CELL_JOB_BYTES_MAX ? arena_alloc(arena, sizeof head + bytes) : NULL;
    if (!frame) return (struct view){0};
    head.text_bytes = (uint32_t)bytes;
    memcpy(frame, &head, sizeof head);
    char *at = frame + sizeof head;
    for (uint32_t i = 0; i < spec->argument_count; i++) at = stpcpy(at, spec->arguments[i]) + 1;
    for (uint32_t i = 0; i < spec->environment_count; i++) at = stpcpy(at, spec->environment[i]) + 1;
    return view_make(frame, sizeof head + bytes);
}

bool waiting_go(struct waiting *waiting, struct arena *arena, const struct spec *spec)
{
    struct launched *at = &waiting->cell.at;
    struct view frame = job_frame(arena, spec);
    uint32_t word = CELL_GO;
    struct error ignored;
    /* The program first, the word that starts it last. */
    bool is_gone = frame.length && waiting_is_sound(waiting) &&
                   io_write_all(waiting->program_fd, spec->source, &ignored) &&
                   send_all(at->control_fd, view_make((const char *)&word, sizeof word)) &&
                   send_all(at->job_fd, frame);
    cleanup_fd(&waiting->program_fd);
    cleanup_fd(&at->job_fd);
    return is_gone;
}

void waiting_kill(const struct waiting *waiting)
{
    cell_kill(&waiting->cell);
}

void waiting_clear(struct waiting *waiting)
{
    program_file_unlink(waiting);
    cleanup_fd(&waiting->program_fd);
    cell_release(&waiting->cell);
}
