import glob, os, tempfile, fnmatch, shutil
d = tempfile.mkdtemp()
os.chdir(d)
for p in ("a/b/c.txt", "a/d.py", "e.txt", ".hidden", "a/[x].txt"):
    os.makedirs(os.path.dirname(p) or ".", exist_ok=True)
    open(p, "w").close()
print([(r, sorted(ds), sorted(fs)) for r, ds, fs in sorted(os.walk("."))])
print(sorted(glob.glob("**/*.txt", recursive=True)), sorted(glob.glob("*")), glob.glob(glob.escape("a/[x].txt")))
print(sorted(e.name + "/" * e.is_dir() for e in os.scandir("a")))
shutil.copytree("a", "copy")
shutil.move("e.txt", "copy/moved.txt")
print(sorted(os.listdir("copy")), shutil.make_archive("packed", "zip", "copy") == os.path.join(d, "packed.zip"))
shutil.unpack_archive("packed.zip", "out")
print(sorted(os.listdir("out")), fnmatch.filter(["a.py", "b.txt"], "*.py"))
