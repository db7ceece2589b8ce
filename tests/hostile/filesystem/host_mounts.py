text = open("/proc/self/mountinfo").read()
# Mounts of the host: its root file system's device, its control groups.
print("ESCAPED: host mounts" if "cgroup" in text or "sysfs" in text else "stopped: none")
