# outside: no, limit: disk
n = 0
while True:
    n += 1
    try:
        open(f"f{n}", "wb").write(bytes(1 << 20))
    except OSError:
        pass
