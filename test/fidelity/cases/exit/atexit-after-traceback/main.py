import atexit
atexit.register(print, "after the traceback", flush=True)
raise KeyError("k")
