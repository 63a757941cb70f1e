import sys
print(sys.flags.no_user_site, sys.flags.dont_write_bytecode, sys.argv[1:])
