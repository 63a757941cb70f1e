f = lambda xs: [10 // x for x in xs]
print({k: f(v) for k, v in {"a": [1, 0]}.items()})
