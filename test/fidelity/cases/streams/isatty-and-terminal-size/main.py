import os, shutil, sys
print(os.isatty(0), os.isatty(1), sys.stderr.isatty(), shutil.get_terminal_size((70, 9)))
try:
    os.get_terminal_size()
except OSError as e:
    print(e)
