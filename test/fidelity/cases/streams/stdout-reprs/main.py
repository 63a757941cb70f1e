import sys
print(sys.stdin, sys.stdout, sys.stderr, sep="\n")
print(sys.stdout.buffer, sys.stdin.buffer.raw, sep="\n")
