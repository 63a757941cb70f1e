import sys
total = 0
for line in sys.stdin:
    total += int(line)
    print(line.strip(), "->", total, flush=True)
print("sum", total, file=sys.stderr)
