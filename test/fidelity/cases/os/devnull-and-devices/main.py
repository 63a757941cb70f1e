import os, stat
with open(os.devnull, "w") as f:
    print(f.write("gone"))
print(repr(open(os.devnull).read()), os.path.exists("/dev/stdin"), len(open("/dev/urandom", "rb").read(5)))
print(os.path.isdir("/dev"), stat.S_ISCHR(os.stat("/dev/null").st_mode))
