#include "cordon/hook_install.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "cordon/git.h"
#include "cordon/hook_settings.h"
#include "cordon/line_diff.h"
#include "cordon/place.h"
#include "cordon/style.h"

enum { SETTINGS_BYTES_MAX = 8 << 20 };

/* One file that is changed. NULL bytes: it is not there. */
struct change {
    struct arena *arena;
    const char *path;
    struct view old, new;
    mode_t mode;
};

static bool file_read(struct arena *arena, const char *path, struct view *bytes, struct error *err)
{
    struct stat status;
    *bytes = (struct view){0};
    if (stat(path, &status) < 0 && errno == ENOENT) return true;
    if (!io_read_file(arena, path, SETTINGS_BYTES_MAX, bytes, err)) return false;
    if (!bytes->bytes) *bytes = VIEW("");
    if (bytes->length <= SETTINGS_BYTES_MAX) return true;
    error_set(err, ERROR_LIMIT, "more than %d bytes", SETTINGS_BYTES_MAX);
    return error_place(err, view_of_cstr(path), 0, 0);
}

static void line_print(char mark, struct view line)
{
    printf("%c ", mark);
    style_put(stdout, line);
    putchar('\n');
}

/* What goes and what comes, with the lines around left out. */
static bool change_print(const struct change *change)
{
    struct line_set gone, added;
    if (!line_diff(&gone, change->arena, change->new, change->old) ||
        !line_diff(&added, change->arena, change->old, change->new))
        return false;
    struct view old = change->old, new = change->new, line;
    uint32_t at_old = 1, at_new = 1;
    printf("%s %s\n",
           !change->old.bytes   ? "new file"
           : !change->new.bytes ? "removes"
                                : "changes",
           change->path);
    while (old.length || new.length) {
        while (old.length && gone.has[at_old]) {
            view_split(old, '\n', &line, &old);
            line_print('-', line);
            at_old++;
        }
        while (new.length && added.has[at_new]) {
            view_split(new, '\n', &line, &new);
            line_print('+', line);
            at_new++;
        }
        if (old.length) view_split(old, '\n', &line, &old), at_old++;
        if (new.length) view_split(new, '\n', &line, &new), at_new++;
    }
    return true;
}

static bool confirm(const struct options *options, struct error *err)
{
    if (options->is_yes) return true;
    if (!isatty(STDIN_FILENO)) {
        error_set(err, ERROR_USAGE, "nobody is there to confirm the change");
        return error_remedy(err, "--yes makes it without asking");
    }
    fputs("make this change? [y/N] ", stdout);
    fflush(stdout);
    char answer[16] = "";
    if (fgets(answer, sizeof answer, stdin) && tolower((unsigned char)answer[0]) == 'y') return true;
    return error_set(err, ERROR_USAGE, "not confirmed, nothing was changed");
}

static bool folders_make(struct arena *arena, const char *path, struct error *err)
{
    char *copy = (char *)arena_copy(arena, view_of_cstr(path)).bytes;
    for (char *slash = copy ? strchr(copy + 1, '/') : NULL; slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(copy, 0777) < 0 && errno != EEXIST) {
            error_set_errno(err, ERROR_SYSTEM, errno, "cannot make the folder");
            return error_place(err, view_of_cstr(copy), 0, 0);
        }
        *slash = '/';
    }
    return copy || error_set(err, ERROR_LIMIT, "no memory");
}

/* Whole or not at all. */
static bool file_write(struct arena *arena, const char *path, struct view bytes, mode_t mode,
                       struct error *err)
{
    struct view name = arena_format(arena, "%s.XXXXXX", path);
    if (!name.bytes || !folders_make(arena, path, err)) return false;
    AUTO_FD int fd = mkostemp((char *)name.bytes, O_CLOEXEC);
    bool is_written = fd >= 0 && fchmod(fd, mode) == 0 && io_write_all(fd, bytes, err) && fsync(fd) == 0 &&
                      rename(name.bytes, path) == 0;
    if (is_written) return true;
    error_set_errno(err, ERROR_SYSTEM, errno, "cannot write");
    if (fd >= 0) unlink(name.bytes);
    return error_place(err, view_of_cstr(path), 0, 0);
}

