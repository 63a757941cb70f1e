import os, sys
print(__name__, __package__ == "", __spec__.name, [os.path.relpath(sys.argv[0])] + sys.argv[1:], sys.path[0] == os.getcwd(), os.path.isabs(__file__))
import neighbour
print(neighbour.x)
