#include "runner/doctor.h"

#include <stdio.h>
#include <unistd.h>

#include "runner/cell.h"
#include "runner/launch.h"

static void probe_add(struct diagnosis *diagnosis, struct arena *arena, const char *name, bool is_answered,
                      struct view evidence, const char *remedy)
{
    if (diagnosis->count == DOCTOR_PROBES_MAX) return;
    struct view copy = arena_copy(arena, evidence), advice = arena_copy(arena, view_of_cstr(remedy));
    diagnosis->probes[diagnosis->count++] =
        (struct probe){name, is_answered, copy.bytes ? copy.bytes : "", advice.bytes ? advice.bytes : ""};
    diagnosis->is_healthy &= is_answered;
}

static void bwrap_probe(struct diagnosis *diagnosis, struct arena *arena)
{
    struct error err = {0};
    const char *path = launch_bwrap_find(&err);
    probe_add(diagnosis, arena, "bubblewrap", path != NULL, view_of_cstr(path ? path : err.message),
              err.remedy);
}

/* A program that says who it is and what it sees, run in a cell of the given language. */
static void cell_probe(struct diagnosis *diagnosis, struct arena *arena, const char *name,
                       const char *language, const char *program, const char *expected)
{
    static const struct capability_set nothing = {0};
    struct error err = {0};
    struct result result;
    struct spec_job job = {
        .source = view_of_cstr(program), .language = view_of_cstr(language), .limits = limits_default()};
    AUTO_SPEC struct spec spec = {0};
    struct cell_io io = {.stdin_fd = -1, .cancel_fd = -1};
    bool has_run =
        spec_from_grant(&spec, arena, &nothing, &job, &err) && cell_run(arena, &spec, &io, &result, &err);
    if (!has_run) {
        probe_add(diagnosis, arena, name, false, view_of_cstr(err.message), err.remedy);
        return;
    }
    struct view said = view_trim(result.out.bytes);
    bool is_right = result.ended == ENDED_EXITED && result.exit_code == 0 && view_equals_cstr(said, expected);
    struct view evidence = is_right
                               ? said
                               : arena_format(arena, "ended %s, said '%.*s' '%.*s'", ended_word(result.ended),
                                              VIEW_ARGS(said), VIEW_ARGS(view_trim(result.err.bytes)));
    probe_add(diagnosis, arena, name, is_right, evidence, "");
}

void doctor_examine(struct diagnosis *diagnosis, struct arena *arena)
{
    *diagnosis = (struct diagnosis){.is_healthy = true};
    bwrap_probe(diagnosis, arena);
    cell_probe(diagnosis, arena, "a cell with python", "python",
               "import os\nprint('uid', os.getuid(), 'environment', len(os.environ))\n",
               "uid 65534 environment 0");
    cell_probe(diagnosis, arena, "a cell with javascript", "javascript",
               "console.log('uid', process.getuid(), 'environment', Object.keys(process.env).length)\n",
               "uid 65534 environment 0");
    cell_probe(diagnosis, arena, "no network in a cell", "python",
               "import socket\ntry:\n  socket.socket()\n  print('socket')\nexcept OSError as e:\n  print('no "
               "socket')\n",
               "no socket");
}
