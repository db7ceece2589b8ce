# What is left of the rights with which the cell was made. An ordinary user has none outside either.
sets = {line.split(":")[0]: int(line.split()[1], 16) for line in open("/proc/self/status") if line.startswith("Cap")}
print("ESCAPED:" if any(sets.values()) else "stopped: none", sets)
