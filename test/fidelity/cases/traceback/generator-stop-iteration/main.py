def g():
    yield 1
    raise StopIteration("leaks")
list(g())
