import signal
print([(s.name, s.value) for s in (signal.SIGHUP, signal.SIGINT, signal.SIGALRM, signal.SIGTERM, signal.SIGUSR1, signal.SIGCHLD, signal.SIGPIPE)])
print(signal.strsignal(2), signal.strsignal(15), repr(signal.SIG_DFL), repr(signal.SIGINT))
for bad in (0, 100):
    try:
        signal.signal(bad, signal.SIG_IGN)
    except (ValueError, OSError) as e:
        print(type(e).__name__, e)
