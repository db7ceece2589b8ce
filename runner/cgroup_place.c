#include "runner/cgroup_place.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"

/* Whether `word` stands in a list with commas or blanks between its words. */
static bool list_has(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (const char *at = list; (at = strstr(at, word)); at += length) {
        bool starts = at == list || strchr(", ", at[-1]);
        if (starts && (at[length] == '\0' || strchr(", \n", at[length]))) return true;
    }
    return false;
}

/* The process's own path in a hierarchy: "ID:CONTROLLERS:PATH" in cgroup(7)'s file; version 2 has none. */
static bool membership_find(const char *memberships, const char *controller, char path[CGROUP_PATH_BYTES])
{
    AUTO_FILE FILE *file = fopen(memberships, "re");
    char line[1024];
    while (file && fgets(line, sizeof line, file)) {
        char *controllers = strchr(line, ':'), *own = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!own) continue;
        *own++ = '\0';
        own[strcspn(own, "\n")] = '\0';
        controllers++;
        bool is_it = *controller ? list_has(controllers, controller) : *controllers == '\0';
        if (is_it && strlen(own) < CGROUP_PATH_BYTES) {
            memcpy(path, own, strlen(own) + 1);
            return true;
        }
    }
    return false;
}

/* The folder of our own group in the hierarchy of a controller ("" : version 2). */
static bool own_folder(const char *mounts, const char *memberships, const char *controller,
                       char folder[CGROUP_PATH_BYTES])
{
    char own[CGROUP_PATH_BYTES], line[2048];
    if (!membership_find(memberships, controller, own)) return false;
    AUTO_FILE FILE *file = fopen(mounts, "re");
    while (file && fgets(line, sizeof line, file)) {
        char root[512], point[512], type[32], options[512];
        char *behind = strstr(line, " - "); /* fields before it vary in number: proc(5) */
        if (!behind || sscanf(line, "%*d %*d %*s %511s %511s", root, point) != 2) continue;
        if (sscanf(behind + 3, "%31s %*s %511s", type, options) != 2) continue;
        bool is_it = *controller ? strcmp(type, "cgroup") == 0 && list_has(options, controller)
                                 : strcmp(type, "cgroup2") == 0;
        if (!is_it) continue;
        /* A container sees a part of the hierarchy: what is above its root is not in the mount. */
        size_t above = strcmp(root, "/") == 0 ? 0 : strlen(root);
        const char *rest = strncmp(own, root, above) == 0 ? own + above : "";
        if (strcmp(rest, "/") == 0) rest = "";
        int length = snprintf(folder, CGROUP_PATH_BYTES, "%s%s", point, rest);
        return length > 0 && length < CGROUP_PATH_BYTES;
    }
    return false;
}

static bool file_has(const char *folder, const char *name, const char *word)
{
    char path[CGROUP_PATH_BYTES + 64], text[512] = "";
    snprintf(path, sizeof path, "%s/%s", folder, name);
    AUTO_FILE FILE *file = fopen(path, "re");
    return file && fgets(text, sizeof text, file) && list_has(text, word);
}

static bool is_writable(const char *folder)
{
    char path[CGROUP_PATH_BYTES + 64];
    snprintf(path, sizeof path, "%s/cgroup.procs", folder);
    return access(folder, W_OK) == 0 && access(path, W_OK) == 0;
}

/* Whether nobody but us is in the group. */
static bool is_alone(const char *folder)
{
    char path[CGROUP_PATH_BYTES + 64], line[64];
    snprintf(path, sizeof path, "%s/cgroup.procs", folder);
    AUTO_FILE FILE *file = fopen(path, "re");
    unsigned others = 0, members = 0;
    for (int pid; file && fgets(line, sizeof line, file); members++)
        others += sscanf(line, "%d", &pid) != 1 || pid != getpid();
    return members == 1 && others == 0;
}

static bool put(const char *folder, const char *name, const char *text)
{
    char path[CGROUP_PATH_BYTES + 64];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    AUTO_FILE FILE *file = fopen(path, "we");
    return file && fputs(text, file) >= 0 && fflush(file) == 0;
}

/* A group of version 2 holds processes or groups, not both: where we are alone in one that is ours, we step
 * down into a leaf of it, as a delegated scope means it to be used. */
static bool step_aside(const char *folder)
{
    char leaf[CGROUP_PATH_BYTES + 32];
    if (!file_has(folder, "cgroup.controllers", "memory") || !is_alone(folder)) return false;
    snprintf(leaf, sizeof leaf, "%s/supervisor", folder);
    if (mkdir(leaf, 0755) < 0 && access(leaf, W_OK) < 0) return false;
    return put(leaf, "cgroup.procs", "0") && put(folder, "cgroup.subtree_control", "+memory +pids");
}

/* Our own group or the nearest above it that passes memory and pids on and is ours to write. */
static bool v2_find(struct cgroup_place *place, const char *mounts, const char *memberships)
{
    char *folder = place->folders[0];
    if (!own_folder(mounts, memberships, "", folder)) return false;
    while (is_writable(folder)) {
        bool passes_on = file_has(folder, "cgroup.subtree_control", "memory") &&
                         file_has(folder, "cgroup.subtree_control", "pids");
        if (passes_on || step_aside(folder)) {
            place->kind = CGROUP_V2;
            place->count = 1;
            return true;
        }
        char *slash = strrchr(folder, '/');
        if (!slash || slash == folder) break;
        *slash = '\0';
    }
    return false;
}

static bool v1_find(struct cgroup_place *place, const char *mounts, const char *memberships)
{
    static const char *const controllers[] = {[CGROUP_MEMORY] = "memory",
                                              [CGROUP_PIDS] = "pids",
                                              [CGROUP_CPU] = "cpu",
                                              [CGROUP_CPUACCT] = "cpuacct"};
    for (unsigned i = 0; i < CGROUP_FOLDERS_MAX; i++)
        if (!own_folder(mounts, memberships, controllers[i], place->folders[i]) ||
            !is_writable(place->folders[i]))
            return false;
    place->kind = CGROUP_V1;
    place->count = CGROUP_FOLDERS_MAX;
    return true;
}

void cgroup_place_find(struct cgroup_place *place, const char *mounts, const char *memberships)
{
    *place = (struct cgroup_place){0};
    if (v2_find(place, mounts, memberships) || v1_find(place, mounts, memberships)) return;
    *place = (struct cgroup_place){0};
}
