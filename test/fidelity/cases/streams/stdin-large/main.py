import sys, hashlib
first = sys.stdin.readline()
body = sys.stdin.read()
print(first, len(body), hashlib.sha256(body.encode()).hexdigest())
