"""Headers as fetch has them."""

import codecs
import re
from collections.abc import Iterator
from typing import Any

from pyodide.ffi import JsException, jsnull
from woma_objects import pairs_of

# What may be a header's name, or a method.
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def is_value(text: str) -> bool:
    """Whether it may be a header's value."""
    return re.search(r"[\0\r\n]", text) is None and all(character <= "\xff" for character in text)


# The encoding standard's way to carry bytes in text, which Python has no codec for.
BYTES_AS_TEXT = "x-user-defined"


def decoded(data: bytes, charset: str) -> str:
    """As the web does: what is no text of that charset is replaced."""
    if charset == BYTES_AS_TEXT:
        return "".join(chr(byte if byte < 0x80 else 0xF700 + byte) for byte in data)
    return data.decode(charset, errors="replace")


def charset_of(content_type: str) -> str | None:
    """The name that Python has for a type's charset; none for one that it does not know."""
    match = re.search(r";\s*charset\s*=\s*\"?([^\s;\"]+)", content_type, re.IGNORECASE)
    if match is None:
        return None
    name = match[1].lower()
    # As the web reads these.
    if name in ("iso-8859-1", "latin1", "ascii", "us-ascii"):
        return "cp1252"
    if name == BYTES_AS_TEXT:
        return name
    try:
        return codecs.lookup(name).name
    except LookupError:
        return None


class Headers:
    """Names in any case; values of one name are put together."""

    def __init__(self, init: Any = None) -> None:
        self._values: dict[str, list[str]] = {}
        if init is not None and init is not jsnull:
            for name, value in init.entries() if isinstance(init, Headers) else pairs_of(init):
                self.append(name, value)

    @classmethod
    def new(cls, init: Any = None) -> Headers:
        return cls(init)

    def append(self, name: Any, value: Any) -> None:
        name, value = str(name), str(value).strip()
        if not TOKEN.fullmatch(name):
            raise JsException("TypeError", f"Invalid header name: '{name}'")
        if not is_value(value):
            raise JsException("TypeError", f"Invalid value of the header '{name}'")
        self._values.setdefault(name.lower(), []).append(value)

    def set(self, name: Any, value: Any) -> None:
        self.delete(name)
        self.append(name, value)

    def get(self, name: Any) -> Any:
        values = self._values.get(str(name).lower())
        return jsnull if values is None else ", ".join(values)

    def has(self, name: Any) -> bool:
        return str(name).lower() in self._values

    def delete(self, name: Any) -> None:
        self._values.pop(str(name).lower(), None)

    def entries(self) -> Iterator[tuple[str, str]]:
        return iter([(name, ", ".join(values)) for name, values in sorted(self._values.items())])

    def keys(self) -> Iterator[str]:
        return iter(sorted(self._values))

    def values(self) -> Iterator[str]:
        return iter([value for _, value in self.entries()])

    def forEach(self, function: Any) -> None:
        for name, value in self.entries():
            function(value, name, self)

    __contains__ = has
    __iter__ = entries

    def __getitem__(self, name: str) -> str:
        if name not in self:
            raise KeyError(name)
        return self.get(name)
