import sys
print(sys.orig_argv[1:], sys.argv)
