import threading, queue, contextlib
print(threading.current_thread().name, threading.main_thread() is threading.current_thread(), threading.active_count())
lock = threading.RLock()
with lock, lock:
    print("reentrant")
l = threading.Lock()
print(l.acquire(), l.acquire(blocking=False), l.acquire(timeout=0.01), l.release(), l.locked())
e = threading.Event(); print(e.wait(0.01), e.set(), e.wait())
q = queue.Queue(); q.put(1); print(q.get(), q.empty())
try:
    q.get(timeout=0.01)
except queue.Empty as x:
    print(type(x).__name__)
local = threading.local(); local.x = 1; print(local.x)
@contextlib.contextmanager
def cm():
    print("in"); yield 5; print("out")
with cm() as x: print(x)
