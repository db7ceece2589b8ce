#!/usr/bin/env python3
"""What cordon costs beside others, as ratios of medians measured in turns on this machine.

    make bench                                   # writes bench/RESULTS.md and bench/results.svg
    BENCH_SECONDS=60 BENCH_ROUNDS=200 make bench # longer
    BENCH_CHECKS=100000 BENCH_RUNS=10000 BENCH_PARTS=steady make bench # some parts, only shown

Each row times the peers in turns, so that what else the machine does falls on all of them. What is not installed is said."""
import asyncio
import json
import os
import pathlib
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time

root = pathlib.Path(__file__).resolve().parent.parent
build = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else root / "build").resolve()
os.environ.setdefault("CORDON_LIBRARY", str(build / "libcordon.so.0"))
sys.path.insert(0, str(root / "bindings/python"))
import cordon  # noqa: E402  (the library of this build)

ROUNDS = int(os.environ.get("BENCH_ROUNDS", "40"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "10"))
PROGRAM = str(build / "cordon")
PYTHON, NODE = "/usr/bin/python3", shutil.which("node")
work = pathlib.Path(tempfile.mkdtemp(prefix="cordon-bench-"))
group = pathlib.Path(f"/sys/fs/cgroup/cpuacct/cordon-bench-{os.getpid()}")
os.environ["XDG_STATE_HOME"] = str(work / "state")  # the audit log of the measured commands
lines, bars, missing, broken = [], [], [], []


def say(text=""):
    print(text, flush=True)
    lines.append(text)


def quantile(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def timed(command, fine=(0,), **options):
    start = time.perf_counter()
    ended = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options).returncode
    taken = (time.perf_counter() - start) * 1e3
    if ended not in fine:
        raise SystemExit(f"{command[0]} ended with {ended}: {command}")
    return taken


def in_turns(commands, rounds=ROUNDS):
    """{name: [milliseconds]}, one of each in every round; the first round warms up."""
    taken = {name: [] for name in commands}
    for turn in range(rounds + 1):
        for name, command in commands.items():
            taken[name].append(command() if callable(command) else timed(command))
    return {name: values[1:] for name, values in taken.items()}


def table(title, taken, base):
    """A row for each: median, quartiles, ratio of medians to `base`."""
    say(f"\n### {title}\n")
    say("| | median ms | quartiles ms | best ms | ratio |\n|---|---|---|---|---|")
    against = statistics.median(taken[base])
    for name, values in taken.items():
        median = statistics.median(values)
        say(f"| {name} | {median:.2f} | {quantile(values, .25):.2f} to {quantile(values, .75):.2f} | {min(values):.2f} | {median / against:.2f} |")
        bars.append((f"{title}: {name}", median))


def tool(*names):
    """The first that is installed, or NULL; says so where none is."""
    for name in names:
        found = shutil.which(name)
        if found and not (name == "sg" and "shadow" in subprocess.run([found, "--help"], capture_output=True, text=True).stderr):
            return found
    missing.append(names[0])
    return None


def peer(commands, name, command, fine=(0,)):
    """Adds a peer that runs on this machine; one that does not is said."""
    ended = subprocess.run(command, capture_output=True, text=True)
    if ended.returncode in fine:
        commands[name] = command
    else:
        broken.append(f"{name} ({(ended.stderr.strip().splitlines() or [f'status {ended.returncode}'])[0][:100]})")


