x = [1, 2]
breakpoint()
print("after", x)
