import traceback, sys
def f():
    raise ValueError("shown")
try:
    f()
except ValueError:
    traceback.print_exc()
    traceback.print_exc(limit=1, file=sys.stdout)
    print(traceback.format_exc().splitlines()[-1])
traceback.print_stack(file=sys.stdout)
