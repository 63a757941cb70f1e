"""What socket objects do in this build that no system call of its C library does."""

import errno
import os
import socket
import sys
import weakref
from enum import IntEnum
from socket import SOL_SOCKET

import woma_kernel

NO_SERVERS = "woma's Python accepts no connections; serve from outside and pass the data in"

# Linux's numbers, which this build of the socket module lacks.
_MISSING_NUMBERS = {
    "AF_UNIX": 1,
    "SO_REUSEADDR": 2,
    "SO_BROADCAST": 6,
    "SO_KEEPALIVE": 9,
    "SO_REUSEPORT": 15,
    "TCP_NODELAY": 1,
}
_AF_UNIX = 1
_SO_KEEPALIVE = 9
_TCP_NODELAY = 1

_OWN_ADDRESSES = ("", "0.0.0.0", "::", "127.0.0.1", "::1")

# What was set, to be read back as from a kernel.
_options: weakref.WeakKeyDictionary[socket.socket, dict] = weakref.WeakKeyDictionary()


def install() -> None:
    for name, number in _MISSING_NUMBERS.items():
        if not hasattr(socket, name):
            setattr(socket, name, number)
    # So that the family that was missing is one of them.
    IntEnum._convert_("AddressFamily", "socket", lambda name: name.isupper() and name.startswith("AF_"))
    for function in (bind, listen, accept, setsockopt, getsockopt):
        function.__qualname__ = f"socket.{function.__name__}"
        setattr(socket.socket, function.__name__, function)
    for function in (socketpair, getservbyname, getservbyport):
        setattr(socket, function.__name__, function)


def bind(self, address, /):
    # Any port of any address: what a connection has anyway.
    if isinstance(address, tuple) and len(address) >= 2 and address[1] == 0 and address[0] in _OWN_ADDRESSES:
        return
    raise OSError(errno.EOPNOTSUPP, NO_SERVERS)


def listen(self, backlog=128, /):
    raise OSError(errno.EOPNOTSUPP, NO_SERVERS)


def accept(self):
    raise OSError(errno.EINVAL, os.strerror(errno.EINVAL))


def setsockopt(self, level, option, value, length=None, /):
    """Those that change what a program sees reach the connection; the others are kept, to be read back."""
    fd = self.fileno()
    if fd < 0:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))
    if isinstance(value, int):
        if (level, option) == (socket.IPPROTO_TCP, _TCP_NODELAY):
            woma_kernel.request("socket-option", descriptor=fd, option="no-delay", value=int(value != 0))
        elif (level, option) == (SOL_SOCKET, _SO_KEEPALIVE):
            woma_kernel.request("socket-option", descriptor=fd, option="keep-alive", value=int(value != 0))
    kept = value.to_bytes(4, sys.byteorder, signed=True) if isinstance(value, int) else _bytes_of(value, length)
    _options.setdefault(self, {})[level, option] = kept


def _bytes_of(value, length) -> bytes:
    if value is None:
        return bytes(length or 0)
    try:
        return bytes(memoryview(value))
    except TypeError:
        raise TypeError(f"a bytes-like object is required, not {type(value).__name__!r}") from None


_native_getsockopt = socket.socket.getsockopt


def getsockopt(self, level, option, length=0, /):
    if (known := _options.get(self, {}).get((level, option))) is not None:
        return known[:length] if length else int.from_bytes(known[:4], sys.byteorder, signed=True)
    try:
        return _native_getsockopt(self, level, option, *([length] if length else []))
    except OSError as error:
        if error.errno != errno.ENOPROTOOPT:
            raise
        # Nobody has set it.
        return bytes(length) if length else 0


def socketpair(family=None, type=socket.SOCK_STREAM, proto=0):
    if family not in (None, _AF_UNIX) or (type & 0xF) != socket.SOCK_STREAM:
        raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))
    reply, _ = woma_kernel.request("socket-pair")
    woma_kernel.raise_failure(reply)
    ends = [woma_kernel.open_descriptor(reply[end]) for end in ("first", "second")]
    return tuple(_PairedSocket(_AF_UNIX, socket.SOCK_STREAM, 0, fileno=end) for end in ends)


_native_getservbyname = socket.getservbyname
_native_getservbyport = socket.getservbyport
_KINDS = {"tcp": socket.SOCK_STREAM, "udp": socket.SOCK_DGRAM}


def getservbyname(servicename, protocolname=None, /):
    try:
        # For its checks: its library has no services.
        return _native_getservbyname(servicename, *([protocolname] if protocolname is not None else []))
    except OSError as error:
        unknown = error
    for protocol in _KINDS if protocolname is None else [protocolname]:
        try:
            if protocol in _KINDS and not servicename.isdigit():
                return socket.getaddrinfo("127.0.0.1", servicename, 0, _KINDS[protocol])[0][4][1]
        except socket.gaierror:
            continue
    raise unknown


def getservbyport(port, protocolname=None, /):
    try:
        return _native_getservbyport(port, *([protocolname] if protocolname is not None else []))
    except OSError as error:
        unknown = error
    for protocol in _KINDS if protocolname is None else [protocolname]:
        flags = socket.NI_NUMERICHOST | (socket.NI_DGRAM if protocol == "udp" else 0)
        name = socket.getnameinfo(("127.0.0.1", port), flags)[1]
        if protocol in _KINDS and not name.isdigit():
            return name
    raise unknown


class _PairedSocket(socket.socket):
    """One of socketpair(), which has no name."""

    def getsockname(self):
        return ""

    getpeername = getsockname


_PairedSocket.__name__ = _PairedSocket.__qualname__ = "socket"
_PairedSocket.__module__ = "socket"
