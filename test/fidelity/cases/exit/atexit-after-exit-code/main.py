import atexit, sys
atexit.register(lambda: print("atexit sees the exit"))
sys.exit(6)
