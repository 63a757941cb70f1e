import sys, os
name = os.fsdecode(b"caf\xe9")
print(ascii(name), os.fsencode(name))
sys.stderr.write(name + "\n")
sys.stdout.buffer.write(os.fsencode(name) + b"\n")
