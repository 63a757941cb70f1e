def numbers():
    yield 1
    raise RuntimeError("inside the generator")
print(sum(numbers()))
