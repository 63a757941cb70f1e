import sys
def hook(u):
    print(u.exc_type.__name__, u.exc_value, u.err_msg, u.object)
sys.unraisablehook = hook
class D:
    def __del__(self):
        raise KeyError("x")
D()
