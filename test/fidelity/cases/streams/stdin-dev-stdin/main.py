with open("/dev/stdin") as f:
    print(f.readlines())
