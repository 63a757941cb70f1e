def f(a, b, /, c, *, d): pass
for args, kw in [((), {}), ((1, 2, 3), {}), ((1, 2, 3, 4), {"d": 1}), ((1, 2), {"c": 1, "d": 2, "e": 3}), ((1,), {"b": 2, "c": 3, "d": 4})]:
    try:
        f(*args, **kw)
    except TypeError as e:
        print(e)
f(1)
