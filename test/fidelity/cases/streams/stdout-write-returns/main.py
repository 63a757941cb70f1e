import sys
n = sys.stdout.write("héllo\n")
m = sys.stdout.buffer.write("héllo\n".encode())
print(n, m, sys.stderr.write(""))
