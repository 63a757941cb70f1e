x = {"a": None}
print(x["a"]["b"])
