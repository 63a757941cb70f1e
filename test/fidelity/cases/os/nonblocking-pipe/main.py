import os
r, w = os.pipe()
print(os.get_blocking(r))
os.set_blocking(r, False)
try:
    os.read(r, 1)
except BlockingIOError as e:
    print(e.errno, e)
os.close(w)
print(os.read(r, 1))
