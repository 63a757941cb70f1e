import sys
print(repr(sys.stdin.readline(2)), repr(sys.stdin.readline()))
print(repr(sys.stdin.read(2)), repr(sys.stdin.readlines()))
print(repr(sys.stdin.read()), repr(sys.stdin.readline()))
