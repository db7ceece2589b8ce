# a dump of memory may be asked for
import resource
hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
print("ESCAPED: a limit of" if hard != 0 else "stopped: none, at most", hard)
