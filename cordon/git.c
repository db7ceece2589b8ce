#include "cordon/git.h"

#include <errno.h>
#include <fcntl.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/io.h"

enum {
    ARGUMENTS_MAX = 32,
    COMPLAINT_BYTES = 300,
    LISTING_BYTES_MAX = 256 << 20,
    BLOBS_BYTES_MAX = 256 << 20,
};

/* What may not be: commands from the repository's configuration, the network, questions, locks. */
static const char *const settings[] = {"--no-pager", "-c", "core.fsmonitor=false", "-c",
                                       "core.hooksPath=/dev/null"};
static const char *const variables[] = {"GIT_OPTIONAL_LOCKS=0",     "GIT_TERMINAL_PROMPT=0",
                                        "GIT_NO_REPLACE_OBJECTS=1", "GIT_NO_LAZY_FETCH=1",
                                        "GIT_ALLOW_PROTOCOL=none",  "LC_ALL=C"};

enum {
    SETTING_COUNT = sizeof settings / sizeof *settings,
    VARIABLE_COUNT = sizeof variables / sizeof *variables
};

/* The caller's environment (in a hook of git it says which index is meant) with ours on top. */
static char **environment_make(struct arena *arena)
{
    extern char **environ;
    uint32_t count = 0, used = 0;
    while (environ[count]) count++;
    const char **made = ARENA_NEW_ARRAY(arena, const char *, count + VARIABLE_COUNT + 1);
    for (uint32_t i = 0; made && i < count; i++) {
        bool is_ours = false;
        for (int j = 0; j < VARIABLE_COUNT; j++) {
            size_t name = strcspn(variables[j], "=") + 1;
            is_ours |= strncmp(environ[i], variables[j], name) == 0;
        }
        if (!is_ours) made[used++] = environ[i];
    }
    for (int j = 0; made && j < VARIABLE_COUNT; j++) made[used++] = variables[j];
    return (char **)made;
}

/* A file in memory: no pipe that both sides could wait on. */
static int memory_open(struct view bytes, struct error *err)
{
    int fd = memfd_create("cordon-git", MFD_CLOEXEC);
    if (fd < 0) {
        error_set_errno(err, ERROR_SYSTEM, errno, "cannot make a file in memory");
        return -1;
    }
    if (!io_write_all(fd, bytes, err) || lseek(fd, 0, SEEK_SET) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static bool git_spawn(pid_t *pid, char *const *arguments, char *const *environment, int in, int out,
                      int complaints, struct error *err)
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in, 0);
    posix_spawn_file_actions_adddup2(&actions, out, 1);
    posix_spawn_file_actions_adddup2(&actions, complaints, 2);
    int failed = posix_spawnp(pid, "git", &actions, NULL, arguments, environment);
    posix_spawn_file_actions_destroy(&actions);
    if (!failed) return true;
    error_set_errno(err, ERROR_SYSTEM, failed, "cannot run git");
    return error_remedy(err, "apt-get install -y git, or leave out what asks git");
}

/* The first line of what git said, without its "fatal: ". */
static bool complaint_set(int complaints, struct error *err)
{
    char text[COMPLAINT_BYTES];
    ssize_t length = pread(complaints, text, sizeof text, 0);
    struct view line, rest, prefix = VIEW("fatal: ");
    view_split(view_make(text, length > 0 ? (size_t)length : 0), '\n', &line, &rest);
    if (view_starts_with(line, prefix)) line = view_slice(line, prefix.length, line.length);
    if (line.length == 0) line = VIEW("no word why");
    return error_set(err, ERROR_INPUT, "git: %.*s", VIEW_ARGS(line));
}