def bundle_of(program):
    """A folder for an OCI runtime: /usr read-only, no network, one program."""
    bundle = work / "bundle"
    for folder in ("root/usr", "root/proc", "root/job"):
        (bundle / folder).mkdir(parents=True, exist_ok=True)
    for name in ("lib", "lib64", "bin"):
        (bundle / "root" / name).symlink_to(f"usr/{name}")
    (bundle / "config.json").write_text(json.dumps({
        "ociVersion": "1.0.2", "root": {"path": "root", "readonly": True},
        "process": {"terminal": False, "user": {"uid": 0, "gid": 0}, "args": program, "env": ["PATH=/usr/bin"], "cwd": "/", "noNewPrivileges": True},
        "mounts": [{"destination": "/usr", "type": "bind", "source": "/usr", "options": ["rbind", "ro"]},
                   {"destination": "/job", "type": "bind", "source": str(work), "options": ["rbind", "ro"]},
                   {"destination": "/proc", "type": "proc", "source": "proc"}],
        "linux": {"namespaces": [{"type": kind} for kind in ("pid", "mount", "ipc", "uts", "network")]}}))
    return str(bundle)


def source_of(size):
    """Ordinary code of about so many bytes."""
    unit = "def area_{0}(width, height):\n    total = width * height\n    return [total + n for n in range({0})]\n\n\n"
    text, number = "", 0
    while len(text) < size:
        text += unit.format(number)
        number += 1
    return text


def cold_check():
    path = work / "small.py"
    path.write_text(source_of(2048))
    (work / "rule.yml").write_text("id: x\nlanguage: python\nrule: {pattern: eval($X)}\n")
    commands = {"cordon check, default packs": [PROGRAM, "check", str(path)], "python3 -c pass": [PYTHON, "-c", "pass"]}
    if ast_grep := tool("ast-grep"):
        commands["ast-grep, one rule"] = [ast_grep, "scan", "--rule", str(work / "rule.yml"), str(path)]
    if ruff := tool("ruff"):
        commands["ruff, its defaults"] = [ruff, "check", "--no-cache", "--isolated", str(path)]
    commands["cordon check, --rules FOLDER (compiled before)"] = [PROGRAM, "check", "--rules", str(root / "rules/python"), str(path)]
    table("Whole process, a file of 2 KB", in_turns(commands), "cordon check, default packs")
    script = work / "small.js"
    script.write_text("".join(f"export function area{i}(width, height) {{\n  const total = width * height;\n  return [total, {i}];\n}}\n" for i in range(24)))
    commands = {"cordon check, default packs": [PROGRAM, "check", str(script)]}
    if found := tool("oxlint"):
        peer(commands, "oxlint, its defaults", [found, str(script)])
    if found := tool("ast-grep"):
        (work / "rule-js.yml").write_text("id: x\nlanguage: javascript\nrule: {pattern: eval($X)}\n")
        commands["ast-grep, one rule"] = [found, "scan", "--rule", str(work / "rule-js.yml"), str(script)]
    table("Whole process, JavaScript of 2 KB", in_turns(commands), "cordon check, default packs")
    with cordon.Gate() as plain, cordon.Gate(isolate_check=True) as isolated:
        table("A check of 2 KB by the library", in_turns({
            "in the caller": lambda: checked(plain, path.read_bytes()),
            "in a process of its own (isolate_check), which waited": lambda: time.sleep(0.01) or checked(isolated, path.read_bytes()),
            "in a process of its own, at once behind the last": lambda: checked(isolated, path.read_bytes())}, 5 * ROUNDS), "in the caller")


def checked(gate, source):
    start = time.perf_counter()
    gate.check(source)
    return (time.perf_counter() - start) * 1e3


