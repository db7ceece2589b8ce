#include "runner/usage.h"

#include <dirent.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "runner/caller.h"

/* How many entries of the scratch folder are looked at for a full file. */
enum { FULL_FILE_LOOKS = 20000, FULL_FILE_FOLDERS = 128 };

/* utime, stime, number of threads and resident pages of one process, from its stat line. */
static void process_add(const char *pid, const struct cell_job *job, struct usage *usage)
{
    char path[64], line[1024];
    snprintf(path, sizeof path, "/proc/%.20s/stat", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    ssize_t length = read(fd, line, sizeof line - 1);
    close(fd);
    if (length <= 0) return;
    line[length] = '\0';
    char *rest = strrchr(line, ')'); /* behind the name, which can hold anything */
    unsigned long user, system, threads, resident;
    /* fields 14, 15, 20 and 24 of proc(5) */
    if (!rest ||
        sscanf(rest + 1,
               " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %*d %*d %*d %*d %lu %*d %*u %*u %lu",
               &user, &system, &threads, &resident) != 4)
        return;
    usage->cpu_ms += (user + system) * 1000 / (unsigned long)sysconf(_SC_CLK_TCK);
    usage->processes += (uint32_t)threads;
    usage->memory_kib += resident * (unsigned long)sysconf(_SC_PAGESIZE) / 1024;
    usage->is_files_reached |= caller_fd_count(pid) + 1 >= job->files; /* a pair wants two */
}

struct usage usage_read(const struct cell_job *job, bool has_processes)
{
    struct usage usage = {0};
    struct rusage reaped;
    struct statvfs scratch;
    DIR *folder = has_processes ? opendir("/proc") : NULL;
    for (struct dirent *entry; folder && (entry = readdir(folder));)
        if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' && strcmp(entry->d_name, "1") != 0)
            process_add(entry->d_name, job, &usage);
    if (folder) closedir(folder);
    if (getrusage(RUSAGE_CHILDREN, &reaped) == 0)
        usage.cpu_ms += (uint64_t)(reaped.ru_utime.tv_sec + reaped.ru_stime.tv_sec) * 1000 +
                        (uint64_t)(reaped.ru_utime.tv_usec + reaped.ru_stime.tv_usec) / 1000;
    if (statvfs("/scratch", &scratch) == 0) {
        usage.disk_bytes = (scratch.f_blocks - scratch.f_bfree) * scratch.f_frsize;
        usage.inodes = scratch.f_files - scratch.f_ffree;
    }
    return usage;
}

enum limit usage_breach(const struct usage *usage, const struct cell_job *job)
{
    if (usage->cpu_ms > job->cpu_ms) return LIMIT_CPU;
    if (usage->disk_bytes > job->disk_bytes) return LIMIT_DISK;
    if (usage->inodes > job->inodes) return LIMIT_INODES;
    if (usage->memory_kib > job->memory_bytes / 1024) return LIMIT_MEMORY;
    if (usage->processes > job->processes) return LIMIT_PROCESSES;
    return LIMIT_NONE;
}

void usage_note(const struct usage *usage, struct cell_report *report)
{
    if (usage->cpu_ms > report->cpu_ms) report->cpu_ms = usage->cpu_ms;
    if (usage->memory_kib > report->peak_memory_kib) report->peak_memory_kib = usage->memory_kib;
    if (usage->processes > report->peak_processes) report->peak_processes = usage->processes;
    report->disk_bytes = usage->disk_bytes;
}

static uint64_t full_bytes;
static unsigned full_looks;

static int full_look(const char *path, const struct stat *status, int kind, struct FTW *place)
{
    (void)path;
    (void)place;
    if (kind == FTW_F && S_ISREG(status->st_mode) && (uint64_t)status->st_size >= full_bytes) return 1;
    return ++full_looks > FULL_FILE_LOOKS ? 2 : 0;
}

bool usage_has_full_file(const struct cell_job *job)
{
    full_bytes = job->file_size_bytes;
    full_looks = 0;
    return nftw("/scratch", full_look, FULL_FILE_FOLDERS, FTW_PHYS) == 1;
}

uint64_t usage_written_bytes(void)
{
    char text[512];
    unsigned long long written = 0;
    int fd = open("/proc/self/io", O_RDONLY | O_CLOEXEC);
    ssize_t length = fd >= 0 ? read(fd, text, sizeof text - 1) : 0;
    if (fd >= 0) close(fd);
    text[length > 0 ? length : 0] = '\0';
    char *line = strstr(text, "wchar: ");
    if (line) sscanf(line + 7, "%llu", &written);
    return written;
}
