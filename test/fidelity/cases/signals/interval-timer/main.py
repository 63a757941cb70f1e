import signal, time
count = []
signal.signal(signal.SIGALRM, lambda n, f: count.append(n))
print(signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02))
while len(count) < 3:
    time.sleep(0.01)
print(signal.setitimer(signal.ITIMER_REAL, 0)[1], signal.getitimer(signal.ITIMER_REAL))
