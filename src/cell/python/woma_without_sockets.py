"""
What takes the place of sockets where there are none (`--net xhr`): urllib and requests send by pyodide-http, urllib3
and httpx by their own backends for Emscripten, with the exceptions that their callers know.
"""

import types
from typing import Any, NoReturn

import woma_changes
import woma_http
import woma_libraries
from woma_answers import ask, milliseconds, os_error, pairs_of_decoded
from woma_http import HttpFailure, completed


def replace_sockets() -> None:
    """Each library is changed when it is imported, so that a program pays for what it uses."""
    woma_libraries.leave_alone()
    woma_changes.change("urllib3.contrib.emscripten.fetch", _change_urllib3)
    woma_changes.change("httpx._transports.jsfetch", _change_httpx)
    woma_changes.change("urllib.request", _patch_urllib)
    woma_changes.change("requests", _patch_requests)


def _patch_urllib(module: types.ModuleType) -> None:
    import pyodide_http

    pyodide_http.patch_urllib()


def _patch_requests(module: types.ModuleType) -> None:
    import pyodide_http

    pyodide_http.patch_requests()


def _change_urllib3(module: types.ModuleType) -> None:
    """urllib3's own backend without sockets: it would warn on the console, stream by a Worker, and follow redirects."""

    def send_request(request):
        try:
            answer = ask(request.method, request.url, request.headers, request.body, request.timeout)
            return module.EmscriptenResponse(answer.status, answer.headers, answer, request)
        except TimeoutError as error:
            raise module._TimeoutError(str(error), request=request) from None
        except OSError as error:
            raise module._RequestError(str(error), request=request) from None

    vars(module).update(send_request=send_request, send_streaming_request=send_request)


def _change_httpx(module: types.ModuleType) -> None:
    """The distribution's httpx, 0.28 without sockets: it would need promises, and decompress twice."""

    def handle_request(self, request):
        return completed(_handle(module, request, b"".join(request.stream), blocking=True))

    async def handle_async_request(self, request):
        body = b"".join([piece async for piece in request.stream])
        return await _handle(module, request, body, blocking=False)

    module.JavascriptFetchTransport.handle_request = handle_request
    module.AsyncJavascriptFetchTransport.handle_async_request = handle_async_request


async def _handle(module: Any, request: Any, body: bytes, *, blocking: bool) -> Any:
    timeouts = request.extensions.get("timeout") or {}
    try:
        exchange = woma_http.Exchange(
            request.method,
            str(request.url),
            request.headers.multi_items(),
            body,
            blocking=blocking,
            timeout_ms=milliseconds(timeouts.get("read")),
            redirect="manual",
            rules="program",
        )
        head = await exchange.head()
    except HttpFailure as failure:
        _raise_as(failure, module.ReadTimeout, module.ConnectError)
    pairs = pairs_of_decoded(head["headers"])
    stream = _streams(module)[not blocking](exchange)
    extensions = {"reason_phrase": head["statusText"].encode("ascii", errors="ignore")}
    return module.Response(head["status"], headers=pairs, stream=stream, extensions=extensions)


def _streams(module: Any) -> tuple[type, type]:
    async def next_piece(exchange: woma_http.Exchange) -> bytes:
        try:
            return await exchange.read()
        except HttpFailure as failure:
            _raise_as(failure, module.ReadTimeout, module.ReadError)

    class Stream(module.SyncByteStream):
        def __init__(self, exchange: woma_http.Exchange) -> None:
            self._exchange = exchange

        def __iter__(self):
            while piece := completed(next_piece(self._exchange)):
                yield piece

        def close(self) -> None:
            self._exchange.close()

    class AsyncStream(module.AsyncByteStream):
        def __init__(self, exchange: woma_http.Exchange) -> None:
            self._exchange = exchange

        async def __aiter__(self):
            while piece := await next_piece(self._exchange):
                yield piece

        async def aclose(self) -> None:
            self._exchange.close()

    return Stream, AsyncStream


def _raise_as(failure: HttpFailure, timeout: type[Exception], other: type[Exception]) -> NoReturn:
    error = os_error(failure)
    raise (timeout if failure.kind == "timeout" else other)(str(error)) from error
