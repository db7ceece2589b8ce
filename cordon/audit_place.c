/* audit_place.c - where the log is. */
#include <stdlib.h>
#include <unistd.h>

#include "cordon/audit_log.h"

static const char *folder_in(struct arena *arena, const char *folder, const char *below)
{
    return arena_format(arena, "%s%s", folder, below).bytes;
}

static bool is_absolute(const char *path)
{
    return path && path[0] == '/';
}

/* NULL: this user has no place. */
static const char *folder_default(struct arena *arena)
{
    const char *service = getenv("LOGS_DIRECTORY"), *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    /* systemd gives several folders with colons between; the first is ours. */
    if (is_absolute(service)) {
        struct view first, rest;
        view_split(view_of_cstr(service), ':', &first, &rest);
        return arena_copy(arena, first).bytes;
    }
    if (is_absolute(state)) return folder_in(arena, state, "/cordon");
    if (geteuid() == 0) return "/var/log/cordon";
    return is_absolute(home) ? folder_in(arena, home, "/.local/state/cordon") : NULL;
}

bool audit_place(struct arena *arena, const struct audit_settings *settings, const char **path,
                 struct error *err)
{
    const char *named = settings->path ? settings->path : folder_default(arena);
    if (!named) {
        error_set(err, ERROR_SYSTEM, "there is no place for the audit log: neither HOME nor XDG_STATE_HOME");
        return error_remedy(err, "name one: --log PATH");
    }
    bool is_file = view_ends_with(view_of_cstr(named), VIEW(".jsonl"));
    *path = is_file ? named : folder_in(arena, named, "/log.jsonl");
    return *path || error_set(err, ERROR_LIMIT, "no memory for the place of the audit log");
}
