#!/usr/bin/env python3
"""Drives the hostile suite: see README.md. Speaks TAP. A probe that cannot be tried is a failure. An ordinary user
has not all of root's ways: what nobody but root can show outside is tried inside, and left out of the count, by name."""
import functools
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

here = pathlib.Path(__file__).parent
program = os.environ["CORDON"]
folder = pathlib.Path(tempfile.mkdtemp(prefix="cordon-hostile-"))
folder.chmod(0o755)
shutil.copy(program, folder / "cordon")
(folder / "cordon").chmod(0o755)
for user in ("us", "nobody"):  # each has an audit log
    (folder / user).mkdir()
    (folder / user).chmod(0o777)
secret = {**os.environ, "CORDON_TEST_SECRET": "s3cr3t-value", "CORDON_TEST_UID": str(os.getuid())}


def directives(path):
    first = path.read_text().splitlines()[0]
    return dict(re.findall(r"(outside|limit|ended|allow): (\w+)", first))


def command_for(path):
    """How the attempt is started outside."""
    if path.suffix == ".c":
        binary = folder / (path.stem + ".bin")
        subprocess.run(["cc", "-O1", "-static", "-w", "-o", binary, path], check=True)
        binary.chmod(0o755)
        return (str(binary),), binary
    return ("/usr/bin/python3" if path.suffix == ".py" else "node", str(path)), None


def inside_program(path, binary):
    """The program that makes the attempt in the cell; a binary is started by Python."""
    if not binary:
        return path, []
    starter = folder / (path.stem + "_start.py")
    starter.write_text(f"import os\nos.execv({str(binary)!r}, [{str(binary)!r}])\n")
    starter.chmod(0o644)
    return starter, ["--allow-exec", str(binary)]


@functools.cache
def tried_outside(command):
    """Once for all passes. As the user who runs the suite; what only an unprivileged user is denied is tried as root where that is
    us, and as the root of namespaces of its own, which any user may become, where not."""
    said = said_outside(command)
    if "ESCAPED" not in said and os.getuid() != 0:
        said = said_outside(("unshare", "--user", "--map-root-user", "--mount", "--net", *command))
    return said


def said_outside(command):
    work = tempfile.mkdtemp(dir=folder)
    extra = os.open("/dev/null", os.O_RDONLY)  # what a careless caller leaves open
    done = subprocess.run(command, env=secret, cwd=work, capture_output=True, text=True, timeout=60,
                          stdin=subprocess.DEVNULL, pass_fds=[extra])
    os.close(extra)
    return done.stdout + done.stderr


def tried_inside(path, options, as_nobody, wanted):
    command = [str(folder / "cordon"), "run", "--gate", "warn", "--format", "json", "--cpu", "2s", "--timeout",
               "6s" if wanted.get("limit") == "wall" else "60s", *options, str(path)]
    if as_nobody:
        command = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "--", *command]
    environment = {**secret, "XDG_STATE_HOME": str(folder / ("nobody" if as_nobody else "us"))}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL)
    return json.loads(done.stdout)


def tried_waiting(pool, path, wanted):
    """In a cell that was booted before and waited for it."""
    language = "python" if path.suffix == ".py" else "javascript"
    limits = {"cpu": "2s", "wall": "6s" if wanted.get("limit") == "wall" else "60s"}
    pool.warm(language, 1, limits=limits, timeout_ms=60000)
    done = pool.run(path.read_bytes(), language, path=path.name, run_rejected=True, limits=limits)
    assert done.warm, "it did not run in a cell that waited"
    return {"verdict": {"errors": []},
            "result": {"stdout": done.stdout, "stderr": done.stderr, "ended": done.ended, "limit": done.limit}}


def verdict_inside(record, wanted):
    result = record["result"]
    said = result["stdout"] + result["stderr"]
    if record["verdict"]["errors"]:
        return "cordon failed: " + record["verdict"]["errors"][0]["message"]
    if "ESCAPED" in result["stdout"]:
        return "escaped: " + said[:300]
    if "limit" in wanted and (result["ended"], result["limit"]) != ("limit", wanted["limit"]):
        return f"ended {result['ended']} {result['limit']}, not at the limit {wanted['limit']}: {said[:200]}"
    if "ended" in wanted and result["ended"] != wanted["ended"]:
        return f"ended {result['ended']}: {said[:200]}"
    if not wanted and "stopped" not in result["stdout"]:
        return f"said neither: {result['ended']} {result['limit']} {said[:300]}"
    return None


def attempt(path, as_nobody, pool=None):
    """Why it was not stopped, or None; and whether it proves nothing though it was."""
    wanted = directives(path)
    command, binary = command_for(path)
    is_unproven = False
    if wanted.pop("outside", "yes") != "no":
        said = tried_outside(command)
        if "ESCAPED" not in said:
            if os.getuid() == 0:
                return "the probe does not work outside: " + said[:300], False
            is_unproven = True
    if pool:
        return verdict_inside(tried_waiting(pool, path, wanted), wanted), is_unproven
    source, options = inside_program(path, binary)
    if "allow" in wanted:
        options += ["--allow", wanted.pop("allow")]
    copy = folder / source.name
    if copy != source:
        shutil.copy(source, copy)
    copy.chmod(0o644)
    return verdict_inside(tried_inside(copy, options, as_nobody, wanted), wanted), is_unproven


def main():
    only = sys.argv[1] if len(sys.argv) > 1 else ""  # a part of the name, for who writes an attempt
    attempts = sorted(p for p in here.glob("*/*") if p.suffix in (".py", ".js", ".c") and only in str(p))
    users = {"this user": (False, None)}
    if os.getuid() == 0:
        users["an unprivileged user"] = (True, None)
    if "CORDON_LIBRARY" in os.environ:
        os.environ.update(secret)
        import cordon
        users["a job of a waiting cell"] = (False, cordon.Pool(cells=2))
    grants = {path for path in attempts if path.suffix == ".c" or "allow" in directives(path)}  # not what waits
    tried = [(who, path) for who, (_, pool) in users.items() for path in attempts if not (pool and path in grants)]
    number, left_out = 0, set()
    for who, path in tried:
        as_nobody, pool = users[who]
        is_unproven = False
        try:
            fault, is_unproven = attempt(path, as_nobody, pool)
        except Exception as error:  # a driver that fails is an attempt not stopped
            fault = repr(error)
        name = f"{path.relative_to(here)} as {who}"
        if is_unproven and not fault:
            left_out.add(path)
            print(f"# stopped, and not counted: only root can show outside {name}", flush=True)
            continue
        number += 1
        print(f"{'not ok' if fault else 'ok'} {number} - {name}", flush=True)
        if fault:
            print("# " + fault.replace("\n", "\n# "))
    shutil.rmtree(folder, ignore_errors=True)
    print(f"1..{number}")
    print(f"# {len(attempts) - len(left_out)} attempts, {number} tries: as {', '.join(users)}; {len(left_out)} more are root's alone")


main()
