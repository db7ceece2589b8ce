"""Prime numbers below the number given, and how their gaps are spread. Computes, writes a file, reads it again."""
import json
import sys
from collections import Counter


def primes_below(limit):
    sieve = bytearray([1]) * limit
    sieve[:2] = b"\0\0"
    for number in range(2, int(limit**0.5) + 1):
        if sieve[number]:
            sieve[number * number :: number] = bytes(len(range(number * number, limit, number)))
    return [number for number in range(limit) if sieve[number]]


limit = int(sys.argv[1]) if len(sys.argv) > 1 else 100
primes = primes_below(limit)
gaps = Counter(after - before for before, after in zip(primes, primes[1:]))
with open("primes.json", "w") as out:
    json.dump({"primes": primes, "gaps": gaps}, out)
with open("primes.json") as saved:
    print(f"{len(json.load(saved)['primes'])} primes below {limit}; the most common gap is {gaps.most_common(1)[0][0]}")
