"""XMLHttpRequest as a cell sees it: sent by the broker, synchronously, or beside other work where a loop runs."""

import asyncio
import json
from typing import Any, NoReturn
from urllib.parse import quote, urlsplit, urlunsplit

import woma_http
from pyodide.ffi import JsException, jsnull, to_js
from woma_bodies import Blob, body_of, data_url
from woma_events import EventTarget
from woma_headers import TOKEN, charset_of, decoded, is_value
from woma_objects import array_buffer

UNSENT, OPENED, HEADERS_RECEIVED, LOADING, DONE = range(5)

_STANDARD_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT")
_FORBIDDEN_METHODS = ("CONNECT", "TRACE", "TRACK")
_NO_PAGE = "is no http:, https: or data: URL, and no page is relative to it"
_RESPONSE_TYPES = ("", "arraybuffer", "blob", "document", "json", "text")


class XMLHttpRequest(EventTarget):
    UNSENT, OPENED, HEADERS_RECEIVED, LOADING, DONE = UNSENT, OPENED, HEADERS_RECEIVED, LOADING, DONE

    def __init__(self) -> None:
        super().__init__()
        self.upload = EventTarget()
        self.timeout = 0
        self.withCredentials = False
        self._response_type = ""
        self._mime_type = ""
        self._task: asyncio.Task | None = None
        self._exchange: woma_http.Exchange | None = None
        self._state = UNSENT
        self._forget()

    @classmethod
    def new(cls) -> XMLHttpRequest:
        return cls()

    def __repr__(self) -> str:
        return "[object XMLHttpRequest]"

    # The request

    def open(self, method: str, url: str, is_async: bool = True, user: Any = None, password: Any = None, /) -> None:
        method, url = str(method), str(url)
        if not TOKEN.fullmatch(method):
            self._refuse("SyntaxError", "open", f"'{method}' is not a valid HTTP method")
        if method.upper() in _FORBIDDEN_METHODS:
            self._refuse("SecurityError", "open", f"'{method}' HTTP method is unsupported")
        if urlsplit(url).scheme not in ("http", "https", "data"):
            self._refuse("SyntaxError", "open", f"'{url}' {_NO_PAGE}")
        self._give_up()
        self._forget()
        self._method = method.upper() if method.upper() in _STANDARD_METHODS else method
        self._url = _with_credentials(url, user, password)
        self._is_async = bool(is_async)
        self._headers: dict[str, tuple[str, str]] = {}
        self._change_state(OPENED)

    def setRequestHeader(self, name: str, value: Any) -> None:
        """Those that a page may not set are left out by the broker."""
        self._expect_opened("setRequestHeader")
        name, value = str(name), str(value).strip()
        if not TOKEN.fullmatch(name):
            self._refuse("SyntaxError", "setRequestHeader", f"'{name}' is not a valid HTTP header field name")
        if not is_value(value):
            self._refuse("SyntaxError", "setRequestHeader", f"'{value}' is not a valid HTTP header field value")
        known = self._headers.get(name.lower())
        self._headers[name.lower()] = (name, value) if known is None else (known[0], f"{known[1]}, {value}")

    def overrideMimeType(self, mime_type: str) -> None:
        if self._state >= LOADING:
            self._refuse("InvalidStateError", "overrideMimeType", "the state is LOADING or DONE")
        self._mime_type = str(mime_type)

    def send(self, body: Any = None) -> None:
        self._expect_opened("send")
        data, content_type = (b"", None) if self._method in ("GET", "HEAD") else body_of(body)
        if content_type is not None and "content-type" not in self._headers:
            self._headers["content-type"] = ("Content-Type", content_type)
        self._is_sent = True
        loop = asyncio._get_running_loop() if self._is_async else None
        if loop is not None:
            self._task = loop.create_task(self._run(data, blocking=False))
            return
        failure = woma_http.completed(self._run(data, blocking=True))
        if failure is not None and not self._is_async:
            raise failure

    def abort(self) -> None:
        under_way = self._is_sent and self._state != DONE
        self._give_up()
        if under_way:
            self._end("abort")
        if self._state == DONE:
            self._state = UNSENT

    # The answer

    @property
    def readyState(self) -> int:
        return self._state

    @property
    def responseType(self) -> str:
        return self._response_type

    @responseType.setter
    def responseType(self, value: str) -> None:
        if self._state >= LOADING:
            self._refuse_setting("responseType", "the response type cannot be set if the state is LOADING or DONE")
        if value in _RESPONSE_TYPES:
            self._response_type = value

    @property
    def response(self) -> Any:
        if self._response_type in ("", "text"):
            return self.responseText
        if self._state != DONE or self._failed:
            return jsnull
        if self._made is None:
            self._made = self._make_response()
        return self._made

    @property
    def responseText(self) -> str:
        if self._response_type not in ("", "text"):
            self._refuse_setting("responseText", f"the response type is '{self._response_type}', not '' or 'text'")
        return decoded(self._data, self._charset()) if self._state >= LOADING else ""

    @property
    def responseXML(self) -> Any:
        return jsnull

    def getResponseHeader(self, name: str) -> Any:
        return self._answer_headers.get(str(name).lower(), jsnull)

    def getAllResponseHeaders(self) -> str:
        return "".join(f"{name}: {value}\r\n" for name, value in sorted(self._answer_headers.items()))

    # What happens

    async def _run(self, data: bytes, *, blocking: bool) -> JsException | None:
        """Failures of asynchronous requests are told by events alone."""
        try:
            self.dispatch("loadstart")
            if (local := data_url(self._url)) is not None:
                headers = [["content-type", local[0]]]
                self._take_head({"status": 200, "statusText": "OK", "url": self._url, "headers": headers})
                self._data = local[1]
            else:
                await self._load(data, blocking=blocking)
        except (woma_http.HttpFailure, ValueError) as error:
            return self._fail(error)
        finally:
            if self._exchange is not None:
                self._exchange.close()
        if self._state < LOADING:
            self._change_state(LOADING)
        self._end("load")
        return None

    async def _load(self, data: bytes, *, blocking: bool) -> None:
        exchange = self._exchange = woma_http.Exchange(
            self._method,
            self._url,
            self._headers.values(),
            data,
            blocking=blocking,
            timeout_ms=max(int(self.timeout or 0), 0),
        )
        if data:
            self.upload.dispatch("loadstart", 0, len(data))
        head = await exchange.head()
        if data:
            for event in ("progress", "load", "loadend"):
                self.upload.dispatch(event, len(data), len(data))
        self._take_head(head)
        pieces: list[bytes] = []
        while piece := await exchange.read():
            pieces.append(piece)
            self._loaded += len(piece)
            if self._is_async:
                # What has come is to be seen in responseText.
                self._data = b"".join(pieces) if self._response_type in ("", "text") else b""
                self._change_state(LOADING)
                self.dispatch("progress", self._loaded, self._total())
        self._data = b"".join(pieces)

    def _take_head(self, head: dict) -> None:
        self.status, self.statusText = head["status"], head["statusText"]
        self.responseURL = head["url"]
        for name, value in head["headers"]:
            known = self._answer_headers.get(name.lower())
            self._answer_headers[name.lower()] = value if known is None else f"{known}, {value}"
        self._change_state(HEADERS_RECEIVED)

    def _fail(self, error: Exception) -> JsException:
        kind = getattr(error, "kind", "network")
        name = {"timeout": "TimeoutError", "invalid": "SyntaxError"}.get(kind, "NetworkError")
        self._end("timeout" if kind == "timeout" else "error")
        return JsException(name, _words("execute 'send'", f"Failed to load '{_shown(self._url)}': {error}"))

    def _end(self, event: str) -> None:
        """The last three events of every request."""
        if event != "load":
            self._forget()
            self._failed = True
        self._is_sent = False
        self._change_state(DONE)
        self.dispatch(event, self._loaded, self._total())
        self.dispatch("loadend", self._loaded, self._total())

    def _change_state(self, state: int) -> None:
        # Each piece of an answer is told of, as LOADING again.
        self._state = state
        if self._is_async or state in (OPENED, DONE):
            self.dispatch("readystatechange")

    def _give_up(self) -> None:
        task, self._task = self._task, None
        loop = asyncio._get_running_loop()
        if task is not None and (loop is None or task is not asyncio.current_task(loop)):
            task.cancel()
        if self._exchange is not None:
            self._exchange.close()

    def _forget(self) -> None:
        self.status, self.statusText, self.responseURL = 0, "", ""
        self._answer_headers: dict[str, str] = {}
        self._data = b""
        self._loaded = 0
        self._made: Any = None
        self._failed = False
        self._is_sent = False

    def _total(self) -> int:
        encoded = "content-encoding" in self._answer_headers
        length = self._answer_headers.get("content-length", "")
        return int(length) if length.isdigit() and not encoded else 0

    def _make_response(self) -> Any:
        match self._response_type:
            case "arraybuffer":
                return array_buffer(self._data)
            case "blob":
                mime_type = self._mime_type or self._answer_headers.get("content-type", "")
                return Blob([self._data], {"type": mime_type})
            case "json":
                try:
                    return to_js(json.loads(self._data.decode("utf-8-sig", errors="replace")))
                except ValueError:
                    return jsnull
        return jsnull

    def _charset(self) -> str:
        if self._data.startswith(b"\xef\xbb\xbf"):
            return "utf-8-sig"
        return charset_of(self._mime_type) or charset_of(self._answer_headers.get("content-type", "")) or "utf-8"

    def _expect_opened(self, method: str) -> None:
        if self._state != OPENED or self._is_sent:
            self._refuse("InvalidStateError", method, "the object's state must be OPENED")

    @staticmethod
    def _refuse(name: str, method: str, reason: str) -> NoReturn:
        raise JsException(name, _words(f"execute '{method}'", reason))

    @staticmethod
    def _refuse_setting(attribute: str, reason: str) -> NoReturn:
        raise JsException("InvalidStateError", _words(f"use the '{attribute}' property", reason))


def _words(action: str, reason: str) -> str:
    return f"Failed to {action} on 'XMLHttpRequest': {reason}"


def _with_credentials(url: str, user: Any, password: Any) -> str:
    if user is None or user is jsnull:
        return url
    parts = urlsplit(url)
    credentials = quote(str(user), safe="")
    if password is not None and password is not jsnull:
        credentials += f":{quote(str(password), safe='')}"
    return urlunsplit(parts._replace(netloc=f"{credentials}@{parts.netloc.rpartition('@')[2]}"))


def _shown(url: str) -> str:
    """Without a password, and no longer than a line."""
    parts = urlsplit(url)
    if "@" in parts.netloc:
        url = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    return url if len(url) <= 200 else f"{url[:200]}…"
