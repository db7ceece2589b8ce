# outside: no, limit: files
kept = []
while True:
    kept.append(open("/program/main.py"))
