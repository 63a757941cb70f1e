import atexit, os, sys
atexit.register(print, "never")
sys.stdout.write("flushed by hand\n")
sys.stdout.flush()
sys.stdout.write("lost")
os._exit(8)
