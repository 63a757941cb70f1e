"""TLS over a connection: SSLSocket."""

import _socket
import contextlib
import errno
import os
import ssl
from socket import SO_TYPE, SOCK_STREAM, SOL_SOCKET

import woma_ipv6
from woma_ssl_connection import SocketChannel
from woma_ssl_wrapped import Wrapped


class SSLSocket(Wrapped):
    """This class implements a subtype of socket.socket that wraps
    the underlying OS socket in an SSL context when necessary, and
    provides read and write methods over that channel."""

    __module__ = "ssl"

    server_side: bool
    server_hostname: str | None
    do_handshake_on_connect: bool
    _context: ssl.SSLContext

    def __init__(self, *args, **kwargs):
        raise TypeError(
            f"{self.__class__.__name__} does not have a public constructor. "
            "Instances are returned by SSLContext.wrap_socket()."
        )

    @classmethod
    def _create(
        cls,
        sock,
        server_side=False,
        do_handshake_on_connect=True,
        suppress_ragged_eofs=True,
        server_hostname=None,
        context=None,
        session=None,
    ):
        assert context is not None
        if sock.getsockopt(SOL_SOCKET, SO_TYPE) != SOCK_STREAM:
            raise NotImplementedError("only stream sockets are supported")
        if server_side and server_hostname:
            raise ValueError("server_hostname can only be specified in client mode")
        if server_side and session is not None:
            raise ValueError("session can only be specified in client mode")
        if context.check_hostname and not server_hostname:
            raise ValueError("check_hostname requires server_hostname")
        timeout = sock.gettimeout()
        # Another class where its addresses are IPv6's.
        self = woma_ipv6.new_socket(cls, sock.family)
        super(Wrapped, self).__init__(family=sock.family, type=sock.type, proto=sock.proto, fileno=sock.fileno())
        # The descriptor is closed by this one from now on.
        sock.detach()
        try:
            self._context = context
            self._session = session
            self._closed = False
            self._sslobj = None
            self.server_side = server_side
            self.server_hostname = context._encode_hostname(server_hostname)
            self.do_handshake_on_connect = do_handshake_on_connect
            self.suppress_ragged_eofs = suppress_ragged_eofs
            self._connected = self._is_connected()
            self.settimeout(timeout)
            if self._connected:
                self._begin()
        except BaseException:
            with contextlib.suppress(OSError):
                self.close()
            raise
        return self

    def _is_connected(self) -> bool:
        try:
            self.getpeername()
        except OSError as error:
            if error.errno != errno.ENOTCONN:
                raise
            self._refuse_early_data(error)
            return False
        return True

    def _refuse_early_data(self, cause: OSError) -> None:
        """What came before the connection was closed again has come through no TLS."""
        self.setblocking(False)
        try:
            early = _socket.socket.recv(self, 1)
        except OSError as error:
            if error.errno not in (errno.ENOTCONN, errno.EINVAL):
                raise
            return
        if early:
            reason = "Closed before TLS handshake with data in recv buffer."
            refusal = ssl.SSLError(cause.errno, reason)
            refusal.reason, refusal.library = reason, None
            raise refusal

    def _begin(self) -> None:
        self._context._check_peer(self.server_side, self.server_hostname)
        self._sslobj = SocketChannel(
            self, context=self._context, server_hostname=self.server_hostname, session=self._session
        )
        if self.do_handshake_on_connect:
            if self.gettimeout() == 0.0:
                raise ValueError("do_handshake_on_connect should not be specified for non-blocking sockets")
            self.do_handshake()

    @property
    def context(self):
        """The SSLContext that is currently in use."""
        return self._context

    @context.setter
    def context(self, ctx):
        self._context = ctx
        if self._sslobj is not None:
            self._sslobj.context = ctx

    @property
    def session(self):
        """The SSLSession for client socket."""
        return self._sslobj.session if self._sslobj is not None else None

    @session.setter
    def session(self, session):
        self._session = session
        if self._sslobj is not None:
            self._sslobj.set_session(session)

    @property
    def session_reused(self):
        """Was the client session reused during handshake"""
        return self._sslobj.session_reused if self._sslobj is not None else None

    def dup(self):
        raise NotImplementedError(f"Can't dup() {self.__class__.__name__} instances")

    def do_handshake(self, block=False):
        """Start the SSL/TLS handshake."""
        self._check_connected()
        timeout = self.gettimeout()
        try:
            if timeout == 0.0 and block:
                self.settimeout(None)
            self._wrapped().do_handshake()
        finally:
            self.settimeout(timeout)

    def _real_connect(self, addr, connect_ex):
        if self.server_side:
            raise ValueError("can't connect in server-side mode")
        # There is one connection to a socket.
        if self._connected or self._sslobj is not None:
            raise ValueError("attempt to connect already-connected SSLSocket!")
        try:
            if connect_ex:
                number = super().connect_ex(addr)
            else:
                number = 0
                super().connect(addr)
            if number == 0:
                self._connected = True
                self._begin()
            elif number in (errno.EINPROGRESS, errno.EWOULDBLOCK):
                self._sslobj = SocketChannel(
                    self, context=self._context, server_hostname=self.server_hostname, session=self._session
                )
            return number
        except OSError, ValueError:
            self._sslobj = None
            raise

    def connect(self, addr):
        """Connects to remote ADDR, and then wraps the connection in an SSL channel."""
        self._real_connect(addr, False)

    def connect_ex(self, addr):
        """Connects to remote ADDR, and then wraps the connection in an SSL channel."""
        return self._real_connect(addr, True)

    def accept(self):
        """woma's Python accepts no connections."""
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))

    def shutdown(self, how):
        self._checkClosed()
        if self._sslobj is not None:
            self._sslobj.abandon()
            self._sslobj = None
        super().shutdown(how)

    def unwrap(self):
        """Ends the SSL channel, and returns the socket without it."""
        plain = self._wrapped().shutdown()
        self._sslobj = None
        return plain

    def _real_close(self):
        self._sslobj = None
        super()._real_close()

    # What was agreed.

    def getpeercert(self, binary_form=False):
        """Returns a formatted version of the data in the certificate provided by the other end of the SSL channel.

        Return None if no certificate was provided, {} if a certificate was provided, but not validated.
        """
        self._checkClosed()
        self._check_connected()
        return self._wrapped().getpeercert(binary_form)

    def get_verified_chain(self):
        """Returns verified certificate chain provided by the other end of the SSL channel as a list of DER bytes."""
        return self._wrapped().get_verified_chain()

    def get_unverified_chain(self):
        """Returns raw certificate chain provided by the other end of the SSL channel as a list of DER bytes."""
        return self._wrapped().get_unverified_chain()

    def selected_npn_protocol(self):
        """Return None: there is no NPN."""
        ssl.warnings.warn("ssl NPN is deprecated, use ALPN instead", DeprecationWarning, stacklevel=2)

    def selected_alpn_protocol(self):
        """Return the currently selected ALPN protocol as a string, or ``None``."""
        return self._sslobj.selected_alpn_protocol() if self._sslobj is not None else None

    def cipher(self):
        """Return the currently selected cipher as a 3-tuple ``(name, ssl_version, secret_bits)``."""
        return self._sslobj.cipher() if self._sslobj is not None else None

    def shared_ciphers(self):
        """Return None: a client knows nothing of it."""

    def compression(self):
        """Return None: nothing is compressed."""

    def get_channel_binding(self, cb_type="tls-unique"):
        """Get channel binding data for current connection, in bytes, or None."""
        if self._sslobj is not None:
            return self._sslobj.get_channel_binding(cb_type)
        if cb_type not in ssl.CHANNEL_BINDING_TYPES:
            raise ValueError(f"{cb_type} channel binding type not implemented")
        return None

    def version(self):
        """Return a string identifying the protocol version used by the current SSL channel."""
        return self._sslobj.version() if self._sslobj is not None else None

    def verify_client_post_handshake(self):
        self._wrapped()
        raise NotImplementedError("Post-handshake auth is not supported by your OpenSSL version.")
