print("must not load")
