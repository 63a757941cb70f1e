"""Buffers that TLS reads and writes, in place of a connection: MemoryBIO."""

import woma_ssl_broker
import woma_ssl_errors
from woma_ssl_channel import Channel
from woma_ssl_errors import AT_HANDSHAKE, AT_READ, AT_SHUTDOWN, AT_WRITE

# What one step carries each way.
_STEP_BYTES = 512 * 1024
_HEADER_BYTES = 5


class MemoryBIO:
    """A buffer of bytes: what is written to it is read from it."""

    __module__ = "_ssl"

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._has_ended = False

    def read(self, size: int | None = -1, /) -> bytes:
        length = len(self._buffer)
        if size is None:
            raise TypeError("'NoneType' object cannot be interpreted as an integer")
        count = length if size < 0 else min(size, length)
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        return taken

    def write(self, b, /) -> int:
        view = _bytes_of(b)
        if self._has_ended:
            raise woma_ssl_errors.SSLError("cannot write() after write_eof()")
        self._buffer += view
        return view.nbytes

    def write_eof(self) -> None:
        self._has_ended = True

    @property
    def pending(self) -> int:
        return len(self._buffer)

    @property
    def eof(self) -> bool:
        return self._has_ended and not self._buffer

    def _holds_record(self) -> bool:
        """Whether the broker could make something of it."""
        if len(self._buffer) < _HEADER_BYTES:
            return False
        kind, version = self._buffer[0], self._buffer[1]
        length = int.from_bytes(self._buffer[3:5])
        return not 20 <= kind <= 24 or version != 3 or len(self._buffer) >= _HEADER_BYTES + length


def _bytes_of(data) -> memoryview:
    try:
        view = memoryview(data)
    except TypeError:
        raise TypeError(f"a bytes-like object is required, not {type(data).__name__!r}") from None
    if not view.c_contiguous:
        raise BufferError("memoryview: underlying buffer is not C-contiguous")
    # An empty one cannot be cast.
    return view.cast("B") if view.nbytes else memoryview(b"")


class MemoryChannel(Channel):
    def __init__(self, incoming: MemoryBIO, outgoing: MemoryBIO, **options) -> None:
        super().__init__(**options)
        self._incoming = incoming
        self._outgoing = outgoing
        self._engine: woma_ssl_broker.Handle | None = None
        # What has been decrypted and not read.
        self._plaintext = bytearray()
        self._status: dict | None = None
        self._is_closing = False
        # The program has read all that came.
        self._is_end_known = False

    def target(self) -> dict:
        if self._engine is None:
            self._engine = woma_ssl_broker.Handle(self.begin("tls-engine")["engine"])
        return {"handle": self._engine.number}

    def abandon(self) -> None:
        self._engine = None

    def do_handshake(self) -> None:
        self._advance(AT_HANDSHAKE)

    def read(self, length: int, line: int = AT_READ) -> bytes:
        if length < 0:
            raise ValueError("size should not be negative")
        if length == 0:
            return b""
        if not self._plaintext:
            self._advance(line)
            self._fill()
        if self._plaintext:
            taken = bytes(self._plaintext[:length])
            del self._plaintext[:length]
            return taken
        status = self._known()
        if status["state"] == "failed":
            raise self.failed(status, line)
        if status["closed"]:
            if self._is_closing:
                raise woma_ssl_errors.zero_return(line)
            self._is_end_known = True
            return b""
        if status["ended"]:
            raise self.cut_off(line)
        raise woma_ssl_errors.want_read(line)

    def write(self, data) -> int:
        view = _bytes_of(data)
        self._advance(AT_WRITE)
        if self._has_failed:
            raise woma_ssl_errors.after_failure(AT_WRITE)
        written = 0
        while written < len(view):
            status = self._step(bytes(view[written : written + _STEP_BYTES]))
            written += status["written"]
            if status["state"] == "failed":
                raise self.failed(status, AT_WRITE)
            if self._is_closing:
                raise woma_ssl_errors.refused_protocol("PROTOCOL_IS_SHUTDOWN", AT_WRITE)
            if status["closed"]:
                # A program that has not read so far is not told, as on a connection.
                if self._is_end_known:
                    raise woma_ssl_errors.zero_return(AT_WRITE)
                break
        return len(view)

    def shutdown(self) -> None:
        """Says that nothing more comes; done when the peer has said so, too."""
        if not self.is_open:
            raise woma_ssl_errors.refused_protocol("SHUTDOWN_WHILE_IN_INIT", AT_SHUTDOWN)
        status = self._step(close=not self._is_closing)
        self._is_closing = True
        while not status["closed"] and status["consumed"] and self._incoming._holds_record():
            status = self._step()
        if status["state"] == "failed":
            raise self.failed(status, AT_SHUTDOWN)
        if self._plaintext:
            self._plaintext.clear()
            raise woma_ssl_errors.refused_protocol("APPLICATION_DATA_AFTER_CLOSE_NOTIFY", AT_SHUTDOWN)
        if status["closed"]:
            return
        if status["ended"]:
            raise self.cut_off(AT_SHUTDOWN)
        raise woma_ssl_errors.want_read(AT_SHUTDOWN)

    def pending(self) -> int:
        return len(self._plaintext)

    def _advance(self, line: int) -> None:
        """Takes the handshake as far as what the peer has sent allows."""
        while not self.is_open:
            if self._has_failed:
                raise woma_ssl_errors.after_failure(line)
            if self._status is not None and not self._incoming._holds_record() and not self._incoming._has_ended:
                raise woma_ssl_errors.want_read(line)
            status = self._step()
            if status["state"] == "failed":
                raise self.failed(status, line)
            if not self.is_open and not status["consumed"]:
                raise woma_ssl_errors.want_read(line)

    def _fill(self) -> None:
        """Decrypts until there is something to read, or nothing left that could be."""
        while not self._plaintext:
            ended = self._incoming._has_ended and not self._known()["ended"]
            if not (self._incoming._holds_record() or ended) or self._known()["closed"] or self._has_failed:
                return
            status = self._step()
            if not status["consumed"] and not ended:
                return

    def _known(self) -> dict:
        return self._status if self._status is not None else self._step()

    def _step(self, plaintext: bytes = b"", close: bool = False) -> dict:
        buffer = self._incoming._buffer
        ciphertext = bytes(buffer[:_STEP_BYTES])
        status, data = woma_ssl_broker.ask(
            "tls-exchange",
            ciphertext + plaintext,
            **self.target(),
            ciphertextLength=len(ciphertext),
            ended=self._incoming._has_ended and len(ciphertext) == len(buffer),
            close=close,
        )
        del buffer[: status["consumed"]]
        self._outgoing._buffer += data[: status["ciphertextLength"]]
        self._plaintext += data[status["ciphertextLength"] :]
        self._status = status
        self.opened(status)
        return status
