try:
    raise ExceptionGroup("g", [ValueError(1), TypeError(2), OSError(2, "gone")])
except* ValueError as g:
    print("values", g.exceptions)
except* OSError as g:
    print("os", g.exceptions[0].errno)
