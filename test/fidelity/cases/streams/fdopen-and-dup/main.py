import os
copy = os.dup(1)
with os.fdopen(copy, "w") as f:
    print(f.write("through a copy\n"), f.fileno() > 2)
try:
    os.write(copy, b"x")
except OSError as e:
    print(e)
