"""What has listeners, as in a browser."""

from collections.abc import Callable
from typing import Any


class Event:
    def __init__(self, type: str, target: Any, loaded: int = 0, total: int = 0) -> None:
        self.type = type
        self.target = self.currentTarget = target
        self.loaded = loaded
        self.total = total
        self.lengthComputable = total > 0


class EventTarget:
    """Calls whoever listens: `on…` attributes first, then those that were added."""

    def __init__(self) -> None:
        self._listeners: dict[str, list[Callable]] = {}

    def addEventListener(self, type: str, listener: Any, options: Any = None) -> None:
        known = self._listeners.setdefault(type, [])
        if listener not in known:
            known.append(listener)

    def removeEventListener(self, type: str, listener: Any, options: Any = None) -> None:
        known = self._listeners.get(type, [])
        if listener in known:
            known.remove(listener)

    def dispatch(self, type: str, loaded: int = 0, total: int = 0) -> None:
        listeners = [getattr(self, f"on{type}", None), *self._listeners.get(type, ())]
        event = Event(type, self, loaded, total)
        for listener in listeners:
            if callable(listener):
                listener(event)
            elif (handle := getattr(listener, "handleEvent", None)) is not None:
                handle(event)
