with open(0, closefd=False) as f:
    print(f.read(), f.name, f.mode)
