print([input(), input()])
