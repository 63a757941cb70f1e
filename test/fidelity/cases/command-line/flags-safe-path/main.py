import os, sys
print(sys.flags.safe_path, os.getcwd() in sys.path)
try:
    import neighbour
except ModuleNotFoundError as e:
    print(e.name, e, e.path)
