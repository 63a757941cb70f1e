"""TLS over a connection: SSLSocket. Its descriptor carries plaintext once the broker speaks TLS on it."""

import _socket
import errno
import os
import ssl
import time
from socket import SO_TYPE, SOCK_STREAM, SOL_SOCKET, socket

import woma_ssl_broker
import woma_ssl_errors
from woma_ssl_channel import Channel
from woma_ssl_errors import AT_HANDSHAKE, AT_READ, AT_SHUTDOWN, AT_WRITE


class SocketChannel(Channel):
    def __init__(self, sock: SSLSocket, **options) -> None:
        super().__init__(**options)
        self._socket = sock
        self._has_begun = False

    def target(self) -> dict:
        if not self._has_begun:
            self.begin("tls-start", descriptor=self._socket.fileno())
            self._has_begun = True
        return {"descriptor": self._socket.fileno()}

    def abandon(self) -> None:
        """From here on the connection is as it was before."""
        if self._has_begun:
            woma_ssl_broker.ask("tls-abandon", descriptor=self._socket.fileno())
            self._has_begun = False

    def do_handshake(self) -> None:
        self._finish_step("tls-handshake", AT_HANDSHAKE, f"_ssl.c:{AT_HANDSHAKE}: The handshake operation timed out")

    def read(self, length: int, buffer=None):
        if length < 0 and buffer is None:
            raise ValueError("size should not be negative")
        if buffer is not None:
            return self._read_into(length, buffer)
        if length == 0:
            return b""
        data = self._carry(AT_READ, lambda: _socket.socket.recv(self._socket, length))
        if not data:
            self._check_end()
        return data

    def write(self, data) -> int:
        return self._carry(AT_WRITE, lambda: _socket.socket.send(self._socket, data))

    def shutdown(self) -> socket:
        """Says that nothing more comes, and waits for the peer's word; the connection is without TLS then."""
        if not self.is_open:
            raise woma_ssl_errors.refused_protocol("SHUTDOWN_WHILE_IN_INIT", AT_SHUTDOWN)
        self._finish_step("tls-finish", AT_SHUTDOWN, "The read operation timed out")
        self._has_begun = False
        return self._socket

    def pending(self) -> int:
        return self._status()["pending"] if self._has_begun else 0

    def _read_into(self, length: int, buffer) -> int:
        view = memoryview(buffer).cast("B")
        count = length if 0 < length <= view.nbytes else view.nbytes
        if count == 0:
            return 0
        received = self._carry(AT_READ, lambda: _socket.socket.recv_into(self._socket, view, count))
        if received == 0:
            self._check_end()
        return received

    def _carry(self, line: int, act):
        """Bytes through the connection, by its own timeout; its errors in TLS's words."""
        self.target()
        try:
            done = act()
        except BlockingIOError:
            raise self._would_block(line) from None
        except TimeoutError:
            raise TimeoutError(f"The {'read' if line == AT_READ else 'write'} operation timed out") from None
        except OSError as error:
            if error.errno != errno.EIO:
                raise
            status = self._status()
            if status["state"] != "failed":
                raise
            raise self.failed(status, line) from None
        if not self.is_open:
            # The handshake was made on the way.
            self.opened(self._status())
        return done

    def _would_block(self, line: int) -> OSError:
        wants_write = self._status()["sending"] or (line == AT_WRITE and self.is_open)
        return woma_ssl_errors.want_write(line) if wants_write else woma_ssl_errors.want_read(line)

    def _check_end(self) -> None:
        if not self._socket.suppress_ragged_eofs and not self._status()["closed"]:
            raise self.cut_off(AT_READ)

    def _finish_step(self, op: str, line: int, timed_out: str) -> None:
        timeout = self._socket.gettimeout()
        deadline = None if timeout is None else time.monotonic() + timeout
        while True:
            left = -1 if deadline is None else max(deadline - time.monotonic(), 0) * 1000
            # What waits not at all is told how far it has come.
            left = max(left, 1) if timeout else left
            reply, _ = woma_ssl_broker.woma_kernel.request(op, **self.target(), timeoutMs=left)
            if reply.get("errno") == "EINTR":
                continue
            if reply.get("errno") == "ETIMEDOUT" and timeout is not None:
                raise TimeoutError(timed_out)
            woma_ssl_broker.woma_kernel.raise_failure(reply)
            break
        if op == "tls-handshake":
            self._conclude_handshake(reply, line)
        else:
            self._conclude_end(reply, line)

    def _conclude_handshake(self, status: dict, line: int) -> None:
        self.opened(status)
        if status["state"] == "failed":
            raise self.failed(status, line)
        if not self.is_open:
            raise woma_ssl_errors.want_write(line) if status["sending"] else woma_ssl_errors.want_read(line)

    def _conclude_end(self, status: dict, line: int) -> None:
        if status["state"] == "failed" and not status["closed"]:
            raise self.failed(status, line)
        if status["pending"] > 0:
            raise woma_ssl_errors.refused_protocol("APPLICATION_DATA_AFTER_CLOSE_NOTIFY", line)
        if status["closed"]:
            return
        if status["ended"]:
            raise self.cut_off(line)
        raise woma_ssl_errors.want_read(line)

    def _status(self) -> dict:
        return woma_ssl_broker.ask("tls-status", **self.target())[0]


