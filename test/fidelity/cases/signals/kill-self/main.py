import os, signal
signal.signal(signal.SIGUSR2, lambda n, f: print("got", n))
os.kill(os.getpid(), signal.SIGUSR2)
print("after")
