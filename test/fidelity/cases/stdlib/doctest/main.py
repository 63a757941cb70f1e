def add(a, b):
    """
    >>> add(1, 2)
    3
    >>> add("a", 1)
    Traceback (most recent call last):
    TypeError: can only concatenate str (not "int") to str
    >>> add([1], [2])
    [1, 3]
    """
    return a + b
import doctest
print(doctest.testmod())
