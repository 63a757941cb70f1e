"""What `js` has of JavaScript's own: plain objects, JSON and bytes; what calls are given in any of these."""

import json
from collections.abc import Iterable
from typing import Any

from pyodide.ffi import JsBuffer, JsProxy, jsnull, to_js


class Object:
    """JavaScript's own objects, from what Python has, and back."""

    @staticmethod
    def new(value: Any = None) -> Any:
        return to_js({}) if value is None else value

    @staticmethod
    def fromEntries(entries: Iterable) -> Any:
        return to_js({str(name): value for name, value in entries})

    @staticmethod
    def entries(value: Any) -> list:
        return [list(pair) for pair in pairs_of(value)]

    @staticmethod
    def keys(value: Any) -> list:
        return [name for name, _ in pairs_of(value)]

    @staticmethod
    def values(value: Any) -> list:
        return [each for _, each in pairs_of(value)]


class JSON:
    @staticmethod
    def stringify(value: Any, replacer: None = None, space: int | str | None = None) -> str:
        separators = None if space else (",", ":")
        return json.dumps(value, ensure_ascii=False, separators=separators, indent=space or None, default=_plain)

    @staticmethod
    def parse(text: str) -> Any:
        return to_js(json.loads(text))


class Uint8Array:
    @staticmethod
    def new(source: Any = 0) -> Any:
        """From a length, bytes of whatever kind, or numbers."""
        if isinstance(source, int):
            return to_js(bytes(source))
        given = bytes_or_none(source)
        return to_js(bytes(int(item) & 0xFF for item in source) if given is None else given)


def bytes_or_none(value: Any) -> bytes | None:
    if isinstance(value, JsBuffer):
        return value.to_bytes()
    try:
        return None if isinstance(value, str) else bytes(memoryview(value))
    except TypeError:
        return None


def array_buffer(data: bytes) -> Any:
    return to_js(data).buffer


def pairs_of(value: Any) -> list[tuple[Any, Any]]:
    """What a dict, a plain object of JavaScript's, or a sequence of pairs says."""
    if isinstance(value, dict):
        return list(value.items())
    if isinstance(value, JsProxy) and not _is_array(value):
        return [(name, item) for name, item in value.object_entries()]
    return [(name, item) for name, item in value]


def options_of(options: Any, named: dict) -> dict:
    """A call's options: the last argument, and those by name."""
    return named if options is None or options is jsnull else {**dict(pairs_of(options)), **named}


def _is_array(value: Any) -> bool:
    return hasattr(value, "length") and hasattr(value, "slice")


def _plain(value: Any) -> Any:
    if isinstance(value, JsProxy):
        return value.to_py()
    raise TypeError(f"{type(value).__name__} is nothing that JSON has")
