import signal, time
count = []
signal.signal(signal.SIGALRM, lambda n, f: count.append(n))
signal.alarm(1)
t = time.monotonic()
time.sleep(1.2)
print(len(count), time.monotonic() - t >= 1.199)
