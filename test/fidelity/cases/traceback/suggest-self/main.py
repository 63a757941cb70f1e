class A:
    value = 1
    def show(self):
        print(value_of)
    def value_of(self):
        pass
A().show()
