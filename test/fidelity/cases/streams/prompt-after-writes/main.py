import sys
sys.stdout.write("a")
sys.stdout.write("b")
sys.stdout.writelines(["c\n", "d\n"])
print(input("p1"), end="|")