static bool change_make(const struct change *change, const struct options *options, struct error *err)
{
    if (!change_print(change)) return error_set(err, ERROR_LIMIT, "no memory to show the change");
    if (!confirm(options, err)) return false;
    if (change->new.bytes) return file_write(change->arena, change->path, change->new, change->mode, err);
    if (unlink(change->path) == 0) return true;
    error_set_errno(err, ERROR_SYSTEM, errno, "cannot remove");
    return error_place(err, view_of_cstr(change->path), 0, 0);
}

/* A word for a shell. */
static struct view shell_quoted(struct arena *arena, const char *text)
{
    bool is_plain = *text != '\0';
    for (const char *at = text; *at; at++) is_plain &= isalnum((unsigned char)*at) || strchr("/._-+:@%", *at);
    if (is_plain) return view_of_cstr(text);
    struct view out = VIEW("'");
    for (; *text; text++)
        out = *text == '\'' ? arena_format(arena, "%.*s'\\''", VIEW_ARGS(out))
                            : arena_format(arena, "%.*s%c", VIEW_ARGS(out), *text);
    return arena_format(arena, "%.*s'", VIEW_ARGS(out));
}

/* This program and the policy by their whole paths: the host may run it anywhere. */
static const char *command_line(const struct options *options, struct arena *arena, const char *words)
{
    char program[PATH_MAX], current[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    if (length <= 0 || !getcwd(current, sizeof current)) return NULL;
    program[length] = '\0';
    const char *policy = options->policy_name;
    bool is_file = policy && (strchr(policy, '/') || strchr(policy, '.'));
    if (is_file)
        policy = arena_copy(arena, place_absolute(arena, view_of_cstr(current), view_of_cstr(policy))).bytes;
    struct view quoted = shell_quoted(arena, program),
                named = policy ? shell_quoted(arena, policy) : VIEW("");
    return arena_format(arena, "%.*s %s%s%.*s", VIEW_ARGS(quoted), words, policy ? " --policy " : "",
                        VIEW_ARGS(named))
        .bytes;
}

/* What the settings were before, byte for byte, beside them. */
static const char *kept_path(struct arena *arena, const char *path)
{
    return arena_format(arena, "%s.before-cordon", path).bytes;
}

static bool agent_remove(struct change *change, enum hook_host host, const struct options *options,
                         struct error *err)
{
    const char *kept_name = kept_path(change->arena, change->path);
    struct view kept;
    bool had_one = false;
    if (!file_read(change->arena, kept_name, &kept, err)) return false;
    if (change->old.bytes)
        change->new = hook_settings_remove(change->arena, host, change->old, &had_one, err);
    if (err->code != ERROR_NONE) return error_place(err, view_of_cstr(change->path), 0, 0);
    if (!had_one) {
        error_set(err, ERROR_USAGE, "cordon is not installed there");
        return error_place(err, view_of_cstr(change->path), 0, 0);
    }
    /* Where nothing else was changed since, the file is again as it was. */
    struct error ignored = {0};
    bool other;
    const char *command = arena_format(change->arena, "cordon hook --agent %s", hook_host_word(host)).bytes;
    struct view again = kept.bytes ? hook_settings_add(change->arena, host, kept, command, &ignored) : kept;
    struct view undone =
        again.bytes ? hook_settings_remove(change->arena, host, again, &other, &ignored) : again;
    if (kept.bytes && undone.bytes && view_equals(undone, change->new)) change->new = kept;
    bool is_empty = host == HOOK_HOST_CODEX ? change->new.length == 0
                                            : view_equals(change->new, VIEW("{}\n")) ||
                                                  view_equals(change->new, VIEW("{\n  \"version\": 1\n}\n"));
    if (!kept.bytes && is_empty) change->new = (struct view){0}; /* install had made it */
    if (!change_make(change, options, err)) return false;
    unlink(kept_name);
    return true;
}

static bool agent_add(struct change *change, enum hook_host host, const struct options *options,
                      struct error *err)
{
    const char *words = arena_format(change->arena, "hook --agent %s", hook_host_word(host)).bytes;
    const char *command = command_line(options, change->arena, words);
    if (!command) return error_set(err, ERROR_SYSTEM, "cannot find this program's own path");
    change->new = hook_settings_add(change->arena, host, change->old, command, err);
    if (!change->new.bytes) return error_place(err, view_of_cstr(change->path), 0, 0);
    if (change->old.bytes && view_equals(change->old, change->new)) {
        puts("already installed");
        return true;
    }
    if (!change_make(change, options, err)) return false;
    const char *kept_name = kept_path(change->arena, change->path);
    bool had_one = false;
    struct error ignored = {0};
    if (change->old.bytes) hook_settings_remove(change->arena, host, change->old, &had_one, &ignored);
    return !change->old.bytes || had_one ||
           file_write(change->arena, kept_name, change->old, change->mode, err);
}

static bool agent_change(struct change *change, const struct options *options, bool is_removal,
                         struct error *err)
{
    enum hook_host host = hook_host_of_word(view_of_cstr(options->agent));
    const char *settings = hook_host_settings(host, options->is_global), *home = getenv("HOME");
    struct stat status;
    if (options->is_global && !home) return error_set(err, ERROR_USAGE, "HOME is not set");
    change->path = options->is_global ? arena_format(change->arena, "%s/%s", home, settings).bytes : settings;
    char *real = realpath(change->path, NULL); /* a link to where the settings are kept stays one */
    if (real) change->path = arena_copy(change->arena, view_of_cstr(real)).bytes;
    free(real);
    change->mode = stat(change->path, &status) == 0 ? status.st_mode & 07777 : 0644;
    if (!file_read(change->arena, change->path, &change->old, err)) return false;
    return is_removal ? agent_remove(change, host, options, err) : agent_add(change, host, options, err);
}

static const char git_mark[] = "# written by cordon hook install --git";

static bool git_change(struct change *change, const struct options *options, bool is_removal,
                       struct error *err)
{
    struct view path;
    if (!git_hooks_path(&path, change->arena, err))
        return error_remedy(err, "run cordon inside the repository");
    change->path = path.bytes;
    change->mode = 0755;
    if (!file_read(change->arena, change->path, &change->old, err)) return false;
    bool is_own = change->old.bytes && view_find(change->old, VIEW(git_mark)) != SIZE_MAX;
    if (is_removal && !is_own) {
        error_set(err, ERROR_USAGE, "cordon is not installed there");
        return error_place(err, view_of_cstr(change->path), 0, 0);
    }
    const char *command = command_line(options, change->arena, "check --staged --diff HEAD");
    const char *first = command_line(options, change->arena, "check --staged");
    if (!command || !first) return error_set(err, ERROR_SYSTEM, "cannot find this program's own path");
    if (change->old.bytes && !is_own) {
        error_set(err, ERROR_USAGE, "there is another hook already");
        error_place(err, view_of_cstr(change->path), 0, 0);
        return error_remedy(err, "add this line to it: %.200s || exit 1", command);
    }
    if (!is_removal)
        change->new = arena_format(
            change->arena,
            "#!/bin/sh\n%s\nif git rev-parse --verify --quiet HEAD >/dev/null; then\n    exec %s\nfi\n"
            "exec %s\n",
            git_mark, command, first);
    return change_make(change, options, err);
}

bool hook_install(const struct options *options, struct arena *arena, bool is_removal, struct error *err)
{
    struct change change = {.arena = arena};
    if (!options->agent == !options->is_git) {
        error_set(err, ERROR_USAGE, "install where?");
        return error_remedy(err, "--agent claude-code, codex, gemini, cursor or copilot; or --git");
    }
    bool is_done = options->is_git ? git_change(&change, options, is_removal, err)
                                   : agent_change(&change, options, is_removal, err);
    if (is_done) puts(is_removal ? "cordon is no longer asked" : "cordon is asked from now on");
    return is_done;
}
