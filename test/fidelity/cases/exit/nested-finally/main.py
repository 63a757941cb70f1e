import sys
def g():
    try:
        sys.exit(5)
    finally:
        print("finally in g")
def f():
    try:
        g()
    except Exception:
        print("not an Exception")
    finally:
        print("finally in f")
try:
    f()
except SystemExit as e:
    print("caught", e.code, e)
    raise
