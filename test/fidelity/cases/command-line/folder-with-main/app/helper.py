def greet():
    print("hello from", __name__)