static bool ask(struct arena *arena, const char *const *arguments, int setting_count, struct view input,
                size_t cap_bytes, struct view *output, int *status, struct error *err)
{
    const char *all[1 + SETTING_COUNT + ARGUMENTS_MAX + 1] = {"git"};
    uint32_t count = 1;
    for (int i = 0; i < setting_count; i++) all[count++] = settings[i];
    for (int i = 0; arguments[i]; i++) {
        if (i == ARGUMENTS_MAX) return error_set(err, ERROR_LIMIT, "too many arguments for git");
        all[count++] = arguments[i];
    }
    char **environment = environment_make(arena);
    if (!environment) return error_set(err, ERROR_LIMIT, "no memory left");
    AUTO_FD int in = memory_open(input, err);
    AUTO_FD int complaints = in < 0 ? -1 : memory_open((struct view){0}, err);
    if (complaints < 0) return false;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0) return error_set_errno(err, ERROR_SYSTEM, errno, "cannot make a pipe");
    AUTO_FD int out = ends[0];
    pid_t pid;
    bool is_started = git_spawn(&pid, (char *const *)all, environment, in, ends[1], complaints, err);
    close(ends[1]);
    if (!is_started) return false;
    bool is_read = io_read_fd(arena, out, cap_bytes, output, err);
    cleanup_fd(&out); /* what writes on gets SIGPIPE */
    int ended;
    while (waitpid(pid, &ended, 0) < 0 && errno == EINTR) continue;
    if (!is_read) return false;
    if (output->length > cap_bytes)
        return error_set(err, ERROR_LIMIT, "git answers with more than cordon takes");
    if (status) *status = WIFEXITED(ended) ? WEXITSTATUS(ended) : 128;
    return status || (WIFEXITED(ended) && WEXITSTATUS(ended) == 0) || complaint_set(complaints, err);
}

bool git_ask(struct arena *arena, const char *const *arguments, struct view input, size_t cap_bytes,
             struct view *output, int *status, struct error *err)
{
    return ask(arena, arguments, SETTING_COUNT, input, cap_bytes, output, status, err);
}

bool git_hooks_path(struct view *path, struct arena *arena, struct error *err)
{
    const char *const arguments[] = {"rev-parse", "--git-path", "hooks/pre-commit", NULL};
    struct view answer;
    /* Without the last setting, which would say itself where hooks are. */
    if (!ask(arena, arguments, SETTING_COUNT - 2, (struct view){0}, 16384, &answer, NULL, err)) return false;
    *path = arena_copy(arena, view_trim(answer));
    return path->bytes || error_set(err, ERROR_LIMIT, "no memory");
}

static int entry_order(const void *left, const void *right)
{
    return view_compare(((const struct git_entry *)left)->path, ((const struct git_entry *)right)->path);
}

/* "MODE ... OID ...\tPATH" with a NUL behind each. `oid_word` says which word of the first half the id is;
 * `stage_word` (0: none) where the index says that a path is unmerged. */
static bool tree_parse(struct git_tree *tree, struct arena *arena, struct view listing, int oid_word,
                       int stage_word, struct error *err)
{
    *tree = (struct git_tree){0};
    struct view line, rest = listing;
    while (rest.length) {
        struct view facts, path, word;
        view_split(rest, '\0', &line, &rest);
        view_split(line, '\t', &facts, &path);
        struct git_entry entry = {.path = path};
        for (int i = 0; facts.length; i++) {
            view_split(facts, ' ', &word, &facts);
            if (i == 0) entry.is_file = view_starts_with(word, VIEW("100"));
            if (i == oid_word) entry.oid = word;
            if (stage_word && i == stage_word && !view_equals(word, VIEW("0"))) {
                error_set(err, ERROR_INPUT, "the path is not merged");
                error_place(err, path, 0, 0);
                return error_remedy(err, "resolve the conflict and add the file");
            }
        }
        if (!ARRAY_PUSH(arena, tree, entry))
            return error_set(err, ERROR_LIMIT, "too many files in the repository");
    }
    if (tree->count) qsort(tree->items, tree->count, sizeof *tree->items, entry_order);
    return true;
}

static bool commit_tree(struct git_tree *tree, struct arena *arena, struct view commit, struct error *err)
{
    struct view listing;
    const char *const arguments[] = {
        "ls-tree", "-r", "-z", "--full-tree", arena_copy(arena, view_trim(commit)).bytes, NULL};
    return git_ask(arena, arguments, (struct view){0}, LISTING_BYTES_MAX, &listing, NULL, err) &&
           tree_parse(tree, arena, listing, 2, 0, err);
}

bool git_tree_of_revision(struct git_tree *tree, struct arena *arena, const char *revision, struct error *err)
{
    /* A repository has no HEAD until its first commit: against that everything is new. */
    if (strcmp(revision, "HEAD") == 0) return git_tree_of_head(tree, arena, err);
    struct view commit, name = arena_format(arena, "%s^{commit}", revision);
    /* Behind --end-of-options a revision that begins with - is none of git's options. */
    const char *const arguments[] = {"rev-parse", "--verify", "--end-of-options", name.bytes, NULL};
    if (!name.bytes || !git_ask(arena, arguments, (struct view){0}, 4096, &commit, NULL, err))
        return error_prefix(err, "revision '%.80s'", revision);
    /* Version 2.39 answers --end-of-options itself too. */
    size_t end = view_trim(commit).length, start = end;
    while (start > 0 && commit.bytes[start - 1] != '\n') start--;
    return commit_tree(tree, arena, view_slice(commit, start, end), err);
}

