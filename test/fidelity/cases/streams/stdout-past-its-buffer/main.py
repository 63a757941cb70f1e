import sys
line = "x" * 39 + "\n"
for i in range(250):
    sys.stdout.write(line)
print("end")
