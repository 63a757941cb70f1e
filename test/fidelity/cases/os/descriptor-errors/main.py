import os, tempfile
def attempt(f, *a):
    try:
        print("no error", f(*a))
    except OSError as e:
        print(type(e).__name__, e)
attempt(os.close, 999)
attempt(os.read, 999, 1)
attempt(os.write, 999, b"x")
attempt(os.fstat, 999)
attempt(os.dup, 999)
attempt(os.dup2, 999, 5)
attempt(os.lseek, 999, 0, 0)
attempt(os.ftruncate, 999, 0)
attempt(os.fdopen, 999)
attempt(os.fsync, 999)
with tempfile.TemporaryFile() as f:
    attempt(os.lseek, f.fileno(), -5, 0)
    attempt(os.ftruncate, f.fileno(), -1)
    attempt(os.lseek, f.fileno(), 0, 77)
r, w = os.pipe()
attempt(os.write, r, b"x")
attempt(os.read, w, 1)
attempt(os.lseek, r, 0, 0)
