def deco(f):
    def wrapper(*a):
        return f(*a)
    return wrapper
class C:
    @deco
    @staticmethod
    def m(x):
        return x.upper()
C.m(3)
