"""What SSLSocket does with bytes: through TLS while there is some around the connection, else as any socket."""

import ssl
from socket import socket

from woma_ssl_connection import SocketChannel


class Wrapped(socket):
    __module__ = "ssl"

    suppress_ragged_eofs: bool
    _sslobj: SocketChannel | None
    _connected: bool

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
        return None

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
