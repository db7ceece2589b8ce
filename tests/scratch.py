"""A folder of a test's own, which goes when the test ends."""
import atexit
import pathlib
import shutil
import tempfile


def scratch(name):
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"cordon-{name}-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
