from dataclasses import *
from enum import *
@dataclass(order=True, slots=True)
class P:
    x: int
    y: list = field(default_factory=list, compare=False)
print(P(1), P(1) < P(2), asdict(P(1, [P(2)])), replace(P(1), x=5), [f.name for f in fields(P)])
@dataclass(frozen=True, kw_only=True)
class F:
    a: int = 1
try:
    F(a=2).a = 3
except FrozenInstanceError as e:
    print(type(e).__name__, e)
try:
    F(3)
except TypeError as e:
    print(e)
class C(Enum):
    RED = auto(); BLUE = "b"; ALIAS = 1
class Fl(Flag):
    A = 1; B = 2
class S(StrEnum):
    ONE = auto()
print(list(C), C(1), C["BLUE"], repr(C.ALIAS), Fl.A | Fl.B, ~Fl.A, S.ONE, f"{S.ONE:>5}", Fl(3))
try:
    C(9)
except ValueError as e:
    print(e)
