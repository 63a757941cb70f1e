import sys
print(sys.flags.warn_default_encoding)
open(__file__).close()
