print(repr(exit), repr(quit), sep="\n")
print(callable(help), type(license).__name__, type(copyright).__name__)
import builtins
print(hasattr(builtins, "_"), __builtins__ is builtins)
