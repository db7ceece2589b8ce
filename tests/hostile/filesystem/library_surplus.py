# libraries of the host that no runtime needs
import glob
found = [p for p in glob.glob("/usr/lib/*/lib*.so*") if any(n in p for n in ("seccomp", "systemd", "pam", "perl", "apt-pkg", "cmocka"))]
print("ESCAPED:" if found else "stopped: none", found[:3])
