# a link in the scratch folder to a file of the host
import os
import tempfile
link = os.path.join(tempfile.mkdtemp(), "link")
os.symlink("/etc/hostname", link)
try:
    print("ESCAPED:", open(link).read())
except OSError as e:
    print("stopped:", e)
