import inspect
def f(x):
    # a comment
    return x
print(inspect.getsource(f), inspect.signature(f), inspect.getsourcelines(f)[1])
print(inspect.getsourcefile(f) == __file__)
