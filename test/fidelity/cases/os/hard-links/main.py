import os, tempfile
os.chdir(tempfile.mkdtemp())
open("a", "w").write("shared")
os.link("a", "b")
print(os.stat("a").st_nlink, os.path.samefile("a", "b"), open("b").read())
try:
    os.link("absent", "c")
except FileNotFoundError as e:
    print(e)
