import sys
for name in ("debug inspect interactive optimize dont_write_bytecode no_user_site no_site ignore_environment verbose bytes_warning quiet hash_randomization isolated dev_mode safe_path".split()):
    print(name, getattr(sys.flags, name))
print(__debug__, sys.warnoptions, sys.dont_write_bytecode)
