import os, sys
print("buffered, so it comes last")
print(os.write(1, b"straight\n"))
os.write(2, b"to stderr\n")
