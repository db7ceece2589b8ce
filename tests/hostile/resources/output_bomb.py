# outside: no, limit: output
while True:
    print("x" * 10000)
