with open("data/missing.csv") as f:
    print(f.read())