def throughput():
    """The default packs over the standard library, in megabytes a second of one thread."""
    files = [path for path in pathlib.Path("/usr/lib/python3.11").glob("*.py") if path.stat().st_size < 256 * 1024] or \
            [path for path in pathlib.Path(os.__file__).parent.glob("*.py") if path.stat().st_size < 256 * 1024]
    texts = [(path, path.read_bytes()) for path in files]
    total = sum(len(text) for _, text in texts) / 1e6
    gate = cordon.Gate()
    start = time.perf_counter()
    for path, text in texts:
        gate.check(text, path=path)
    rates = {"cordon, default packs, to findings": total / (time.perf_counter() - start)}
    for name, command in (("ruff", ["check", "--no-cache", "--isolated", "-q"]), ("bandit", ["-q"]), ("ast-grep", ["run", "-p", "eval($X)"]),
                          ("semgrep", ["--metrics=off", "--quiet", "--config", str(work / "rule.yml")])):
        found = shutil.which(name)
        if not found:
            missing.append(name)
            continue
        taken = timed([found, *command, *map(str, files)], fine=(0, 1))
        rates[f"{name}, whole process, all threads it wants"] = total / taken * 1e3
    say(f"\n### Python's standard library, {total:.1f} MB in {len(files)} files\n\n| | MB/s |\n|---|---|")
    for name, rate in rates.items():
        say(f"| {name} | {rate:.1f} |")


def bwrap(*inside):
    return [shutil.which("bwrap") or "bwrap", "--unshare-all", "--die-with-parent", "--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib", "--symlink",
            "usr/lib64", "/lib64", "--proc", "/proc", "--dev", "/dev", "--ro-bind", str(work), "/job", *inside]


(work / "one.py").write_text("print(1)\n")
(work / "one.js").write_text("console.log(1)\n")
os.chmod(work, 0o755)


def without_environment(command):
    """Started as a cell starts it: what this shell's variables make an interpreter read is none of the cost."""
    return lambda: timed(command, env={})


