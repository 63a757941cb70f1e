def f():
    raise RuntimeError("no one catches this")
f()
