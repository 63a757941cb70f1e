class Meta(type):
    def __new__(m, name, bases, ns, **kw):
        print("new", name, kw); return super().__new__(m, name, bases, ns)
    def __call__(cls, *a):
        print("call"); return super().__call__(*a)
class A(metaclass=Meta, flag=1):
    def __init_subclass__(cls, **kw): print("sub", cls.__name__)
    def __class_getitem__(cls, i): return (cls.__name__, i)
class B(A): pass
print(A[3], B.mro()[:2], type(B()).__name__)
try:
    class C(int, str): pass
except TypeError as e:
    print(e)
class D:
    def __set_name__(self, owner, name): print("set_name", name)
    def __get__(self, o, t=None): return "got"
class E:
    d = D()
    __slots__ = ("z",)
print(E().d)
try:
    E().y = 1
except AttributeError as e:
    print(e)
match {"k": [1, 2, {"z": 3}]}:
    case {"k": [1, *rest, {"z": z}]} if z > 2:
        print(rest, z)
