# the host's accounts
print("ESCAPED: passwd" if "root:" in open("/etc/passwd").read() else "stopped: not the host's")
