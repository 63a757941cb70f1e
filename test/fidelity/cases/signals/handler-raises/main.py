import signal
class Stop(Exception): pass
def handler(n, f):
    raise Stop(n)
signal.signal(signal.SIGTERM, handler)
try:
    signal.raise_signal(signal.SIGTERM)
except Stop as e:
    print("stopped", e)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.raise_signal(signal.SIGTERM)
print("ignored")
