def f(a, b):
    x = (a + 1) / (b - b)
    return x
print(f(1, 2) + 3)