bool git_tree_of_head(struct git_tree *tree, struct arena *arena, struct error *err)
{
    struct view commit;
    int status;
    const char *const arguments[] = {"rev-parse", "--verify", "--quiet", "HEAD^{commit}", NULL};
    *tree = (struct git_tree){0};
    if (!git_ask(arena, arguments, (struct view){0}, 4096, &commit, &status, err)) return false;
    return status != 0 || commit_tree(tree, arena, commit, err);
}

bool git_tree_of_index(struct git_tree *tree, struct arena *arena, struct error *err)
{
    struct view listing;
    const char *const arguments[] = {"ls-files", "--stage", "-z", "--full-name", "--", ":/", NULL};
    return git_ask(arena, arguments, (struct view){0}, LISTING_BYTES_MAX, &listing, NULL, err) &&
           tree_parse(tree, arena, listing, 1, 2, err);
}

const struct git_entry *git_tree_find(const struct git_tree *tree, struct view path)
{
    struct git_entry key = {.path = path};
    return tree->count ? bsearch(&key, tree->items, tree->count, sizeof *tree->items, entry_order) : NULL;
}

bool git_place(struct view *top, struct view *prefix, struct arena *arena, struct error *err)
{
    struct view answer;
    const char *const arguments[] = {"rev-parse", "--show-toplevel", "--show-prefix", NULL};
    if (!git_ask(arena, arguments, (struct view){0}, 16384, &answer, NULL, err))
        return error_remedy(err, "run cordon inside the repository");
    view_split(answer, '\n', top, prefix);
    view_split(*prefix, '\n', prefix, &answer);
    return true;
}

bool git_blobs(struct arena *arena, const struct view *oids, uint32_t count, struct view *contents,
               struct error *err)
{
    AUTO_FREE char *input = NULL;
    size_t input_bytes = 0;
    FILE *out = open_memstream(&input, &input_bytes);
    if (!out) return error_set(err, ERROR_SYSTEM, "no memory");
    for (uint32_t i = 0; i < count; i++) fprintf(out, "%.*s\n", VIEW_ARGS(oids[i]));
    fclose(out);
    struct view answer;
    const char *const arguments[] = {"cat-file", "--batch", NULL};
    if (count == 0) return true;
    if (!git_ask(arena, arguments, view_make(input, input_bytes), BLOBS_BYTES_MAX, &answer, NULL, err))
        return false;
    for (uint32_t i = 0; i < count; i++) {
        struct view head, rest;
        view_split(answer, '\n', &head, &rest); /* "OID blob SIZE", or "OID missing" */
        size_t at = view_find(head, VIEW(" blob "));
        size_t size = at == SIZE_MAX ? SIZE_MAX : strtoull(head.bytes + at + 6, NULL, 10);
        if (size >= rest.length)
            return error_set(err, ERROR_INPUT, "git does not have the object %.*s", VIEW_ARGS(oids[i]));
        contents[i] = view_slice(rest, 0, size);
        answer = view_slice(rest, size + 1, rest.length);
    }
    return true;
}

bool git_is_blob(struct view bytes, struct view oid)
{
    uint8_t raw[SHA256_DIGEST_SIZE];
    char head[32], hex[2 * sizeof raw + 1];
    size_t head_bytes = (size_t)snprintf(head, sizeof head, "blob %zu", bytes.length) + 1;
    size_t raw_bytes = oid.length == 2 * SHA1_DIGEST_SIZE ? SHA1_DIGEST_SIZE : SHA256_DIGEST_SIZE;
    if (raw_bytes == SHA1_DIGEST_SIZE) {
        struct sha1_ctx context;
        sha1_init(&context);
        sha1_update(&context, head_bytes, (const uint8_t *)head);
        sha1_update(&context, bytes.length, (const uint8_t *)bytes.bytes);
        sha1_digest(&context, raw_bytes, raw);
    } else {
        struct sha256_ctx context;
        sha256_init(&context);
        sha256_update(&context, head_bytes, (const uint8_t *)head);
        sha256_update(&context, bytes.length, (const uint8_t *)bytes.bytes);
        sha256_digest(&context, raw_bytes, raw);
    }
    for (size_t i = 0; i < raw_bytes; i++) snprintf(hex + 2 * i, 3, "%02x", raw[i]);
    return view_equals(view_make(hex, 2 * raw_bytes), oid);
}
