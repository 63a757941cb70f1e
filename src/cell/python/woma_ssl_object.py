"""TLS between two buffers: SSLObject."""

import ssl

from woma_ssl_memory import MemoryBIO, MemoryChannel


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

    def compression(self):
        """Return None: nothing is compressed."""

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
