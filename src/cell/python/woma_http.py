"""HTTP requests, which the broker sends: what XMLHttpRequest, fetch and pyodide-http are made of here."""

import asyncio
import errno
import json
import os
import weakref
from collections.abc import Coroutine, Iterable
from typing import Any

import woma_kernel
from pyodide.ffi import JsException

_PIECE_BYTES = 1 << 18


class HttpFailure(Exception):
    """Why there is no answer, or no whole one."""

    def __init__(self, kind: str, reason: str, code: str | None = None) -> None:
        """The kind is `network`, `timeout`, `refused` by the policy, or `invalid` for what is no request."""
        super().__init__(reason)
        self.kind = kind
        self.reason = reason
        # node's: ECONNREFUSED, ENOTFOUND …
        self.code = code


class Exchange:
    """
    One request under way, on a descriptor of its own; what it does is awaited. On a descriptor that blocks nothing is
    ever waited for, so that `completed` gives the outcome at once.
    """

    def __init__(
        self,
        method: str,
        url: str,
        headers: Iterable[tuple[str, str]] = (),
        body: bytes = b"",
        *,
        blocking: bool,
        timeout_ms: int = 0,
        redirect: str = "follow",
        rules: str = "page",
    ) -> None:
        self.url = url
        self._body = body
        self._timeout_ms = timeout_ms
        self._received = bytearray()
        self._failure: BaseException | None = None
        self._waiting: asyncio.Future | None = None
        self._descriptor = -1
        reply, _ = woma_kernel.request(
            "xhr",
            method=method,
            url=url,
            headers=[[name, value] for name, value in headers],
            bodyBytes=len(body),
            timeoutMs=timeout_ms,
            redirect=redirect,
            rules=rules,
        )
        if "errno" in reply:
            raise HttpFailure("invalid", reply.get("reason") or _words(reply["errno"]))
        self._descriptor = woma_kernel.open_descriptor(reply["handle"])
        os.set_blocking(self._descriptor, blocking)

    async def head(self) -> dict:
        """Sends the body: the answer's status, statusText, url, redirected and headers. Raises HttpFailure."""
        await self._send()
        while (end := self._received.find(b"\n")) < 0:
            piece = await self._read(_PIECE_BYTES)
            if not piece:
                raise HttpFailure("network", "there was no answer")
            self._received += piece
        head = json.loads(self._received[:end])
        del self._received[: end + 1]
        match head["kind"]:
            case "answered":
                return head
            case "timed-out":
                raise HttpFailure("timeout", f"no answer came within {self._timeout_ms / 1000:g} s")
            case "refused":
                raise HttpFailure("refused", head["reason"])
        raise HttpFailure("network", head["reason"], head["code"])

    async def read(self, length: int = _PIECE_BYTES) -> bytes:
        """The next bytes of the answer's body, none at its end. Raises HttpFailure where it is cut."""
        if self._received:
            piece = bytes(self._received[:length])
            del self._received[:length]
            return piece
        return await self._read(length)

    async def read_all(self) -> bytes:
        pieces = []
        while piece := await self.read():
            pieces.append(piece)
        self.close()
        return b"".join(pieces)

    def abort(self, reason: Any) -> None:
        """Gives the request up: whoever waits for it, or asks for more of it, is told why."""
        self._failure = reason if isinstance(reason, BaseException) else JsException("AbortError", str(reason))
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(self._failure)
        self.close()

    def close(self) -> None:
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def __del__(self) -> None:
        self.close()

    async def _send(self) -> None:
        left = memoryview(self._body)
        self._body = b""
        while left:
            self._check()
            try:
                left = left[os.write(self._descriptor, left) :]
            except BlockingIOError:
                await self._ready("writer")
            except BrokenPipeError:
                # The answer says why no more of it is wanted.
                return

    async def _read(self, length: int) -> bytes:
        while True:
            self._check()
            try:
                return os.read(self._descriptor, length)
            except BlockingIOError:
                await self._ready("reader")
            except TimeoutError:
                raise HttpFailure("timeout", f"the answer did not end within {self._timeout_ms / 1000:g} s") from None
            except OSError as error:
                code = errno.errorcode.get(error.errno or 0)
                raise HttpFailure("network", error.strerror or str(error), code) from None

    def _check(self) -> None:
        if self._failure is not None:
            raise self._failure
        if self._descriptor < 0:
            raise HttpFailure("network", "the request has been closed")

    async def _ready(self, side: str) -> None:
        loop = asyncio.get_running_loop()
        self._waiting = loop.create_future()
        descriptor = self._descriptor
        getattr(loop, f"add_{side}")(descriptor, _resolve, weakref.ref(self._waiting))
        try:
            await self._waiting
        finally:
            getattr(loop, f"remove_{side}")(descriptor)
            self._waiting = None


def completed(work: Coroutine[Any, Any, Any]) -> Any:
    """What comes of work that waits for nothing but a descriptor that blocks."""
    try:
        work.send(None)
    except StopIteration as done:
        return done.value
    work.close()
    raise RuntimeError("this would have to wait")


def _resolve(future: weakref.ref) -> None:
    waiting = future()
    if waiting is not None and not waiting.done():
        waiting.set_result(None)


def _words(name: str) -> str:
    return os.strerror(getattr(errno, name, 0))
