class Odd(Exception):
    def __str__(self):
        raise TypeError("no str")
raise Odd
