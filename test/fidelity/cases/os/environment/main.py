import os
os.environ["FIDELITY"] = "1"
print(os.environ["FIDELITY"], os.getenv("ABSENT", "default"), "ABSENT" in os.environ)
del os.environ["FIDELITY"]
try:
    os.environ["FIDELITY"]
except KeyError as e:
    print(repr(e))
try:
    os.environ["A"] = 1
except TypeError as e:
    print(e)
print(os.path.expandvars("$NOPE-${HOME}") == "$NOPE-" + os.environ["HOME"], os.path.expanduser("~") == os.environ["HOME"])
