"""The first thing that the Python of a cell runs: as sitecustomize, at the end of its start and before the program is opened. In
a cell that waits it takes one framed job. Then it is gone, as if the import had found nothing; the interpreter goes on to the
program by itself, with no frame of ours below it. The end of the stream, or of any part of the job, ends the cell without a
program."""
import posix
import sys

if hasattr(sys.modules["__main__"], "__file__"):  # the program itself asks for it: we are not there
    raise ModuleNotFoundError("No module named 'sitecustomize'", name="sitecustomize")


def take(size):
    parts = []
    while size:
        part = posix.read(3, size)
        if not part:
            posix._exit(125)
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def is_waiting():
    try:
        return posix.fstat(3).st_mode & 0o170000 == 0o140000  # the socket on which the job comes; otherwise nothing is there
    except OSError:
        return False


def job():
    statm = posix.open("/proc/self/statm", posix.O_RDONLY)
    pages = posix.read(statm, 128).split()
    posix.close(statm)
    posix.write(3, (int(pages[1]) - int(pages[2])).to_bytes(8, "little"))
    head = take(12)
    argument_count = int.from_bytes(head[4:8], "little")
    texts = take(int.from_bytes(head[8:12], "little")).split(b"\0")[:-1]
    if head[:4] != b"cell":
        posix._exit(125)
    posix.close(3)
    decode = sys.modules["os"].fsdecode
    for text in texts[:argument_count]:
        sys.argv.append(decode(text))
        sys.orig_argv.append(decode(text))
    environment = sys.modules["os"].environb
    for text in texts[argument_count:]:
        name, _, value = text.partition(b"=")
        environment[name] = value
        if name == b"TZ":
            sys.modules["time"].tzset()


# From here on as in a start without us: our folder is none, and the rest of the path was searched for this name.
sys.path_importer_cache[__file__.rpartition("/")[0]] = None
found = sys.meta_path[-1].find_spec("sitecustomize")
has_tools = "cordon.py" in posix.listdir(__file__.rpartition("/")[0])
# What the start has made lives as long as the interpreter: set aside, its end need not look through it for cycles, nor take it
# apart. Not what `sys` has: the standard streams, which are to be flushed when nobody has them any more.
import gc
kept = []
for module in sys.modules.values():
    if module is not sys:
        kept += module.__dict__.values()
kept.append(kept)
gc.freeze()
del sys.modules["gc"], gc, module, kept
if is_waiting():
    job()
if has_tools:
    posix.set_inheritable(4, False)
    del sys.path_importer_cache[__file__.rpartition("/")[0]]
# The interpreter asks first whether the program is an archive: it is not.
sys.path_importer_cache[sys.argv[0]] = None
if found:
    del sys.modules["sitecustomize"]
    import sitecustomize
else:
    raise ImportError("", name="sitecustomize")
