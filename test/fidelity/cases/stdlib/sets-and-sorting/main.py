s = {5, 1, 3}; t = {3, 4}
print(sorted(s | t), sorted(s & t), sorted(s - t), sorted(s ^ t), s >= {1}, frozenset([2]), set(), sorted({"b", "a"}))
print(sorted("banana", key=str.upper, reverse=True), sorted([(1, "b"), (1, "a")]), min([], default=None), max("a", "b", key=ord))
try:
    sorted([1, "a"])
except TypeError as e:
    print(e)
d = {"x": 1} | {"y": 2}; d.update(x=3); print(d, list(reversed(d)), d.setdefault("z", 0), dict.fromkeys("ab"))
try:
    for k in d:
        d[k + k] = 1
except RuntimeError as e:
    print(e)
