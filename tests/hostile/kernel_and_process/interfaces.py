# network interfaces other than an unusable loopback
import os
names = [l.split(":")[0].strip() for l in open("/proc/net/dev").readlines()[2:]]
routes = open("/proc/net/route").readlines()[1:]
print("ESCAPED:" if names != ["lo"] or routes else "stopped:", names)