class SSLSocket(socket):
    """This class implements a subtype of socket.socket that wraps
    the underlying OS socket in an SSL context when necessary, and
    provides read and write methods over that channel."""

    __module__ = "ssl"

    server_side: bool
    server_hostname: str | None
    do_handshake_on_connect: bool
    suppress_ragged_eofs: bool
    _context: ssl.SSLContext
    _sslobj: SocketChannel | None
    _connected: bool

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
        self = cls.__new__(cls, family=sock.family, type=sock.type, proto=sock.proto, fileno=sock.fileno())
        socket.__init__(self, family=sock.family, type=sock.type, proto=sock.proto, fileno=sock.fileno())
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
            try:
                self.close()
            except OSError:
                pass
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

    def _checkClosed(self, msg=None):
        """Nothing more than the operation itself will find."""

    def _check_connected(self):
        if not self._connected:
            # Raises what a socket that has no peer raises.
            self.getpeername()

    def _wrapped(self) -> SocketChannel:
        if self._sslobj is None:
            raise ValueError(f"No SSL wrapper around {self}")
        return self._sslobj

    # Bytes.

    def read(self, len=1024, buffer=None):
        """Read up to LEN bytes and return them. Return zero-length string on EOF."""
        self._checkClosed()
        if self._sslobj is None:
            raise ValueError("Read on closed or unwrapped SSL socket.")
        try:
            return self._sslobj.read(len, buffer)
        except ssl.SSLError as error:
            if error.args[0] != ssl.SSL_ERROR_EOF or not self.suppress_ragged_eofs:
                raise
            return 0 if buffer is not None else b""

    def write(self, data):
        """Write DATA to the underlying SSL channel. Returns number of bytes of DATA actually transmitted."""
        self._checkClosed()
        if self._sslobj is None:
            raise ValueError("Write on closed or unwrapped SSL socket.")
        return self._sslobj.write(data)

    def send(self, data, flags=0):
        self._checkClosed()
        if self._sslobj is None:
            return super().send(data, flags)
        self._refuse_flags(flags, "send")
        return self._sslobj.write(data)

    def sendto(self, data, flags_or_addr, addr=None):
        self._checkClosed()
        if self._sslobj is not None:
            raise ValueError(f"sendto not allowed on instances of {self.__class__}")
        return super().sendto(data, flags_or_addr) if addr is None else super().sendto(data, flags_or_addr, addr)

    def sendmsg(self, *args, **kwargs):
        raise NotImplementedError(f"sendmsg not allowed on instances of {self.__class__}")

    def sendall(self, data, flags=0):
        self._checkClosed()
        if self._sslobj is None:
            return super().sendall(data, flags)
        self._refuse_flags(flags, "sendall")
        with memoryview(data) as view, view.cast("B") as every:
            sent = 0
            while sent < every.nbytes:
                sent += self.send(every[sent:])

    def sendfile(self, file, offset=0, count=None):
        """Send a file, possibly by using an efficient sendfile() call if the system supports it."""
        return self._sendfile_use_send(file, offset, count)

    def recv(self, buflen=1024, flags=0):
        self._checkClosed()
        if self._sslobj is None:
            return super().recv(buflen, flags)
        self._refuse_flags(flags, "recv")
        return self.read(buflen)

    def recv_into(self, buffer, nbytes=None, flags=0):
        self._checkClosed()
        if nbytes is None:
            with memoryview(buffer) as view:
                nbytes = view.nbytes or 1024
        if self._sslobj is None:
            return super().recv_into(buffer, nbytes, flags)
        self._refuse_flags(flags, "recv_into")
        return self.read(nbytes, buffer)

    def recvfrom(self, buflen=1024, flags=0):
        self._checkClosed()
        if self._sslobj is not None:
            raise ValueError(f"recvfrom not allowed on instances of {self.__class__}")
        return super().recvfrom(buflen, flags)

    def recvfrom_into(self, buffer, nbytes=None, flags=0):
        self._checkClosed()
        if self._sslobj is not None:
            raise ValueError(f"recvfrom_into not allowed on instances of {self.__class__}")
        return super().recvfrom_into(buffer, nbytes or 0, flags)

    def recvmsg(self, *args, **kwargs):
        raise NotImplementedError(f"recvmsg not allowed on instances of {self.__class__}")

    def recvmsg_into(self, *args, **kwargs):
        raise NotImplementedError(f"recvmsg_into not allowed on instances of {self.__class__}")

    def _refuse_flags(self, flags: int, name: str) -> None:
        if flags != 0:
            raise ValueError(f"non-zero flags not allowed in calls to {name}() on {self.__class__}")

    def pending(self):
        """Return the number of bytes that can be read immediately."""
        self._checkClosed()
        return self._sslobj.pending() if self._sslobj is not None else 0

    # Beginning and end.

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
        return None

    def compression(self):
        """Return None: nothing is compressed."""
        return None

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