def cold_run():
    gate = cordon.Gate()
    commands = {
        "bubblewrap, bare": without_environment(bwrap(PYTHON, "-I", "-B", "-Xutf8", "/job/one.py")),
        "the interpreter alone": without_environment([PYTHON, "-I", "-B", "-Xutf8", str(work / "one.py")]),
        "libcordon, cold, check included": lambda: in_library(gate, "print(1)")[1],
        "cordon run, whole process": [PROGRAM, "run", str(work / "one.py")],
    }
    if found := tool("nsjail"):
        peer(commands, "nsjail", [found, "-Q", "-Mo", "--chroot", "/", "--", PYTHON, "-I", "-B", str(work / "one.py")])
    if found := tool("firejail"):
        peer(commands, "firejail", [found, "--quiet", "--noprofile", "--net=none", PYTHON, "-I", "-B", str(work / "one.py")])
    if found := tool("runsc"):
        peer(commands, "runsc do (gVisor)", [found, "do", PYTHON, "-I", "-B", str(work / "one.py")])
    if found := tool("crun"):
        peer(commands, "crun", [found, "--root", str(work / "crun"), "run", "-b", bundle_of([PYTHON, "-I", "-B", "/job/one.py"]), "one"])
    table("Python, cold: start to end", in_turns(commands), "bubblewrap, bare")
    commands = {"bubblewrap, bare": without_environment(bwrap(NODE, "/job/one.js")),
                "the interpreter alone": without_environment([NODE, str(work / "one.js")]),
                "libcordon, cold, check included": lambda: in_library(gate, "console.log(1)", "javascript")[1]}
    table("Node, cold: start to end", in_turns(commands, ROUNDS // 2), "bubblewrap, bare")
    gate.close()


def in_library(gate, source, language="python"):
    """Milliseconds to the first output and to the result."""
    first = []
    start = time.perf_counter()
    gate.run(source, language, require=True, on_output=lambda _: first or first.append(time.perf_counter()))
    return (first[0] - start) * 1e3, (time.perf_counter() - start) * 1e3


def warm_run():
    say("\n### Warm: from the call to the first output and to the result, check included\n")
    say("| | first p50 | first p99 | first best | result p50 | result p99 | result best | ms |\n|---|---|---|---|---|---|---|---|")
    for language, source in (("python", "print(6 * 7)"), ("javascript", "console.log(6 * 7)")):
        with cordon.Pool(cells=4) as pool:
            pool.warm(language, 3, timeout_ms=30000)
            taken = []
            for _ in range(5 * ROUNDS):
                while pool.stats()["cells_waiting"] < 2 or pool.stats()["cells_booting"]:
                    time.sleep(0.002)
                taken.append(in_library(pool, source, language))
            assert pool.stats()["cold_runs"] == 0
            cell = pool.stats()["waiting_memory_bytes"] / pool.stats()["cells_waiting"] / 1e6
        parts = [[sample[i] for sample in taken] for i in (0, 1)]
        figures = " | ".join(f"{quantile(part, .5):.2f} | {quantile(part, .99):.2f} | {min(part):.2f}" for part in parts)
        say(f"| {language} | {figures} | a waiting cell's own memory: {cell:.1f} MB |")
        bars.append((f"Warm {language}: first output", quantile(parts[0], .5)))
        bars.append((f"Warm {language}: result", quantile(parts[1], .5)))


def processor_seconds():
    """Of this process and all that came from it; 0 where there is no group to count them."""
    try:
        return int((group / "cpuacct.usage").read_text()) / 1e9
    except OSError:
        return 0


def in_a_group(part):
    """Calls it in a process of its own, in a group of the cpuacct controller where one can be made, which is removed behind it."""
    try:
        group.mkdir()
    except OSError:
        pass
    child = os.fork()
    if child == 0:
        try:
            (group / "cgroup.procs").write_text("0")
        except OSError:
            pass
        part()
        sys.stdout.flush()
        os._exit(0)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    for _ in range(500):
        try:
            group.rmdir()
        except FileNotFoundError:
            break
        except OSError:
            time.sleep(0.01)
    shutil.rmtree(work)
    sys.exit(status)


def rate_of(job, seconds, threads=2):
    """Jobs of so many threads, the seconds that they took, and the processor time of all processes in it."""
    start, before, counts = time.monotonic(), processor_seconds(), [0] * threads

    def loop(number):
        while time.monotonic() < start + seconds:
            job()
            counts[number] += 1
    workers = [threading.Thread(target=loop, args=(number,)) for number in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sum(counts), time.monotonic() - start, processor_seconds() - before


def sustained(slices=5):
    """In turns, so that what else the machine does falls on all."""
    script = str(work / "one.py")
    with cordon.Pool(cells=8) as pool, cordon.Gate() as gate:
        pool.warm("python", 4, timeout_ms=30000)
        jobs = {"the interpreter alone": without_environment([PYTHON, "-I", "-B", "-Xutf8", script]),
                "bubblewrap, bare, with it": without_environment(bwrap(PYTHON, "-I", "-B", "-Xutf8", "/job/one.py")),
                "libcordon, cold": lambda: gate.run("print(1)", require=True),
                "libcordon with a pool": lambda: pool.run("print(1)", require=True)}
        took = {name: [] for name in jobs}
        for _ in range(slices):
            for name, job in jobs.items():
                took[name].append(rate_of(job, SECONDS / slices))
                pool.warm("python", 4, timeout_ms=30000)
    rates = {name: sum(part[0] for part in parts) / sum(part[1] for part in parts) for name, parts in took.items()}
    say(f"\n### Sustained, {SECONDS:.0f} s each in {slices} turns, two callers, a cell for every run, check included\n")
    say("| | runs/s | ratio | processor ms a run |\n|---|---|---|---|")
    for name, rate in rates.items():
        processor = sum(part[2] for part in took[name]) / sum(part[0] for part in took[name]) * 1e3
        say(f"| {name} | {rate:.0f} | {rate / rates['the interpreter alone']:.2f} | {processor:.1f} |" if processor else
            f"| {name} | {rate:.0f} | {rate / rates['the interpreter alone']:.2f} | not counted here |")
    say("\nThe interpreter's own start and end, and bubblewrap with nothing around it, are what no cell of either is faster than. Processor time is that of the "
        "caller, of bubblewrap and of what ran in it; the kernel's own workers, which take network namespaces apart, are in the rates alone.")


def concurrent():
    say("\n### At once, with a pool of 16\n\n| at once | runs | runs/s | result p50 ms | p99 ms |\n|---|---|---|---|---|")
    with cordon.Pool(cells=16) as pool:
        for count in (1, 4, 16, 64, 200):
            pool.warm("python", min(count, 16), timeout_ms=30000)
            taken, left = [], max(5 * ROUNDS, 2 * count)

            async def caller():
                nonlocal left
                while left > 0:
                    left -= 1
                    start = time.perf_counter()
                    await pool.arun("print(1)", require=True)
                    taken.append((time.perf_counter() - start) * 1e3)

            async def all_of_them():
                await asyncio.gather(*[caller() for _ in range(count)])
            start = time.perf_counter()
            asyncio.run(all_of_them())
            say(f"| {count} | {len(taken)} | {len(taken) / (time.perf_counter() - start):.0f} | {quantile(taken, .5):.1f} | {quantile(taken, .99):.1f} |")


def layers():
    """bubblewrap's parts one on top of the other, around /bin/true."""
    binds = ["--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64"]
    steps = [("user namespace and mounts", ["--unshare-user"]), ("+ processes", ["--unshare-pid"]), ("+ ipc, hostname", ["--unshare-ipc", "--unshare-uts"]),
             ("+ network", ["--unshare-net"]), ("+ /proc", ["--proc", "/proc"]), ("+ /dev", ["--dev", "/dev"])]
    commands, options = {"/bin/true alone": ["/usr/bin/true"]}, []
    for name, more in steps:
        options = options + more
        commands[name] = ["bwrap", *options, *binds, "/usr/bin/true"]
    table("Layers of a cell", in_turns(commands), "/bin/true alone")


def everything_on():
    """The figure of a cell with everything on against bare bubblewrap, measured in C: no gate, no bindings."""
    program = build / "bench/bench-cell"
    subprocess.run(["ninja", "-C", build, "bench/bench-cell"], check=True, stdout=subprocess.DEVNULL)
    say("### A cell with everything on, cold, against bare bubblewrap with the same interpreter\n")
    for language in ("python", "javascript"):
        for line in subprocess.run([program, "60", language], capture_output=True, text=True, check=True).stdout.splitlines():
            say(f"* {language}: {line}")
    say()


def steady():
    """Memory and descriptors of a process that checks and runs for long."""
    checks, runs = int(os.environ.get("BENCH_CHECKS", "20000")), int(os.environ.get("BENCH_RUNS", "500"))

    def now():
        pages = int(pathlib.Path("/proc/self/statm").read_text().split()[1])
        return pages * 4096 / 1e6, len(os.listdir("/proc/self/fd"))
    with cordon.Pool(cells=4) as pool, cordon.Gate() as gate:
        parts = {f"{checks} checks": (checks, lambda: pool.check("import os\nos.system('id')")), f"{runs} runs with a pool": (runs, lambda: pool.run("print(1)")),
                 f"{runs} cold runs": (runs, lambda: gate.run("print(1)"))}

        def settled():
            pool.warm("python", 2, timeout_ms=30000)
            time.sleep(0.3)
            return now()
        for _, job in parts.values():
            for _ in range(50):
                job()
        rows = {"before": settled()}
        for name, (count, job) in parts.items():
            for _ in range(count):
                job()
            rows[f"behind {name}"] = settled()
    say("\n### One process for long (`BENCH_CHECKS`, `BENCH_RUNS`)\n\n| | resident MB | descriptors |\n|---|---|---|")
    for name, (resident, descriptors) in rows.items():
        say(f"| {name} | {resident:.1f} | {descriptors} |")


def engine_run(files, rules, rounds=3, threads=1):
    """What bench-engine prints, as {stage: (seconds, ratio to the bare parse)}, and its first and last line."""
    subprocess.run(["ninja", "-C", str(build), "bench/bench-engine"], stdout=subprocess.DEVNULL, check=True)
    text = subprocess.run([str(build / "bench/bench-engine"), "python", str(rules), str(rounds), str(threads)], input="\n".join(map(str, files)),
                          capture_output=True, text=True, check=True).stdout.splitlines()
    stages = {row[:18].strip(): (float(row[18:].split()[0]), float(row[18:].split()[2])) for row in text[1:] if " s  " in row}
    return stages, text[0], text[-1]


def library_files():
    folder = pathlib.Path("/usr/lib/python3.11" if pathlib.Path("/usr/lib/python3.11").exists() else os.__file__).resolve()
    folder = folder if folder.is_dir() else folder.parent
    files = [path for path in sorted(folder.rglob("*.py")) if path.stat().st_size < 256 * 1024 and "pydoc_data" not in path.parts]
    return files[3::4]


def concatenated(files, size):
    """Ordinary code of so many bytes, cut before a definition."""
    texts = [path.read_bytes() for path in files]
    whole = b"\n".join(text for text in texts if text.isascii() and b"from __future__" not in text and b"coding" not in text[:200])
    whole *= size // len(whole) + 1
    cut = max(whole.rfind(b"\ndef ", 0, size - 64), whole.rfind(b"\nclass ", 0, size - 64))
    path = work / f"concatenated-{size}.py"
    path.write_bytes(whole[:cut + 1])
    return path


def engine():
    """Each stage of a check against the bare parse of the same files; how that grows with a file; two threads."""
    files = library_files()
    stages, head, last = engine_run(files, root / "rules", 5, 2)
    say(f"\n### The engine on the standard library, processor time\n\n{head}; {last.strip()}.\n\n| | s | ratio |\n|---|---|---|")
    for name, (seconds, ratio) in stages.items():
        say(f"| {name} | {seconds:.3f} | {ratio:.2f} |")
    say("\n### One file, by its size: ratios to the bare parse of the same bytes\n\n| | ns a byte, bare | guards | parse and flatten | names | match | faults |\n"
        "|---|---|---|---|---|---|---|")
    for size in (256, 1024, 2048, 4096, 8192):
        path = concatenated(files, size * 1024)
        stages, _, _ = engine_run([path], root / "rules", 1)
        bare = stages["bare parse"][0] / path.stat().st_size * 1e9
        ratios = " | ".join(f"{stages[name][1]:.2f}" for name in ("guards", "parse and flatten", "names", "match", "faults"))
        say(f"| {size} KiB | {bare:.0f} | {ratios} |")


def shared_patterns():
    """The shipped rules' patterns that ast-grep's syntax can say as well."""
    import re
    import yaml
    found = []

    def walk(node):
        if isinstance(node, list):
            for item in node:
                walk(item)
        elif isinstance(node, dict):
            for key, value in node.items():
                if key == "pattern" and isinstance(value, str):
                    found.append(value)
                elif key in ("pattern-either", "patterns", "rules", "pattern-inside"):
                    walk(value)
    for path in sorted((root / "rules/python").rglob("*.yaml")):
        walk(yaml.safe_load(path.read_text()))
    beyond = re.compile(r'=~/|<\.\.\.|\$\.\.\.|"\.\.\."|"\$|: |^import|^from|^@|\n')
    return list(dict.fromkeys(pattern for pattern in found if not beyond.search(pattern)))


def against_ast_grep():
    """The same patterns in both, one thread each, in processor time; ast-grep's whole process, cordon's stages."""
    import importlib.util
    import resource
    installed = shutil.which("npm") and importlib.util.find_spec("yaml") and subprocess.run(
        ["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(work / "peer"), "@ast-grep/cli"], stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, timeout=300).returncode == 0
    program = work / "peer/node_modules/.bin/ast-grep"
    if not installed or not program.exists():
        missing.append("@ast-grep/cli (npm)")
        return
    files, patterns = library_files(), shared_patterns()
    ours, theirs = work / "shared.yaml", work / "shared-ast-grep.yaml"
    ours.write_text("rules:\n" + "".join(f"- {{id: r{number}, languages: [python], severity: INFO, message: m, pattern: {json.dumps(pattern)}}}\n"
                                         for number, pattern in enumerate(patterns)))
    theirs.write_text("\n---\n".join(f"id: r{number}\nlanguage: python\nrule:\n  pattern: {json.dumps(pattern.replace('...', '$$$'))}"
                                     for number, pattern in enumerate(patterns)))
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    found = subprocess.run([str(program), "scan", "--rule", str(theirs), "--threads", "1", "--json=compact", *map(str, files)], capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    took = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    stages, head, _ = engine_run(files, ours, 3)
    check = stages["check by rules"][0]
    say(f"\n### {len(patterns)} patterns in both, over {len(files)} files of the standard library, one thread\n\n| | findings | s | ratio |\n|---|---|---|---|")
    say(f"| cordon, to findings | {head.split(', ')[-1].split()[0]} | {check:.2f} | 1.00 |")
    say(f"| ast-grep scan, whole process | {len(json.loads(found.stdout or b'[]'))} | {took:.2f} | {took / check:.1f} |")


def gateway():
    """What a request costs through the gateway, with a secret and without one."""
    import gateway_requests
    table("A request of a program in a cell and its answer, the server on loopback", gateway_requests.measure(PROGRAM), "direct")


def plot(path):
    """Bars on a logarithmic axis; no library is needed for so little."""
    import math
    width, row, left = 900, 22, 420
    low, high = math.log10(min(value for _, value in bars)), math.log10(max(value for _, value in bars))
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{row * len(bars) + 30}" font-family="sans-serif" font-size="12">',
             '<rect width="100%" height="100%" fill="white"/>']
    for number, (name, value) in enumerate(bars):
        y, length = 10 + row * number, 10 + (width - left - 90) * (math.log10(value) - low) / (high - low or 1)
        color = "#2b6cb0" if "cordon" in name or "Warm" in name else "#a0aec0"
        name = name.replace("&", "&amp;").replace("<", "&lt;")
        parts.append(f'<text x="{left - 8}" y="{y + 13}" text-anchor="end">{name}</text><rect x="{left}" y="{y}" width="{length:.1f}" '
                     f'height="{row - 6}" fill="{color}"/><text x="{left + length + 6:.1f}" y="{y + 13}">{value:.2f} ms</text>')
    path.write_text("\n".join(parts) + f'\n<text x="{left}" y="{row * len(bars) + 24}">median milliseconds, logarithmic</text></svg>\n')


def main():
    say("# Measured\n\nWritten by `make bench`. Compare ratios within a table, not times between machines.\n")
    say(f"{platform.system()} {platform.release()}, {os.cpu_count()} processors, Python {platform.python_version()}, Node "
        f"{subprocess.run([NODE, '--version'], capture_output=True, text=True).stdout.strip()}, cordon {cordon.version()}; load "
        f"{os.getloadavg()[0]:.1f} at the start; {ROUNDS} rounds. `result.layers`: "
        f"{json.dumps(cordon.run('1').details['layers'])}.")
    parts = (cold_check, throughput, engine, against_ast_grep, cold_run, warm_run, sustained, concurrent, layers, everything_on, steady, gateway)
    wanted = os.environ.get("BENCH_PARTS", "").split()
    for part in parts:
        if not wanted or part.__name__ in wanted:
            part()
    if wanted:
        return
    if broken:
        say(f"\nInstalled, but does not run here, so not measured: {', '.join(broken)}.")
    if missing:
        say(f"\nNot installed here, so not measured: {', '.join(sorted(set(missing)))}.")
    (root / "bench/RESULTS.md").write_text("\n".join(lines) + "\n\n![bars](results.svg)\n")
    plot(root / "bench/results.svg")


in_a_group(main)
