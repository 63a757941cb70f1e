import mmap, os, tempfile
with tempfile.TemporaryFile() as f:
    f.write(b"hello mapped world"); f.flush()
    with mmap.mmap(f.fileno(), 0, access=mmap.ACCESS_READ) as m:
        print(m[6:12], m.find(b"world"), len(m))
with mmap.mmap(-1, 16) as m:
    m[:3] = b"abc"
    print(m[:5])
