import os, tempfile
p = os.path.join(tempfile.mkdtemp(), "f")
with open(p, "w+") as f:
    print(f.write("abc\ndef\n"), f.tell(), f.seek(4), repr(f.read()))
with open(p, "a+b") as f:
    f.write(b"\x00end")
    print(f.tell(), f.seek(0), f.readlines())
with open(p, "r+b") as f:
    f.seek(2); f.write(b"XY"); f.truncate(6); f.seek(0)
    print(f.read(), f.seek(0, 2))
    f.seek(10); f.write(b"!")
print(open(p, "rb").read(), os.path.getsize(p))
with open(p, "w", newline="") as f:
    f.write("a\r\nb\rc\n")
print(repr(open(p).read()), repr(open(p, newline="").read()))
fd = os.open(p, os.O_RDWR)
print(os.pread(fd, 3, 1), os.pwrite(fd, b"Z", 0), os.lseek(fd, 0, os.SEEK_CUR))
os.close(fd)
