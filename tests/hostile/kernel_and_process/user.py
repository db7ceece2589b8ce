# being a user with rights: root, or the caller
import os
caller = os.environ.get("CORDON_TEST_UID")
capabilities = [l for l in open("/proc/self/status") if l.startswith("CapEff")][0].split()[1]
print("ESCAPED: caller" if caller is not None else f"stopped: uid {os.getuid()} capabilities {capabilities}")
if os.getuid() == 0 or (caller is None and int(capabilities, 16)):
    print("ESCAPED: rights")
