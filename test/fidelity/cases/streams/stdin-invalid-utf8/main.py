import sys
print(sys.stdin.errors, sys.stdin.encoding)
for line in sys.stdin:
    print(ascii(line))
