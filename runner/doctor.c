#include "runner/doctor.h"

#include <string.h>
#include <unistd.h>

#include "runner/cell.h"
#include "runner/launch.h"
#include "runner/machine.h"

static void probe_add(struct diagnosis *diagnosis, struct arena *arena, const char *name, bool is_answered,
                      struct view evidence, const char *remedy)
{
    if (diagnosis->count == DOCTOR_PROBES_MAX) return;
    struct view copy = arena_copy(arena, evidence), advice = arena_copy(arena, view_of_cstr(remedy));
    diagnosis->probes[diagnosis->count++] =
        (struct probe){name, is_answered, copy.bytes ? copy.bytes : "", advice.bytes ? advice.bytes : ""};
    diagnosis->is_healthy &= is_answered;
}

static void bwrap_probe(struct diagnosis *diagnosis, struct arena *arena, const struct machine *machine)
{
    struct error err = {0};
    if (!launch_bwrap_find(&err)) {
        probe_add(diagnosis, arena, "layer: bubblewrap", false, view_of_cstr(err.message), err.remedy);
        return;
    }
    const unsigned *version = machine->bwrap_version;
    const char *weak = machine_bwrap_weaknesses(machine, arena);
    probe_add(diagnosis, arena, "layer: bubblewrap", true,
              arena_format(arena, "%s, version %u.%u.%u%s%s%s", machine->bwrap, version[0], version[1],
                           version[2], machine->bwrap_is_setuid ? ", setuid" : "", *weak ? "; may have " : "",
                           weak),
              *weak ? "where the distribution has not mended it: a newer bubblewrap" : "");
}

/* What a cell cannot do without; it fails closed, and this says why. */
static void kernel_probe(struct diagnosis *diagnosis, struct arena *arena, const struct machine *machine,
                         bool has_cell)
{
    const char *release = machine->release ? machine->release : "?";
    bool has_namespaces = has_cell && machine->user_namespaces_max != 0;
    probe_add(diagnosis, arena, "layer: user namespaces", has_namespaces,
              arena_format(arena, "%s; Linux %s, user.max_user_namespaces %ld, AppArmor's restriction %s",
                           has_namespaces ? "a cell was made in one" : "no cell could be made", release,
                           machine->user_namespaces_max,
                           machine->apparmor_restricts == 1   ? "on"
                           : machine->apparmor_restricts == 0 ? "off"
                                                              : "none"),
              has_namespaces ? "" : machine_userns_remedy(machine));
    probe_add(diagnosis, arena, "layer: seccomp", machine->has_notification,
              machine->has_notification ? VIEW("filter and user notification") : VIEW("no user notification"),
              machine->has_notification ? "" : "Linux 5.6 or later with CONFIG_SECCOMP_FILTER");
    probe_add(diagnosis, arena, "layer: paths", machine->has_openat2,
              machine->has_openat2 ? VIEW("openat2, through no link") : VIEW("no openat2"),
              machine->has_openat2 ? "" : "Linux 5.6 or later, and a container profile that allows openat2");
}

/* One threat: a program that tries it in a cell, and how it must end for the answer to be yes. */
struct threat {
    const char *name, *program;
    enum limit limit; /* LIMIT_NONE: it says "stopped" and exits */
};

