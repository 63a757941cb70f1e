import os, sys
print(sys.argv)
print(__name__, os.path.isabs(__file__), os.path.basename(__file__))
print(os.path.dirname(__file__) == sys.path[0] == os.getcwd())
print(__doc__, __package__, __spec__, type(__loader__).__name__)
print(sorted(k for k in globals() if k.startswith("__")))
print(sys.modules["__main__"].__dict__ is globals())
