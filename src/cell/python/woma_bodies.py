"""What `js` has to make requests of: blobs, forms and parameters."""

import os
import re
from base64 import b64decode
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import parse_qsl, quote_plus, unquote_to_bytes, urlencode

from pyodide.ffi import jsnull, to_js
from woma_objects import array_buffer, bytes_or_none, options_of, pairs_of


class Blob:
    """Bytes with a type."""

    def __init__(self, parts: Iterable = (), options: Any = None, **named: Any) -> None:
        self._data = b"".join(map(_part, parts))
        self.type = str(options_of(options, named).get("type", "")).lower()

    @classmethod
    def new(cls, *args: Any, **named: Any):
        return cls(*args, **named)

    @property
    def size(self) -> int:
        return len(self._data)

    def slice(self, start: int = 0, end: int | None = None, type: str = "") -> Blob:
        return Blob([self._data[start:end]], {"type": type})

    def to_bytes(self) -> bytes:
        return self._data

    async def arrayBuffer(self) -> Any:
        return array_buffer(self._data)

    async def bytes(self) -> Any:
        return to_js(self._data)

    async def text(self) -> str:
        return self._data.decode(errors="replace")


class File(Blob):
    def __init__(self, parts: Iterable, name: str, options: Any = None, **named: Any) -> None:
        super().__init__(parts, options, **named)
        self.name = name


class _Pairs:
    """Names with values, in order; a name may come more than once."""

    def __init__(self) -> None:
        self._pairs: list[tuple[str, Any]] = []

    @classmethod
    def new(cls, *args: Any):
        return cls(*args)

    def append(self, name: str, value: Any) -> None:
        self._pairs.append((str(name), str(value)))

    def set(self, name: str, value: Any) -> None:
        self.delete(name)
        self.append(name, value)

    def get(self, name: str) -> Any:
        return next(iter(self.getAll(name)), jsnull)

    def getAll(self, name: str) -> list:
        return [value for known, value in self._pairs if known == name]

    def has(self, name: str) -> bool:
        return any(known == name for known, _ in self._pairs)

    def delete(self, name: str) -> None:
        self._pairs = [pair for pair in self._pairs if pair[0] != name]

    def entries(self) -> Iterator:
        return iter(list(self._pairs))

    def keys(self) -> Iterator:
        return iter([name for name, _ in self._pairs])

    def values(self) -> Iterator:
        return iter([value for _, value in self._pairs])

    __contains__ = has
    __iter__ = entries

    def __getitem__(self, name: str) -> Any:
        if name not in self:
            raise KeyError(name)
        return self.get(name)


class URLSearchParams(_Pairs):
    def __init__(self, init: Any = None) -> None:
        super().__init__()
        if isinstance(init, str):
            self._pairs = parse_qsl(init.removeprefix("?"), keep_blank_values=True)
        elif init is not None:
            self._pairs = [(str(name), str(value)) for name, value in pairs_of(init)]

    @property
    def size(self) -> int:
        return len(self._pairs)

    def sort(self) -> None:
        self._pairs.sort(key=lambda pair: pair[0])

    def toString(self) -> str:
        return urlencode(self._pairs, quote_via=quote_plus)

    __str__ = toString


class FormData(_Pairs):
    """A form, sent as multipart/form-data."""

    def append(self, name: str, value: Any, filename: str | None = None) -> None:
        if isinstance(value, Blob):
            value = File([value], filename or getattr(value, "name", "blob"), {"type": value.type})
        elif bytes_or_none(value) is not None:
            raise TypeError("a form takes text and js.Blob: put bytes into one, as in js.Blob.new([data])")
        self._pairs.append((str(name), value if isinstance(value, File) else str(value)))

    def set(self, name: str, value: Any, filename: str | None = None) -> None:
        self.delete(name)
        self.append(name, value, filename)

    def encoded(self) -> tuple[bytes, str]:
        boundary = f"----WomaFormBoundary{os.urandom(12).hex()}"
        body = b"".join(_form_part(boundary, name, value) for name, value in self._pairs)
        return body + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def body_of(value: Any) -> tuple[bytes, str | None]:
    """A request's body in bytes, and the type that says what it is; none where the bytes do not say."""
    match value:
        case None:
            return b"", None
        case str():
            return value.encode(errors="replace"), "text/plain;charset=UTF-8"
        case Blob():
            return value.to_bytes(), value.type or None
        case FormData():
            return value.encoded()
        case URLSearchParams():
            return str(value).encode(), "application/x-www-form-urlencoded;charset=UTF-8"
    if value is jsnull:
        return b"", None
    if (given := bytes_or_none(value)) is not None:
        return given, None
    raise TypeError(f"a request's body is text, bytes, a js.Blob or a js.FormData, not {type(value).__name__}")


def data_url(url: str) -> tuple[str, bytes] | None:
    """A data: URL's type and bytes; none for what is no such URL. Raises ValueError."""
    if url[:5].lower() != "data:":
        return None
    head, separator, rest = url[5:].partition("#")[0].partition(",")
    if not separator:
        raise ValueError("a data: URL has a comma")
    data = unquote_to_bytes(rest)
    if re.search(r";\s*base64\s*$", head, re.IGNORECASE):
        head = head.rpartition(";")[0]
        data = b64decode(data + b"=" * (-len(data) % 4), validate=False)
    if head.startswith(";"):
        head = f"text/plain{head}"
    return head.strip() or "text/plain;charset=US-ASCII", data


def _part(part: Any) -> bytes:
    return str(part).encode() if isinstance(part, FormData | URLSearchParams) else body_of(part)[0]


def _form_part(boundary: str, name: str, value: Any) -> bytes:
    disposition = f'form-data; name="{_escaped(name)}"'
    if isinstance(value, File):
        mime_type = value.type or "application/octet-stream"
        disposition += f'; filename="{_escaped(value.name)}"\r\nContent-Type: {mime_type}'
        data = value.to_bytes()
    else:
        data = re.sub(r"\r\n|\r|\n", "\r\n", value).encode()
    return f"--{boundary}\r\nContent-Disposition: {disposition}\r\n\r\n".encode() + data + b"\r\n"


def _escaped(text: str) -> str:
    return text.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")
