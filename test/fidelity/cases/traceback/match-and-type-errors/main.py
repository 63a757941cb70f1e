for f in (lambda: 1 + "a", lambda: "a" + 1, lambda: [] < {}, lambda: None(), lambda: len(5), lambda: {}[[]], lambda: (1)[0], lambda: int("12x"), lambda: [1][4], lambda: next(iter(())), lambda: "a".join([1]), lambda: object().x, lambda: abs("x"), lambda: float("nan").as_integer_ratio(), lambda: 10 ** -1 % 0, lambda: chr(-1), lambda: bytes([256]), lambda: "%d" % "x", lambda: "{a}".format(), lambda: iter(3), lambda: (lambda: 0)(1), lambda: isinstance(1, 1), lambda: super().x, lambda: open(1.5), lambda: range(1.0), lambda: memoryview(3), lambda: set([[]])):
    try:
        f()
    except Exception as e:
        print(f"{type(e).__name__}: {e}")
