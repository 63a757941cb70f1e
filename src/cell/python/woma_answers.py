"""HTTP as libraries ask for it that have no sockets: answers to be read as they come, failures as a socket's are."""

import errno
import io
import socket
import ssl
import types
from typing import Any
from urllib.parse import urlsplit

import woma_http
from woma_http import HttpFailure, completed


class Answer(io.BufferedReader):
    """An answer whose body is read as it comes, with what urllib3's callers look for in one."""

    def __init__(self, exchange: woma_http.Exchange, head: dict) -> None:
        from email.message import Message

        super().__init__(_Body(exchange))
        self._host = urlsplit(head["url"]).netloc
        self.status: int = head["status"]
        self.reason: str = head["statusText"]
        self.pairs = pairs_of_decoded(head["headers"])
        self.msg = Message()
        for name, value in self.pairs:
            self.msg[name] = value
        # Where requests looks for cookies.
        self._original_response = types.SimpleNamespace(msg=self.msg)

    @property
    def headers(self) -> dict[str, str]:
        headers: dict[str, str] = {}
        for name, value in self.pairs:
            headers[name.lower()] = f"{headers[name.lower()]}, {value}" if name.lower() in headers else value
        return headers

    def stream(self, amount: int = 1 << 16, decode_content: bool | None = None):
        from urllib3.exceptions import ProtocolError, ReadTimeoutError

        try:
            while piece := self.read(amount):
                yield piece
        except TimeoutError as error:
            raise ReadTimeoutError(self._host, None, "Read timed out.") from error
        except OSError as error:
            raise ProtocolError(f"Connection broken: {error!r}", error) from error

    def release_conn(self) -> None:
        self.close()


class _Body(io.RawIOBase):
    def __init__(self, exchange: woma_http.Exchange) -> None:
        self._exchange = exchange

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:
        try:
            piece = completed(self._exchange.read(len(buffer)))
        except HttpFailure as failure:
            raise os_error(failure) from None
        buffer[: len(piece)] = piece
        return len(piece)

    def close(self) -> None:
        self._exchange.close()
        super().close()


def ask(method: str, url: str, headers: dict[str, str], body: Any, timeout: float | None) -> Answer:
    """Sends a request, without following redirects: whoever asks does that. Raises what a socket would."""
    try:
        exchange = woma_http.Exchange(
            method,
            url,
            [(name, str(value)) for name, value in headers.items()],
            bytes_of(body),
            blocking=True,
            timeout_ms=milliseconds(timeout),
            redirect="manual",
            rules="program",
        )
        return Answer(exchange, completed(exchange.head()))
    except HttpFailure as failure:
        raise os_error(failure) from None


def os_error(failure: HttpFailure) -> OSError:
    """The exception that native Python has for it."""
    code, reason = failure.code or "", failure.reason
    if failure.kind == "timeout":
        return TimeoutError("timed out")
    if failure.kind == "refused":
        return PermissionError(errno.EACCES, f"Permission denied: {reason}")
    if failure.kind == "invalid":
        return OSError(errno.EINVAL, reason)
    if code == "ENOTFOUND":
        return socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    if code == "EAI_AGAIN":
        return socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
    if "CERT" in code or code in ("UNABLE_TO_VERIFY_LEAF_SIGNATURE", "ERR_TLS_CERT_ALTNAME_INVALID"):
        return ssl.SSLCertVerificationError(1, f"[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: {reason}")
    number = getattr(errno, code, None)
    return ConnectionError(reason) if number is None else OSError(number, reason[:1].upper() + reason[1:])


def bytes_of(body: Any) -> bytes:
    """Of what urllib and requests take as a body: text, bytes, a file, or pieces."""
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode()
    if hasattr(body, "read"):
        return bytes_of(body.read())
    try:
        return bytes(memoryview(body))
    except TypeError:
        return b"".join(bytes_of(piece) for piece in body)


def pairs_of_decoded(pairs: list) -> list[tuple[str, str]]:
    """The broker has taken an answer's encodings off, and its lengths are not of what is left."""
    values = [value for name, value in pairs if name.lower() == "content-encoding"]
    encodings = {each.strip().lower() for each in ",".join(values).split(",")} - {""}
    decoded = bool(encodings) and encodings <= {"gzip", "x-gzip", "deflate", "br", "identity"}
    gone = {"transfer-encoding", *(("content-encoding", "content-length") if decoded else ())}
    return [(name, value) for name, value in pairs if name.lower() not in gone]


def milliseconds(timeout: Any) -> int:
    if timeout is socket._GLOBAL_DEFAULT_TIMEOUT:
        timeout = socket.getdefaulttimeout()
    return 0 if not timeout else max(int(timeout * 1000), 1)
