class Noisy:
    def __init__(self, name):
        self.name = name
    def __del__(self):
        print("del", self.name)
import atexit
atexit.register(print, "atexit")
a = Noisy("a")
b = Noisy("b")
del a
c = [Noisy("c")]
print("main ends")
