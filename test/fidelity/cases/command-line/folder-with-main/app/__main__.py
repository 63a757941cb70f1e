import sys
from helper import greet
print(__name__, repr(__package__), [x if x == "a" else x.rpartition("/")[2] for x in sys.argv])
greet()
