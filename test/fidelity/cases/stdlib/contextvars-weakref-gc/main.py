import contextvars, gc, weakref
v = contextvars.ContextVar("v")
t = v.set(1)
print(v.get(), contextvars.copy_context()[v]); v.reset(t)
try:
    v.get()
except LookupError as e:
    print(type(e).__name__)
class Node: pass
a, b = Node(), Node()
a.o, b.o = b, a
r = weakref.ref(a, lambda _: print("collected"))
weakref.finalize(b, print, "finalized b")
gc.disable(); gc.collect()
del a, b
print(r() is not None, gc.collect() >= 2, r())
d = weakref.WeakValueDictionary()
x = d["k"] = Node()
print(list(d)); del x; print(list(d))
n = Node(); weakref.finalize(n, print, "at exit")
