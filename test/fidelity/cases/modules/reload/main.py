import importlib, counter
counter.n = 10
print(importlib.reload(counter) is counter, counter.n)
