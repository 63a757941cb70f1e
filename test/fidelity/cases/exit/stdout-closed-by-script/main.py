import sys
print("one")
sys.stdout.close()
try:
    print("two")
except ValueError as e:
    print(e, file=sys.stderr)
