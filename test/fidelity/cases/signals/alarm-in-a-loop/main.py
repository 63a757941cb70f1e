import signal
fired = []
signal.signal(signal.SIGALRM, lambda n, f: fired.append(n))
signal.alarm(1)
n = 0
while not fired:
    n += 1
print(fired == [signal.SIGALRM], n > 0)
