"""Build tool: what a Python of a cell runs first (runner/boot.py), as this version's bytecode, without its own name or time.

    compile_boot.py                 prints the version, "3.11"; nothing for one whose bytecode may still change
    compile_boot.py SOURCE OUTPUT   compiles"""
import py_compile
import sys

if len(sys.argv) == 1:
    print("%d.%d" % sys.version_info[:2] if sys.version_info.releaselevel == "final" and sys.implementation.name == "cpython" else "")
else:
    py_compile.compile(sys.argv[1], cfile=sys.argv[2], dfile="sitecustomize.py", doraise=True, optimize=2,
                       invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
