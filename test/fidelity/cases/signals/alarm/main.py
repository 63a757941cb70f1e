import signal, time
def handler(n, f):
    raise TimeoutError("alarm")
signal.signal(signal.SIGALRM, handler)
print(signal.alarm(1))
t = time.monotonic()
try:
    time.sleep(10)
except TimeoutError as e:
    print(e, time.monotonic() - t < 5)
print(signal.alarm(30), signal.alarm(0) in (29, 30), signal.alarm(0))
