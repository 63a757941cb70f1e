from lazy import *
print(sorted(n for n in dir() if not n.startswith("__")))
import lazy
print(lazy.computed)
try:
    lazy.absent
except AttributeError as e:
    print(e)
