"""pyodide-http 0.2.2 over the broker's requests, for programs that ask for it, and where there are no sockets."""

import io
import ssl
import types
from typing import Any
from urllib.parse import urlencode

import woma_changes
from woma_answers import Answer, ask, bytes_of


def install() -> None:
    woma_changes.replace("pyodide_http._streaming", _replace_streaming)
    woma_changes.change("pyodide_http._core", _change_core)
    woma_changes.change("pyodide_http._urllib", _change_urllib)
    woma_changes.change("pyodide_http._requests", _change_requests)


def _replace_streaming(module: types.ModuleType) -> None:
    """It is a program in JavaScript, run by a Worker. Here whatever is sent is answered piece by piece."""
    vars(module).update(
        send_streaming_request=_send,
        _StreamingError=type("_StreamingError", (Exception,), {}),
        _StreamingTimeout=type("_StreamingTimeout", (Exception,), {}),
    )


def _change_core(module: types.ModuleType) -> None:
    """Its own asks which kind of browser it is in, warns on the console, and loses what failed and repeated headers."""
    vars(module)["send"] = _send


def _send(request: Any, stream: bool = False) -> Any:
    from pyodide_http._core import Response

    if request.params:
        request.url += f"?{urlencode(request.params)}"
    answer = ask(request.method, request.url, request.headers, request.body, request.timeout)
    return Response(answer.status, answer.headers, answer)


def _change_urllib(module: types.ModuleType) -> None:
    """
    Its own takes the place of all that urllib does above a connection: errors, redirects, cookies, authentication,
    timeouts. Here it takes the connection's place.
    """

    def patch() -> None:
        from urllib.request import AbstractHTTPHandler

        AbstractHTTPHandler.do_open = _do_open

    vars(module)["patch"] = patch


def _do_open(self, http_class, request, **connection_options):
    from http.client import HTTPResponse
    from urllib.error import URLError

    from pyodide_http._core import Request
    from pyodide_http._urllib import send

    if not request.host:
        raise URLError("no host given")
    headers = {**request.unredirected_hdrs, **request.headers}
    asked = Request(request.get_method(), request.full_url, None, bytes_of(request.data), headers)
    asked.timeout = request.timeout
    try:
        answer = send(asked).body
    except OSError as error:
        raise URLError(error) from error
    connection: Any = _Connection(answer)
    response = HTTPResponse(connection, method=request.get_method(), url=request.full_url)
    response.begin()
    response.url = request.full_url
    # As urllib itself does.
    response.msg = response.reason
    return response


class _Connection:
    """An answer as http.client reads it from a socket."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def makefile(self, mode: str) -> io.BufferedReader:
        head = f"HTTP/1.1 {self._answer.status:03} {self._answer.reason}\r\n"
        head += "".join(f"{name}: {value}\r\n" for name, value in self._answer.pairs)
        return io.BufferedReader(_Joined(f"{head}\r\n".encode("latin-1", errors="replace"), self._answer))


class _Joined(io.RawIOBase):
    def __init__(self, first: bytes, answer: Answer) -> None:
        self._first = io.BytesIO(first)
        self._answer = answer

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int | None:
        return self._first.readinto(buffer) or self._answer.raw.readinto(buffer)

    def close(self) -> None:
        self._answer.close()
        super().close()


def _change_requests(module: types.ModuleType) -> None:
    """Its own tells neither why a request failed, nor cookies, nor the status line's words."""
    native = module.PyodideHTTPAdapter.send

    def send(self, request, **options):
        from requests import cookies, exceptions

        try:
            response = native(self, request, **options)
        except TimeoutError as error:
            raise exceptions.ReadTimeout(error, request=request) from error
        except ssl.SSLError as error:
            raise exceptions.SSLError(error, request=request) from error
        except OSError as error:
            raise exceptions.ConnectionError(error, request=request) from error
        response.reason = response.raw.reason
        response.connection = self
        cookies.extract_cookies_to_jar(response.cookies, request, response.raw)
        return response

    module.PyodideHTTPAdapter.send = send
