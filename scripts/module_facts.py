#!/usr/bin/env python3
"""Makes grammars/modules/python.txt: which modules the standard library has, and which names each of them has, in any
supported version and on any system. A line is a module and its names; `*` stands for names that are not known.

    module_facts.py TYPESHED/stdlib >grammars/modules/python.txt

The names are those that the stubs declare and those that this interpreter has."""
import ast
import importlib
import pathlib
import pkgutil
import re
import sys
import warnings

UNCHECKED = {"antigravity", "this", "idlelib", "lib2to3", "turtledemo", "test", "ensurepip", "pydoc_data", "__main__", "sitecustomize", "usercustomize"}
warnings.simplefilter("ignore")


def declared(body, names, stars):
    for node in body:
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Assign(targets=targets):
                names |= {n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)}
            case ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
            case ast.If(body=one, orelse=other):
                declared(one, names, stars)
                declared(other, names, stars)
            case ast.Try(body=one):
                declared(one, names, stars)
            case ast.Import(names=aliases):
                names |= {a.name for a in aliases if a.asname == a.name}
            case ast.ImportFrom(names=aliases, module=module, level=level):
                if aliases[0].name == "*":
                    stars.append((level, module))
                else:
                    names |= {a.name for a in aliases if a.asname == a.name}  # what a stub hands on


def stub_of(folder, module):
    path = folder.joinpath(*module.split("."))
    for candidate in (path / "__init__.pyi", path.with_suffix(".pyi")):
        if candidate.exists():
            return candidate
    return None


def stub_names(folder, module, seen):
    stub = stub_of(folder, module)
    if not stub or module in seen:
        return set()
    text = stub.read_text()
    names, stars = set(), []
    # newer syntax, by its names alone: `type X = ...`, `def f[T](...)`
    text = re.sub(r"^(\s*)type (\w+ =)", r"\1\2", text, flags=re.M)
    text = re.sub(r"(def|class) (\w+)\[[^\n(]*\](?=[(:])", r"\1 \2", text)
    declared(ast.parse(text).body, names, stars)
    for level, other in stars:
        base = module.split(".") if stub.name == "__init__.pyi" else module.split(".")[:-1]
        full = ".".join(([*base[: len(base) - level + 1], other] if level else [other]))
        names |= stub_names(folder, full, seen | {module})
    return names


def main():
    folder = pathlib.Path(sys.argv[1])
    modules = set(sys.stdlib_module_names) | {p.relative_to(folder).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
                                              for p in folder.rglob("*.pyi")}
    for name in sorted(modules & set(sys.stdlib_module_names) - UNCHECKED):
        try:
            package = importlib.import_module(name)
        except BaseException:
            continue
        if hasattr(package, "__path__"):
            modules |= {m.name for m in pkgutil.walk_packages(package.__path__, name + ".", onerror=lambda n: None)
                        if not {"test", "tests", "__main__"} & set(m.name.split("."))}
    for module in sorted(modules):
        top = module.split(".")[0]
        names = stub_names(folder, module, set())
        is_known = bool(names) and top not in UNCHECKED and not top.startswith("_") and "__getattr__" not in names
        try:
            found = importlib.import_module(module) if top not in UNCHECKED and not module.endswith("__main__") else None
        except BaseException:
            found = None
        names = {n for n in names if not n.startswith("_")}
        if found is not None:
            names |= set(dir(found))
            is_known |= not top.startswith("_") and top not in UNCHECKED
            is_known &= not hasattr(found, "__getattr__")
        names |= {m[len(module) + 1:].split(".")[0] for m in modules if m.startswith(module + ".")}
        names = {n for n in names if not n.startswith("__")}  # never judged
        print(module, *sorted(names) if is_known else "*")


main()
