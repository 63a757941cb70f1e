def f(x):
    if x is 1:
        return "\d"
    assert (x, "always true")
print(f(1))
