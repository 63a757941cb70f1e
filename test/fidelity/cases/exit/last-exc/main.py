import atexit, sys
@atexit.register
def see():
    print(type(sys.last_exc).__name__, sys.last_value, sys.exc_info())
1 // 0
