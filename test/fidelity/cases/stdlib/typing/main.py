from typing import *
import types
T = TypeVar("T")
class Box[U]:
    def get[V: int](self, x: V) -> U | None: ...
type Alias[X] = list[X] | None
print(Box[int], Box.get.__type_params__, Alias.__value__, Optional[int], Union[int, str], list[T][int], Callable[[int], str], Literal["a", 1])
class Movie(TypedDict, total=False):
    name: Required[str]
class Proto(Protocol):
    def close(self) -> None: ...
runtime = runtime_checkable(Proto)
print(Movie.__required_keys__, isinstance(open(__file__) if False else type("X", (), {"close": lambda s: 0})(), runtime), get_type_hints(Box.get), get_args(dict[str, int]), cast(int, "x"))
print(types.SimpleNamespace(a=1), NewType("N", int).__name__, int | None)
