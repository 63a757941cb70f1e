import atexit
atexit.register(print, "first registered, last run")
@atexit.register
def second():
    print("second")
atexit.register(lambda **k: print("third", k), a=1)
atexit.unregister(second)
print("main ends")
