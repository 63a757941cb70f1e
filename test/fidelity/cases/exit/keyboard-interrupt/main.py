import signal
try:
    signal.raise_signal(signal.SIGINT)
except KeyboardInterrupt as e:
    print("caught", repr(e))
def work():
    signal.raise_signal(signal.SIGINT)
work()
