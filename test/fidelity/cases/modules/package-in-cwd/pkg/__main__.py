import sys, os
from . import part
print(__name__, __package__, os.path.relpath(sys.argv[0]), sys.argv[1:], part.x)
