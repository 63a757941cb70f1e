from pathlib import Path, PurePosixPath, PureWindowsPath
import tempfile
d = Path(tempfile.mkdtemp())
p = d / "x" / "y.tar.gz"
p.parent.mkdir(parents=True)
print(p.write_text("héllo\n"), p.read_bytes(), p.suffixes, p.stem, p.relative_to(d), p.exists(), p.is_dir())
print([str(q.relative_to(d)) for q in sorted(d.rglob("*"))])
try:
    (d / "none").read_text()
except FileNotFoundError as e:
    print(e.errno, e.strerror, Path(e.filename).name)
print(PurePosixPath("a/../b").parts, PureWindowsPath("C:\\x\\y").as_posix(), PurePosixPath("/a/b").match("b"), Path("a") < Path("b"), repr(PurePosixPath("q")))
p.rename(d / "z"); (d / "z").unlink(); (d / "x").rmdir(); d.rmdir()
print(d.exists())
