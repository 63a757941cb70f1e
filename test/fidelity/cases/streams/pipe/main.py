import os
r, w = os.pipe()
os.write(w, b"through a pipe")
os.close(w)
with os.fdopen(r) as f:
    print(f.read())