static const struct threat threats[] = {
    {"secrets",
     "import os\n"
     "seen = [p for p in ('/etc/shadow', '/root', '/home', '/run', '/var', '/sys') if os.path.lexists(p)]\n"
     "seen += list(os.environ)\n"
     "for p in ('/proc/1/environ', '/proc/1/mem', '/proc/1/fd'):\n"
     "  try:\n"
     "    os.listdir(p) if p.endswith('fd') else open(p, 'rb').read(1)\n"
     "    seen.append(p)\n"
     "  except OSError: pass\n"
     "print('saw ' + ' '.join(seen) if seen else 'stopped: no variable, no file of the host, no memory of "
     "another process')\n",
     LIMIT_NONE},
    {"network",
     "import socket\n"
     "made = []\n"
     "for f in ('AF_INET', 'AF_INET6', 'AF_UNIX', 'AF_NETLINK', 'AF_PACKET', 'AF_VSOCK'):\n"
     "  try:\n"
     "    s = socket.socket(getattr(socket, f), socket.SOCK_STREAM if f != 'AF_PACKET' else "
     "socket.SOCK_RAW)\n"
     "    if f == 'AF_UNIX': s.bind('/scratch/s')\n"
     "    elif s.getsockopt(socket.SOL_SOCKET, 39) != getattr(socket, f): continue\n"
     "    made.append(f)\n"
     "  except OSError: pass\n"
     "for a in (('127.0.0.1', 53), ('192.0.2.1', 443), ('::1', 80)):\n"
     "  try:\n"
     "    socket.create_connection(a, 1)\n"
     "    made.append(a[0])\n"
     "  except OSError: pass\n"
     "made += [n for _, n in socket.if_nameindex() if n != 'lo'] if made else []\n"
     "print('got ' + ' '.join(made) if made else 'stopped: no socket of six families that leads anywhere, no "
     "connection')\n",
     LIMIT_NONE},
    {"filesystem",
     "import os\n"
     "wrote = []\n"
     "for p in ('/x', '/usr/x', '/etc/x', '/dev/x', '/program/x', '/proc/sys/kernel/hostname'):\n"
     "  try:\n"
     "    open(p, 'w').close()\n"
     "    wrote.append(p)\n"
     "  except OSError: pass\n"
     "open('/scratch/x', 'w').close()\n"
     "print('wrote ' + ' '.join(wrote) if wrote else 'stopped: only the scratch folder can be written')\n",
     LIMIT_NONE},
    {"tenant isolation",
     "import os\n"
     "others = [p for p in os.listdir('/proc') if p.isdigit() and int(p) not in (1, os.getpid())]\n"
     "capabilities = [l for l in open('/proc/self/status') if l.startswith('Cap') and int(l.split()[1], "
     "16)]\n"
     "try:\n"
     "  os.kill(1, 9)\n"
     "except OSError: pass\n"
     "bad = others + capabilities + ([] if os.getuid() == 65534 else ['uid'])\n"
     "print('has ' + repr(bad) if bad else 'stopped: no other process, no capability, nobody')\n",
     LIMIT_NONE},
    {"resource limits: memory", "keep = []\nwhile True: keep.append(bytearray(8 << 20))\n", LIMIT_MEMORY},
    {"resource limits: processes",
     "import os, time\n"
     "for _ in range(200):\n"
     "  if os.fork() == 0: time.sleep(20)\n",
     LIMIT_PROCESSES},
    {"resource limits: cpu", "while True: pass\n", LIMIT_CPU},
};

/* Runs one program in a cell of the given language. False: there is no cell; `err` says why. */
static bool program_try(struct arena *arena, const char *language, const char *program, struct result *result,
                        struct error *err)
{
    static const struct capability_set nothing = {0};
    struct limits limits = limits_default();
    limits.values[LIMIT_CPU] = 1000;
    limits.values[LIMIT_PROCESSES] = 12; /* shared pages count for each process: fewer than fill the memory */
    struct spec_job job = {
        .source = view_of_cstr(program), .language = view_of_cstr(language), .limits = limits};
    AUTO_SPEC struct spec spec = {0};
    struct cell_io io = {.stdin_fd = -1, .cancel_fd = -1};
    return spec_from_grant(&spec, arena, &nothing, &job, err) && cell_run(arena, &spec, &io, result, err);
}

