"""fetch as a cell sees it: over the same requests of the broker's as XMLHttpRequest."""

import asyncio
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import pyodide.webloop
import woma_http
from pyodide.ffi import JsException, jsnull
from woma_bodies import body_of, data_url
from woma_headers import TOKEN, Headers
from woma_objects import options_of
from woma_responses import Response, Source

_STANDARD_METHODS = ("DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT")
_FORBIDDEN_METHODS = ("CONNECT", "TRACE", "TRACK")


class Request:
    def __init__(self, given: Any, options: Any = None, **named: Any) -> None:
        told = options_of(options, named)
        first = given if isinstance(given, Request) else None
        self.url = first.url if first else _absolute(str(given))
        self.method = _method(str(told.get("method", first.method if first else "GET")))
        self.headers = Headers(told.get("headers", first.headers if first else None))
        self.redirect = str(told.get("redirect", first.redirect if first else "follow"))
        self.credentials = told.get("credentials", "same-origin")
        self.signal = told.get("signal", first.signal if first else None)
        self.data, content_type = body_of(told["body"]) if "body" in told else _body_of(first)
        if self.data and self.method in ("GET", "HEAD"):
            raise JsException("TypeError", "Request with GET/HEAD method cannot have body.")
        if content_type is not None and not self.headers.has("content-type"):
            self.headers.set("content-type", content_type)
        if self.redirect not in ("follow", "error", "manual"):
            raise JsException("TypeError", f"'{self.redirect}' is not a valid value for redirect")

    @classmethod
    def new(cls, given: Any, options: Any = None, **named: Any) -> Request:
        return cls(given, options, **named)

    def clone(self) -> Request:
        return Request(self)


def fetch(given: Any, options: Any = None, **named: Any) -> Any:
    """A promise where an event loop runs, which the request then goes beside; else a coroutine, to be run by one."""
    work = _fetch(given, options, named)
    loop = asyncio._get_running_loop()
    return work if loop is None else pyodide.webloop.PyodideTask(work, loop=loop)


async def _fetch(given: Any, options: Any, named: dict) -> Response:
    request = Request(given, options, **named)
    if (signal := request.signal) is not None and signal is not jsnull:
        signal.throwIfAborted()
    else:
        signal = None
    try:
        if (local := data_url(request.url)) is not None:
            head = {"status": 200, "statusText": "OK", "headers": [["content-type", local[0]]]}
            return Response({**head, "url": request.url, "redirected": False}, Source(None, local[1]))
        exchange = woma_http.Exchange(
            request.method,
            request.url,
            request.headers.entries(),
            request.data,
            blocking=False,
            redirect=request.redirect,
        )
        if signal is not None:
            signal.follow(exchange.abort)
        try:
            return Response(await exchange.head(), Source(exchange))
        except BaseException:
            exchange.close()
            raise
    except (woma_http.HttpFailure, ValueError) as error:
        raise JsException("TypeError", f"Failed to fetch '{request.url}': {error}") from None


def _method(given: str) -> str:
    if not TOKEN.fullmatch(given):
        raise JsException("TypeError", f"'{given}' is not a valid HTTP method")
    if given.upper() in _FORBIDDEN_METHODS:
        raise JsException("TypeError", f"'{given}' HTTP method is unsupported")
    return given.upper() if given.upper() in _STANDARD_METHODS else given


def _body_of(first: Request | None) -> tuple[bytes, None]:
    return (first.data if first else b""), None


def _absolute(url: str) -> str:
    """A URL as its server will know it."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https", "data"):
        raise JsException("TypeError", f"'{url}' is no http:, https: or data: URL, and no page is relative to it")
    if parts.scheme == "data":
        return url
    user, separator, host = parts.netloc.rpartition("@")
    return urlunsplit(parts._replace(netloc=f"{user}{separator}{host.lower()}", path=parts.path or "/"))
