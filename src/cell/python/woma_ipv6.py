"""
IPv6 for a build of CPython that knows only IPv4's addresses: below, an IPv6 address has a stand-in among the reserved
IPv4 addresses (cell/kernel/socket-address.ts); what a program sees is what CPython with IPv6 shows.
"""

import _socket
import socket
from socket import AF_INET, AF_INET6

_NUMERIC = socket.NI_NUMERICHOST | socket.NI_NUMERICSERV
_EAI_ADDRFAMILY = -9

_native_getaddrinfo = _socket.getaddrinfo
_native_getnameinfo = _socket.getnameinfo
_native_inet_pton = _socket.inet_pton
_native_inet_ntop = _socket.inet_ntop


def install() -> None:
    socket.has_ipv6 = True
    _socket.getaddrinfo = getaddrinfo
    socket.getnameinfo = getnameinfo
    socket.inet_pton = inet_pton
    socket.inet_ntop = inet_ntop
    socket.socket.__new__ = __new__


def getaddrinfo(host, port, family=0, type=0, proto=0, flags=0):
    entries = _native_getaddrinfo(host, port, family, type, proto, flags)
    if family == AF_INET and isinstance(host, str) and ":" in host:
        raise socket.gaierror(_EAI_ADDRFAMILY, "Address family for hostname not supported")
    return [(*entry[:4], _shown(entry[4])) if entry[0] == AF_INET6 else entry for entry in entries]


def getnameinfo(sockaddr, flags):
    # The two numbers behind the port are IPv6's own.
    return _native_getnameinfo(sockaddr[:2] if isinstance(sockaddr, tuple) else sockaddr, flags)


def inet_pton(family, text, /):
    if family != AF_INET6:
        return _native_inet_pton(family, text)
    import ipaddress

    try:
        return ipaddress.IPv6Address(text).packed
    except ValueError:
        raise OSError("illegal IP address string passed to inet_pton") from None


def inet_ntop(family, packed, /):
    if family != AF_INET6:
        return _native_inet_ntop(family, packed)
    if len(packed) != 16:
        raise ValueError("invalid length of packed IP address string")
    import ipaddress

    return str(ipaddress.IPv6Address(bytes(packed)))


def __new__(cls, family=-1, type=-1, proto=-1, fileno=None):
    return _socket.socket.__new__(IPv6Socket if cls is socket.socket and family == AF_INET6 else cls)


class IPv6Socket(socket.socket):
    """A socket of AF_INET6."""

    def __init__(self, family=AF_INET6, type=-1, proto=-1, fileno=None):
        super().__init__(AF_INET, type, proto, fileno)

    @property
    def family(self):
        return AF_INET6

    def connect(self, address, /):
        super().connect(_below(address))

    def connect_ex(self, address, /):
        return super().connect_ex(_below(address))

    def getpeername(self):
        return _shown(super().getpeername())

    def getsockname(self):
        return _shown(super().getsockname())


IPv6Socket.__name__ = IPv6Socket.__qualname__ = "socket"
IPv6Socket.__module__ = "socket"


def _below(address):
    if not isinstance(address, tuple):
        raise TypeError(f"AF_INET6 address must be tuple, not {type(address).__name__}")
    if not 2 <= len(address) <= 4:
        raise TypeError("AF_INET6 address must be a pair (host, port), perhaps with flow information and scope id")
    return address[:2]


def _shown(address):
    host, port = address
    if host == "0.0.0.0":
        return ("::", port, 0, 0)
    return (_native_getnameinfo((host, port), _NUMERIC)[0] if _is_stand_in(host) else f"::ffff:{host}", port, 0, 0)


def _is_stand_in(host: str) -> bool:
    return int(host.partition(".")[0]) >= 240
