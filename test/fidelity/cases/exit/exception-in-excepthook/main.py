import sys
def hook(t, v, tb):
    print("hook", t.__name__, v, file=sys.stderr)
    raise TypeError("the hook fails")
sys.excepthook = hook
raise ValueError("original")
