import contextlib, io
out = io.StringIO()
with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()) as err:
    print("hidden")
    import sys
    print("also", file=sys.stderr)
print(repr(out.getvalue()), repr(err.getvalue()))
