"""What is compared: results and errors in a form that JSON has."""

import hashlib

ROOTS = (Exception, BaseException, object)


def described(error: BaseException) -> dict:
    """The error's classes and text, and the system's error that it comes from."""
    description = {"type": names(error), "text": str(error)}
    if getattr(error, "errno", None) is not None:
        description["errno"] = error.errno
    origin = system_error(error)
    if origin is not None and origin is not error:
        description["from"] = {"type": names(origin), "errno": origin.errno, "text": str(origin)}
    return description


def names(error: BaseException) -> list[str]:
    """What an except clause may name, the closest first."""
    return [f"{kind.__module__}.{kind.__qualname__}" for kind in type(error).__mro__ if kind not in ROOTS]


def system_error(error: BaseException) -> OSError | None:
    """The first error that the others were raised from, if it is the system's."""
    seen: set[int] = set()
    found = None
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        if isinstance(current, OSError) and current.errno is not None:
            found = current
        current = current.__cause__ or (None if current.__suppress_context__ else current.__context__)
    return found


def digest(data: bytes) -> dict:
    return {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}


def pattern(count: int) -> bytes:
    """The bytes that the test's servers send when they are asked for many; they repeat after BLOCK."""
    return (BLOCK * (count // len(BLOCK) + 1))[:count]


BLOCK = bytes((index * 7 + (index >> 8)) & 0xFF for index in range(65536))


def caught(call, *arguments, **named) -> dict:
    """What a call that should fail fails with."""
    try:
        return {"no error": repr(call(*arguments, **named))}
    except Exception as error:
        return described(error)
