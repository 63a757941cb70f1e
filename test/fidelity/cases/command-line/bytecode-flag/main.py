import os, sys, part
print(part.value, sys.dont_write_bytecode, part.__file__ == os.path.join(os.getcwd(), "part.py"))
