import os, sys
print(os.name, sys.byteorder, os.sep, os.linesep == "\n", os.curdir, os.devnull, os.path.__name__)
print(type(os.getpid()).__name__, os.getcwd() == os.path.realpath("."), os.cpu_count() >= 1)
print(sys.implementation.name, sys.version_info[:2], sys.float_info.max, sys.getdefaultencoding(), sys.getfilesystemencoding(), sys.getfilesystemencodeerrors(), sys.getrecursionlimit())
print(sys.executable != "", os.path.isabs(sys.executable), sys.orig_argv[1:], sys.stdlib_module_names >= {"os", "sys"})
print(os.umask(0o22) >= 0, os.urandom(4) != os.urandom(4), len(os.urandom(9)))
