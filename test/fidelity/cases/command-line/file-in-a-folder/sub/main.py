import os, sys
print(sys.argv)
print(os.path.relpath(__file__, os.getcwd()), os.path.relpath(sys.path[0], os.getcwd()))
