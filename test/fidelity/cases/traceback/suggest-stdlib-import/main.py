def f():
    return maths.sqrt(2)
try:
    f()
except NameError as e:
    print(e.name)
print(json.dumps(1))
