colour = "red"
print(color, colour)
print(colur)
