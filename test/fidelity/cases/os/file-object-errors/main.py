import io, tempfile, os
def attempt(f):
    try:
        print("no error", f())
    except Exception as e:
        print(type(e).__name__, str(e).replace(d, "DIR"))
with tempfile.TemporaryDirectory() as d:
    p = os.path.join(d, "f")
    w = open(p, "w")
    attempt(w.read)
    w.close()
    attempt(lambda: w.write("x"))
    r = open(p)
    attempt(lambda: r.write("x"))
    attempt(lambda: r.seek(-1))
    attempt(lambda: r.seek(1, 1))
    r.close()
    attempt(r.fileno)
    attempt(lambda: open(p, "q"))
    attempt(lambda: open(p, "rb", encoding="utf-8"))
    attempt(lambda: open(p, "w", buffering=0))
    attempt(lambda: open("a\0b"))
    attempt(lambda: open(""))
    attempt(lambda: open(p, encoding="nope"))
    attempt(lambda: os.open(p, os.O_CREAT | os.O_EXCL))
    open(p, "wb").write(b"\xff")
    attempt(lambda: open(p, encoding="utf-8").read())
