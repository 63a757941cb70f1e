"""Answers as fetch gives them; their bodies are read when they are asked for."""

import asyncio
import json
from typing import Any

import woma_http
from pyodide.ffi import JsException, jsnull, to_js
from woma_bodies import Blob, body_of
from woma_headers import Headers
from woma_objects import array_buffer, options_of


class Response:
    """An answer, whose body is read when it is asked for."""

    type = "basic"

    def __init__(self, head: dict, source: Source) -> None:
        self.status, self.statusText = head["status"], head["statusText"]
        self.url, self.redirected = head["url"], head["redirected"]
        self.headers = Headers(head["headers"])
        self.bodyUsed = False
        self._head = head
        self._source = source

    @classmethod
    def new(cls, body: Any = None, options: Any = None, **named: Any) -> Response:
        told = options_of(options, named)
        data, content_type = body_of(body)
        headers = Headers(told.get("headers"))
        if content_type is not None and not headers.has("content-type"):
            headers.set("content-type", content_type)
        head = {"status": told.get("status", 200), "statusText": told.get("statusText", ""), "headers": headers}
        return cls({**head, "url": "", "redirected": False}, Source(None, data))

    @property
    def ok(self) -> bool:
        return 200 <= self.status <= 299

    @property
    def body(self) -> ReadableStream:
        return ReadableStream(self)

    def clone(self) -> Response:
        if self.bodyUsed:
            raise JsException("TypeError", "Failed to execute 'clone' on 'Response': Response body is already used")
        self._source.keep = True
        return Response(self._head, self._source)

    async def read(self) -> bytes:
        self.use()
        return await self._source.all()

    def use(self) -> Source:
        if self.bodyUsed:
            raise JsException("TypeError", "body stream already read")
        self.bodyUsed = True
        return self._source

    async def arrayBuffer(self) -> Any:
        return array_buffer(await self.read())

    async def bytes(self) -> Any:
        return to_js(await self.read())

    async def text(self) -> str:
        return (await self.read()).decode("utf-8-sig", errors="replace")

    async def json(self) -> Any:
        return to_js(json.loads(await self.text()))

    async def blob(self) -> Blob:
        mime_type = self.headers.get("content-type")
        return Blob([await self.read()], {"type": "" if mime_type is jsnull else mime_type})


class Source:
    """The body of an answer and of its clones: read once, and kept only where there are some."""

    def __init__(self, exchange: woma_http.Exchange | None, data: bytes = b"") -> None:
        self._exchange = exchange
        self._pieces = [data] if data else []
        # How many have been there before.
        self._first = 0
        self._reading = asyncio.Lock()
        self.keep = False

    async def piece(self, index: int) -> bytes:
        """Each reader asks for one after the other; none at the end."""
        async with self._reading:
            if index - self._first == len(self._pieces) and not await self._read():
                return b""
            piece = self._pieces[index - self._first]
            if not self.keep:
                self._pieces.clear()
                self._first += 1
            return piece

    async def _read(self) -> bool:
        if self._exchange is None:
            return False
        try:
            piece = await self._exchange.read()
        except woma_http.HttpFailure as error:
            raise JsException("TypeError", f"Failed to fetch '{self._exchange.url}': {error}") from None
        if not piece:
            self._exchange.close()
            self._exchange = None
            return False
        self._pieces.append(piece)
        return True

    async def all(self) -> bytes:
        pieces: list[bytes] = []
        while piece := await self.piece(len(pieces)):
            pieces.append(piece)
        return b"".join(pieces)


class ReadableStream:
    """A body piece by piece."""

    def __init__(self, response: Response) -> None:
        self._response = response
        self._source: Source | None = None
        self._index = 0

    def getReader(self) -> ReadableStream:
        self._source = self._response.use()
        return self

    async def read(self) -> ReadResult:
        if self._source is None:
            return ReadResult(True, None)
        piece = await self._source.piece(self._index)
        self._index += 1
        return ReadResult(not piece, to_js(piece) if piece else None)

    def cancel(self, reason: Any = None) -> None:
        self._source = None


class ReadResult:
    def __init__(self, done: bool, value: Any) -> None:
        self.done = done
        self.value = value
