import os, signal
print(signal.getsignal(signal.SIGPIPE) is signal.SIG_IGN)
r, w = os.pipe()
os.close(r)
try:
    os.write(w, b"x")
except BrokenPipeError as e:
    print(e.errno, e)
