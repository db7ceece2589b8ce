#!/usr/bin/env python3
"""Two hundred cells at once: each ends as it should, with what its own program said. Speaks TAP."""
import concurrent.futures
import json
import os
import subprocess
import sys
import tempfile

COUNT = int(os.environ.get("CORDON_LOAD_CELLS", "200"))
folder = tempfile.TemporaryDirectory(prefix="cordon-load-")
program = os.path.join(folder.name, "p.py")
with open(program, "w") as out:
    out.write("import os, sys\nopen('mine', 'w').write(sys.argv[1])\nassert os.listdir('.') == ['mine']\n"
              "print(sum(range(int(sys.argv[1]))), open('mine').read())\nsys.exit(int(sys.argv[1]) % 7)\n")


def run(number):
    done = subprocess.run([os.environ["CORDON"], "run", "--gate", "warn", "--format", "json", "--timeout", "300s", "--cpu", "60s",
                           "--log", f"{folder.name}/log{number}", program, "--", str(number)],
                          capture_output=True, text=True, stdin=subprocess.DEVNULL)
    answer = json.loads(done.stdout)
    result = answer["result"]
    wanted = ("exited", number % 7, f"{sum(range(number))} {number}\n")
    got = (result["ended"], result["exit_code"], result["stdout"])
    return None if got == wanted else f"{number}: {got} {answer['verdict']['errors']} {result['stderr'][-200:]}"


with concurrent.futures.ThreadPoolExecutor(COUNT) as pool:
    faults = [fault for fault in pool.map(run, range(COUNT)) if fault]
print("1..1")
print(f"{'not ok' if faults else 'ok'} 1 - {COUNT} cells at once, each with its own result")
for fault in faults[:10]:
    print("# " + fault)
sys.exit(bool(faults))
