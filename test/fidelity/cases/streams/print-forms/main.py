import sys, io
print()
print(1, 2.0, None, "x", sep="-", end="!\n")
print(*[1, 2], sep="\n", flush=True)
buffer = io.StringIO()
print("captured", file=buffer)
print(repr(buffer.getvalue()))
print("to stderr", file=sys.stderr)
print("no newline", end="")