/* True: a cell was made, whatever came of the threat. */
static bool threat_probe(struct diagnosis *diagnosis, struct arena *arena, const struct threat *threat,
                         struct layers *layers)
{
    struct error err = {0};
    struct result result;
    if (!program_try(arena, "python", threat->program, &result, &err)) {
        probe_add(diagnosis, arena, threat->name, false, view_of_cstr(err.message), err.remedy);
        return false;
    }
    *layers = result.layers;
    struct view said = view_trim(result.out.bytes);
    bool is_limit = threat->limit != LIMIT_NONE;
    bool is_right = is_limit ? result.ended == ENDED_LIMIT && result.limit == threat->limit
                             : result.ended == ENDED_EXITED && view_starts_with(said, VIEW("stopped: "));
    struct view evidence =
        !is_right
            ? arena_format(arena, "ended %s %s, said '%.*s' '%.*s'", ended_word(result.ended),
                           limit_word(result.limit), VIEW_ARGS(said), VIEW_ARGS(view_trim(result.err.bytes)))
        : is_limit ? arena_format(arena, "a program that takes all it can was ended at the limit %s",
                                  limit_word(result.limit))
                   : view_slice(said, strlen("stopped: "), said.length);
    probe_add(diagnosis, arena, threat->name, is_right, evidence,
              is_right ? "" : "this must not be: do not run untrusted programs here, and report it");
    return true;
}

/* Each language that can run here at all. */
static void language_probe(struct diagnosis *diagnosis, struct arena *arena, const char *name,
                           const char *language, const char *program)
{
    struct error err = {0};
    struct result result;
    if (!program_try(arena, language, program, &result, &err)) {
        probe_add(diagnosis, arena, name, false, view_of_cstr(err.message), err.remedy);
        return;
    }
    bool is_right = result.ended == ENDED_EXITED && result.exit_code == 0;
    struct view said = view_trim(is_right ? result.out.bytes : result.err.bytes);
    probe_add(diagnosis, arena, name, is_right,
              is_right ? said
                       : arena_format(arena, "ended %s: %.*s", ended_word(result.ended), VIEW_ARGS(said)),
              is_right ? "" : "reinstall the interpreter under /usr");
}

/* Layers that differ between machines: said, and counted against the machine where a cell is refused without.
 */
static void layers_note(struct diagnosis *diagnosis, struct arena *arena, const struct machine *machine,
                        const struct layers *layers)
{
    bool has_group = layers->cgroup != CGROUP_NONE, is_root = geteuid() == 0;
    probe_add(diagnosis, arena, "layer: control group", true,
              arena_format(arena, "%s",
                           layers->cgroup == CGROUP_V2   ? "version 2, delegated"
                           : layers->cgroup == CGROUP_V1 ? "version 1"
                                                         : "none: rlimits and the watch of the cell hold"),
              has_group ? "" : "systemd-run --user --scope -p Delegate=yes cordon ...");
    bool has_user = !is_root || machine->has_uid_range;
    probe_add(diagnosis, arena, "layer: user", has_user,
              arena_format(arena, "%s",
                           !is_root   ? "the caller's uid, in a user namespace"
                           : has_user ? "a uid of its own for every cell, from 2000000000 on"
                                      : "root, and the uids from 2000000000 on are not mapped here"),
              has_user
                  ? ""
                  : "start cordon as an unprivileged user, or map uids 2000000000 to 2004194303 into the "
                    "container; or --weaker user: all cells are uid 65534");
}

void doctor_examine(struct diagnosis *diagnosis, struct arena *arena)
{
    bool has_cell = false;
    struct layers layers = {0};
    *diagnosis = (struct diagnosis){.is_healthy = true};
    for (size_t i = 0; i < sizeof threats / sizeof *threats; i++)
        has_cell |= threat_probe(diagnosis, arena, &threats[i], &layers);
    struct machine machine;
    machine_examine(&machine, arena, "/proc");
    kernel_probe(diagnosis, arena, &machine, has_cell);
    bwrap_probe(diagnosis, arena, &machine);
    layers_note(diagnosis, arena, &machine, &layers);
    language_probe(diagnosis, arena, "a cell with python", "python",
                   "import sys\nprint('Python', sys.version.split()[0])\n");
    language_probe(diagnosis, arena, "a cell with javascript", "javascript",
                   "console.log('Node', process.version)\n");
}
