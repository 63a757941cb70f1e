print(input())
try:
    input("more? ")
except EOFError as e:
    print(repr(e))
input()
