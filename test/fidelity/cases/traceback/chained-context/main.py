try:
    try:
        int("x")
    except ValueError:
        open("/no/such/file")
except FileNotFoundError:
    raise RuntimeError("third")
