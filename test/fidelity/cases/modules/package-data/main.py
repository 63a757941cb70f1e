import importlib.resources as r, pkgutil
print(r.files("pkg").joinpath("data.txt").read_text(), pkgutil.get_data("pkg", "sub/more.bin"))
print(r.read_text("pkg", "data.txt") == r.files("pkg").joinpath("data.txt").read_text(encoding="utf-8"))
with r.as_file(r.files("pkg") / "data.txt") as p:
    print(p.name, p.read_bytes())
try:
    pkgutil.get_data("pkg", "absent")
except OSError as e:
    print(e.errno, e.strerror)
