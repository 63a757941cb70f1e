import sys
class D:
    def __del__(self):
        def f(): return f()
        try:
            f()
        except RecursionError as e:
            print(type(e).__name__)
D()
