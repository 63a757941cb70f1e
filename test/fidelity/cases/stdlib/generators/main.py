def g():
    try:
        x = yield 1
        print("got", x)
        yield from (i * i for i in range(3))
        return "result"
    except GeneratorExit:
        print("closed"); raise
    finally:
        print("finally")
a = g(); print(next(a), a.send("s"), list(a))
b = g(); next(b); b.close()
c = g(); next(c)
try:
    c.throw(ValueError("thrown"))
except ValueError as e:
    print("out", e)
def outer():
    r = yield from g()
    print("inner returned", r)
print(list(outer()))
