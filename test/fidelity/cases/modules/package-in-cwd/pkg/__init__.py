print("init first", __name__)
