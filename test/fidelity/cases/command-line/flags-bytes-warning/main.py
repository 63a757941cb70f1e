import sys
print(sys.flags.bytes_warning)
print(b"a" == "a")
print(str(b"x"))
