import os, tempfile
with tempfile.NamedTemporaryFile("w+", suffix=".txt", delete=True) as f:
    f.write("x"); f.flush()
    name = f.name
    print(os.path.exists(name), name.endswith(".txt"), os.path.dirname(name) == tempfile.gettempdir())
print(os.path.exists(name))
with tempfile.SpooledTemporaryFile(max_size=4) as s:
    s.write(b"ab"); a = s._rolled; s.write(b"cdef"); print(a, s._rolled, s.seek(0), s.read())
with tempfile.TemporaryDirectory(prefix="p-") as d:
    print(os.path.basename(d).startswith("p-"), os.listdir(d))
print(os.path.exists(d), tempfile.gettempdir())
