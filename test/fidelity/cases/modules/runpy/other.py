result = __name__ + "!"
