import sys
data = sys.stdin.buffer.read(3)
print(data, sys.stdin.buffer.readline(), sys.stdin.buffer.peek()[:3], sys.stdin.buffer.read())
