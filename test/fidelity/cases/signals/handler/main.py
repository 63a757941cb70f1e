import signal
def handler(number, frame):
    print(signal.Signals(number).name, frame.f_code.co_name)
print(signal.signal(signal.SIGUSR1, handler) is signal.SIG_DFL)
def work():
    signal.raise_signal(signal.SIGUSR1)
work()
print(signal.getsignal(signal.SIGUSR1) is handler, signal.getsignal(signal.SIGINT) is signal.default_int_handler)
