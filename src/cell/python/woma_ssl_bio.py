"""TLS between two buffers: MemoryBIO and SSLObject."""

import ssl

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
            if status["closed"] or self._is_closing:
                raise woma_ssl_errors.refused_protocol("PROTOCOL_IS_SHUTDOWN", AT_WRITE)
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


class SSLObject:
    """This class implements an interface on top of a low-level SSL object, which reads and writes two MemoryBIOs."""

    __module__ = "ssl"
    _sslobj: MemoryChannel

    def __init__(self, *args, **kwargs):
        raise TypeError(
            f"{self.__class__.__name__} does not have a public constructor. "
            "Instances are returned by SSLContext.wrap_bio()."
        )

    @classmethod
    def _create(
        cls, incoming, outgoing, server_side=False, server_hostname=None, session=None, context=None
    ) -> SSLObject:
        for name, each in (("incoming", incoming), ("outgoing", outgoing)):
            if not isinstance(each, MemoryBIO):
                raise TypeError(f"_wrap_bio() argument '{name}' must be _ssl.MemoryBIO, not {type(each).__name__}")
        assert context is not None
        context._check_peer(server_side, server_hostname)
        self = cls.__new__(cls)
        self._sslobj = MemoryChannel(
            incoming, outgoing, context=context, server_hostname=server_hostname, session=session
        )
        return self

    @property
    def context(self):
        """The SSLContext that is currently in use."""
        return self._sslobj.context

    @context.setter
    def context(self, ctx):
        self._sslobj.context = ctx

    @property
    def session(self):
        """The SSLSession for client socket."""
        return self._sslobj.session

    @session.setter
    def session(self, session):
        self._sslobj.set_session(session)

    @property
    def session_reused(self):
        """Was the client session reused during handshake"""
        return self._sslobj.session_reused

    @property
    def server_side(self):
        """Whether this is a server-side socket."""
        return self._sslobj.server_side

    @property
    def server_hostname(self):
        """The currently set server hostname (for SNI), or ``None`` if no server hostname is set."""
        return self._sslobj.server_hostname

    def read(self, len=1024, buffer=None):
        """Read up to 'len' bytes from the SSL object and return them.

        If 'buffer' is provided, read into this buffer and return the number of bytes read.
        """
        if buffer is None:
            return self._sslobj.read(len)
        view = memoryview(buffer).cast("B")
        data = memoryview(self._sslobj.read(len if 0 < len < view.nbytes else view.nbytes))
        view[: data.nbytes] = data
        return data.nbytes

    def write(self, data):
        """Write 'data' to the SSL object and return the number of bytes written.

        The 'data' argument must support the buffer interface.
        """
        return self._sslobj.write(data)

    def getpeercert(self, binary_form=False):
        """Returns a formatted version of the data in the certificate provided by the other end of the SSL channel.

        Return None if no certificate was provided, {} if a certificate was provided, but not validated.
        """
        return self._sslobj.getpeercert(binary_form)

    def get_verified_chain(self):
        """Returns verified certificate chain provided by the other end of the SSL channel as a list of DER bytes."""
        return self._sslobj.get_verified_chain()

    def get_unverified_chain(self):
        """Returns raw certificate chain provided by the other end of the SSL channel as a list of DER bytes."""
        return self._sslobj.get_unverified_chain()

    def selected_npn_protocol(self):
        """Return None: there is no NPN."""
        ssl.warnings.warn("ssl NPN is deprecated, use ALPN instead", DeprecationWarning, stacklevel=2)

    def selected_alpn_protocol(self):
        """Return the currently selected ALPN protocol as a string, or ``None``."""
        return self._sslobj.selected_alpn_protocol()

    def cipher(self):
        """Return the currently selected cipher as a 3-tuple ``(name, ssl_version, secret_bits)``."""
        return self._sslobj.cipher()

    def shared_ciphers(self):
        """Return None: a client knows nothing of it."""
        return None

    def compression(self):
        """Return None: nothing is compressed."""
        return None

    def pending(self):
        """Return the number of bytes that can be read immediately."""
        return self._sslobj.pending()

    def do_handshake(self):
        """Start the SSL/TLS handshake."""
        self._sslobj.do_handshake()

    def unwrap(self):
        """Start the SSL shutdown handshake."""
        return self._sslobj.shutdown()

    def get_channel_binding(self, cb_type="tls-unique"):
        """Get channel binding data for current connection, in bytes, or None."""
        return self._sslobj.get_channel_binding(cb_type)

    def version(self):
        """Return a string identifying the protocol version used by the current SSL channel."""
        return self._sslobj.version()

    def verify_client_post_handshake(self):
        raise NotImplementedError("Post-handshake auth is not supported by your OpenSSL version.")
