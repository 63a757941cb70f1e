import sys
f = sys.flags
for name in ("debug inspect interactive optimize dont_write_bytecode no_user_site no_site ignore_environment verbose bytes_warning quiet hash_randomization isolated dev_mode utf8_mode safe_path".split()):
    print(name, getattr(f, name))
print(__debug__)
assert False, "not checked under -O"
