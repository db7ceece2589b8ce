#include "gateway/vault.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/io.h"

enum { COMMAND_MS = 30000 }; /* a store of passwords may have to ask its server */

extern char **environ;

struct value {
    size_t length;
    char bytes[SECRET_VALUE_MAX + 2]; /* over the limit shows; a newline at the end is none of it */
};

struct vault {
    size_t size_bytes;
    struct value values[];
};

static void *memory_new(size_t size_bytes, bool must_be_locked)
{
    void *memory = mmap(NULL, size_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) return NULL;
    bool is_locked = mlock(memory, size_bytes) == 0;
    if ((is_locked || !must_be_locked) && madvise(memory, size_bytes, MADV_DONTDUMP) == 0 &&
        madvise(memory, size_bytes, MADV_WIPEONFORK) == 0)
        return memory;
    munmap(memory, size_bytes);
    return NULL;
}

void *vault_memory_new(size_t size_bytes)
{
    return memory_new(size_bytes, true);
}

void *vault_memory_try(size_t size_bytes)
{
    return memory_new(size_bytes, false);
}

void vault_memory_free(void *memory, size_t size_bytes)
{
    if (!memory) return;
    explicit_bzero(memory, size_bytes);
    munmap(memory, size_bytes);
}

/* Up to the end or one byte over the limit. */
static bool value_read(struct value *value, int fd, uint64_t deadline_ms)
{
    while (value->length < sizeof value->bytes) {
        uint64_t now = io_now_ms();
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        if (now >= deadline_ms || poll(&wait, 1, (int)(deadline_ms - now)) == 0) return false;
        ssize_t got = read(fd, value->bytes + value->length, sizeof value->bytes - value->length);
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (got < 0) return false;
        if (got == 0) return true;
        value->length += (size_t)got;
    }
    return true;
}

static bool env_take(struct value *value, const char *name, struct error *err)
{
    const char *text = getenv(name);
    if (!text) return error_set(err, ERROR_INPUT, "the variable %.100s is not set", name);
    value->length = strnlen(text, sizeof value->bytes);
    memcpy(value->bytes, text, value->length);
    return true;
}

static bool file_take(struct value *value, const char *path, struct error *err)
{
    struct stat status;
    AUTO_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &status) < 0)
        return error_set_errno(err, ERROR_INPUT, errno, "the file %.200s", path);
    if (!S_ISREG(status.st_mode))
        return error_set(err, ERROR_INPUT, "the file %.200s is no regular file", path);
    return value_read(value, fd, io_now_ms() + COMMAND_MS) ||
           error_set(err, ERROR_INPUT, "the file %.200s cannot be read", path);
}

static bool is_secret_variable(const struct secret_rule *rules, uint32_t count, const char *pair)
{
    for (uint32_t i = 0; i < count; i++) {
        size_t length = rules[i].source == SECRET_FROM_ENV ? strlen(rules[i].from[0]) : 0;
        if (length && strncmp(pair, rules[i].from[0], length) == 0 && pair[length] == '=') return true;
    }
    return false;
}

/* The environment without the secrets that are in it. */
static char **environment_filter(const struct secret_rule *rules, uint32_t count)
{
    size_t all = 0, kept = 0;
    while (environ[all]) all++;
    char **filtered = calloc(all + 1, sizeof *filtered);
    for (size_t i = 0; filtered && i < all; i++)
        if (!is_secret_variable(rules, count, environ[i])) filtered[kept++] = environ[i];
    return filtered;
}

static int command_start(const struct secret_rule *rule, char **environment, int out_fd, pid_t *child)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out_fd, STDOUT_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    int failed =
        posix_spawnp(child, rule->from[0], &actions, &attributes, (char *const *)rule->from, environment);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    return failed;
}

static bool command_take(struct value *value, const struct secret_rule *rule, char **environment,
                         struct error *err)
{
    int ends[2];
    pid_t child;
    if (pipe2(ends, O_CLOEXEC) < 0) return error_set(err, ERROR_SYSTEM, "no pipe for the command");
    int failed = command_start(rule, environment, ends[1], &child);
    close(ends[1]);
    AUTO_FD int from = ends[0];
    if (failed) return error_set_errno(err, ERROR_INPUT, failed, "the command %.200s", rule->from[0]);
    bool is_read = value_read(value, from, io_now_ms() + COMMAND_MS);
    if (!is_read || value->length == sizeof value->bytes) kill(child, SIGKILL);
    int status = -1;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    if (!is_read)
        return error_set(err, ERROR_INPUT, "the command %.200s did not end in %d s", rule->from[0],
                         COMMAND_MS / 1000);
    bool is_fine = value->length == sizeof value->bytes || (WIFEXITED(status) && WEXITSTATUS(status) == 0);
    return is_fine || error_set(err, ERROR_INPUT, "the command %.200s failed", rule->from[0]);
}

static bool value_take(struct value *value, const struct secret_rule *rule, char **environment,
                       struct error *err)
{
    bool is_taken = rule->source == SECRET_FROM_ENV    ? env_take(value, rule->from[0], err)
                    : rule->source == SECRET_FROM_FILE ? file_take(value, rule->from[0], err)
                                                       : command_take(value, rule, environment, err);
    if (!is_taken) return false;
    if (rule->source != SECRET_FROM_ENV && value->length && value->bytes[value->length - 1] == '\n')
        value->length--;
    if (rule->source != SECRET_FROM_ENV && value->length && value->bytes[value->length - 1] == '\r')
        value->length--;
    const char *fault = secret_value_fault(rule, view_make(value->bytes, value->length));
    return !fault || error_set(err, ERROR_INPUT, "its value %s", fault);
}

struct vault *vault_open(const struct secret_rule *rules, uint32_t count, const struct vault *kept,
                         struct error *err)
{
    size_t size_bytes = sizeof(struct vault) + count * sizeof(struct value);
    struct vault *vault = vault_memory_new(size_bytes);
    if (!vault) {
        error_set(err, ERROR_SYSTEM, "no memory for secrets that is locked");
        error_remedy(err, "raise the limit of locked memory: ulimit -l, or LimitMEMLOCK= of the service");
        return NULL;
    }
    AUTO_FREE char **environment = environment_filter(rules, count);
    vault->size_bytes = size_bytes;
    for (uint32_t i = 0; i < count; i++) {
        const struct secret_rule *rule = &rules[i];
        if (kept && rule->source == SECRET_FROM_ENV) {
            memcpy(&vault->values[i], &kept->values[i], sizeof(struct value));
            continue;
        }
        if (value_take(&vault->values[i], rule, environment, err)) continue;
        error_prefix(err, "the secret %s", rule->name);
        if (err && !*err->remedy) error_remedy(err, "it is described at %.200s", rule->place_text);
        vault_free(vault);
        return NULL;
    }
    return vault;
}

void vault_free(struct vault *vault)
{
    if (vault) vault_memory_free(vault, vault->size_bytes);
}

struct view vault_value(const struct vault *vault, uint32_t index)
{
    const struct value *value = &vault->values[index];
    return view_make(value->bytes, value->length);
}

void vault_wipe_environment(const struct secret_rule *rules, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        char *value = rules[i].source == SECRET_FROM_ENV ? getenv(rules[i].from[0]) : NULL;
        if (!value) continue;
        explicit_bzero(value, strlen(value));
        unsetenv(rules[i].from[0]);
    }
}
