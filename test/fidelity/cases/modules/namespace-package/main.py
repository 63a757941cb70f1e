import space.part
print(space.part.x, space.__file__ if hasattr(space, "__file__") else None, type(space.__path__).__name__, space.__spec__.origin)
