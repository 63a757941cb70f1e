"""By what a request is given up: AbortController and AbortSignal."""

import asyncio
import weakref
from typing import Any

from pyodide.ffi import JsException, jsnull
from woma_events import EventTarget


class AbortSignal(EventTarget):
    def __init__(self) -> None:
        super().__init__()
        self.aborted = False
        self.reason: Any = None
        # Weakly: a signal may outlive a great many requests.
        self._followers: list[weakref.WeakMethod] = []

    @classmethod
    def abort(cls, reason: Any = None) -> AbortSignal:
        signal = cls()
        signal.end(reason)
        return signal

    @classmethod
    def timeout(cls, milliseconds: float) -> AbortSignal:
        signal = cls()
        reason = JsException("TimeoutError", "signal timed out")
        asyncio.get_running_loop().call_later(milliseconds / 1000, signal.end, reason)
        return signal

    @classmethod
    def any(cls, signals: Any) -> AbortSignal:
        joined = cls()
        for signal in signals:
            signal.follow(joined.end)
        # It lives as long as what it stands for may be asked for.
        joined._sources = list(signals)
        return joined

    def throwIfAborted(self) -> None:
        if self.aborted:
            raise self.failure()

    def follow(self, method: Any) -> None:
        """Calls a method with the reason, at once or when there is one, as long as its object lives."""
        if self.aborted:
            method(self.reason)
            return
        self._followers = [known for known in self._followers if known() is not None]
        self._followers.append(weakref.WeakMethod(method))

    def end(self, reason: Any = None) -> None:
        if self.aborted:
            return
        if reason is None or reason is jsnull:
            reason = JsException("AbortError", "signal is aborted without reason")
        self.aborted, self.reason = True, reason
        followers, self._followers = self._followers, []
        for follower in followers:
            if (method := follower()) is not None:
                method(reason)
        self.dispatch("abort")

    def failure(self) -> BaseException:
        return self.reason if isinstance(self.reason, BaseException) else JsException("AbortError", str(self.reason))


class AbortController:
    def __init__(self) -> None:
        self.signal = AbortSignal()

    @classmethod
    def new(cls) -> AbortController:
        return cls()

    def abort(self, reason: Any = None) -> None:
        self.signal.end(reason)
