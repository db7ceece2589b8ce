#!/usr/bin/env python3
"""What a run with everything on costs against bare bubblewrap starting the same interpreter, as a ratio of medians.

    bench/cell.py build/cordon [PAIRS]

The check is in the ratio; bench/cell.c measures the cell alone."""
import statistics
import subprocess
import sys
import tempfile
import time


def seconds(command):
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


with tempfile.NamedTemporaryFile("w", suffix=".py") as program:
    program.write("print(1)\n")
    program.flush()
    bare = ["bwrap", "--unshare-all", "--ro-bind", "/usr", "/usr", "--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64",
            "/lib64", "--proc", "/proc", "--dev", "/dev", "--ro-bind", program.name, "/main.py", "/usr/bin/python3", "-I", "-B",
            "-Xutf8", "/main.py"]
    pairs = [(seconds(bare), seconds([sys.argv[1], "run", program.name])) for _ in range(int((sys.argv + ["40"])[2]))]
print(f"ratio {statistics.median(p[1] for p in pairs) / statistics.median(p[0] for p in pairs):.2f}")
