def leak():
    f = open(__file__)
leak()
print("after the leak")
