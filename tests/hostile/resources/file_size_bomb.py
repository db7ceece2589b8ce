# outside: no, limit: file_size
with open("big", "wb") as out:
    while True:
        out.write(bytes(1 << 20))
