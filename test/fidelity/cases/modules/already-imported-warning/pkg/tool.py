print("tool as", __name__)
