"""
IPv6 for a build of CPython that knows only IPv4's addresses: below, an IPv6 address has a stand-in among the reserved
IPv4 addresses (cell/kernel/socket-address.ts); what a program sees is what CPython with IPv6 shows.
"""

import _socket
import functools
import socket
from socket import AF_INET, AF_INET6

_NUMERIC = socket.NI_NUMERICHOST | socket.NI_NUMERICSERV
_EAI_ADDRFAMILY = -9
_SO_DOMAIN = 39

_native_getaddrinfo = _socket.getaddrinfo
_native_gethostbyname = _socket.gethostbyname
_native_getnameinfo = _socket.getnameinfo
_native_inet_pton = _socket.inet_pton
_native_inet_ntop = _socket.inet_ntop


def install() -> None:
    socket.has_ipv6 = True
    _socket.getaddrinfo = getaddrinfo
    for function in (gethostbyaddr, gethostbyname, gethostbyname_ex, getnameinfo, inet_ntop, inet_pton):
        setattr(socket, function.__name__, function)
    socket.socket.__new__ = new_socket


def getaddrinfo(host, port, family=0, type=0, proto=0, flags=0):
    try:
        entries = _look_up(host, port, family, type, proto, flags)
    except socket.gaierror as error:
        # The C library has less room for its words.
        raise (_other_family() if error.errno == _EAI_ADDRFAMILY else error) from None
    if family == AF_INET and any(entry[0] == AF_INET6 for entry in entries):
        raise _other_family()
    return [(*entry[:4], _shown(entry[4])) if entry[0] == AF_INET6 else entry for entry in entries]


def _look_up(*query):
    """A signal that has been handled does not end it, as with the C library that asks by itself."""
    while True:
        try:
            return _native_getaddrinfo(*query)
        except InterruptedError:
            continue


def _other_family() -> socket.gaierror:
    return socket.gaierror(_EAI_ADDRFAMILY, "Address family for hostname not supported")


def gethostbyname(hostname, /):
    if isinstance(hostname, str) and ":" in hostname:
        raise _other_family()
    return _native_gethostbyname(hostname)


def gethostbyname_ex(hostname, /):
    gethostbyname(hostname)
    entries = socket.getaddrinfo(hostname, None, AF_INET, socket.SOCK_STREAM)
    return hostname, [], [entry[4][0] for entry in entries]


def gethostbyaddr(ip_address, /):
    """Nobody is asked for the name of an address; the machine's own has one all the same."""
    entries = socket.getaddrinfo(ip_address, None, 0, socket.SOCK_STREAM)
    try:
        name, _ = socket.getnameinfo(entries[0][4], socket.NI_NAMEREQD)
    except socket.gaierror:
        raise socket.herror(1, "Unknown host") from None
    return name, [], [entries[0][4][0]]


def getnameinfo(sockaddr, flags):
    # The two numbers behind the port are IPv6's own.
    return _native_getnameinfo(sockaddr[:2] if isinstance(sockaddr, tuple) else sockaddr, flags)


def inet_pton(family, text, /):
    if family != AF_INET6:
        return _native_inet_pton(family, text)
    import ipaddress

    try:
        if "%" in text:
            raise ValueError
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


def new_socket(cls, *args, **options):
    # A class that is made of it may have other arguments.
    family = args[0] if args else options.get("family")
    return _socket.socket.__new__(_with_ipv6(cls) if family == AF_INET6 and not issubclass(cls, IPv6Socket) else cls)


@functools.cache
def _with_ipv6(cls: type) -> type:
    if cls is socket.socket:
        return IPv6Socket
    return type(cls.__name__, (cls, IPv6Socket), {"__module__": cls.__module__, "__qualname__": cls.__qualname__})


class IPv6Socket(socket.socket):
    """A socket of AF_INET6."""

    def __init__(self, family=AF_INET6, type=-1, proto=-1, fileno=None):
        super().__init__(AF_INET, type, proto, fileno)

    @property
    def family(self):
        return AF_INET6

    def connect(self, address, /):
        super().connect(_below(address, "connect"))

    def connect_ex(self, address, /):
        return super().connect_ex(_below(address, "connect_ex"))

    def getpeername(self):
        return _shown(super().getpeername())

    def getsockopt(self, level, option, length=0, /):
        domain = (level, option) == (socket.SOL_SOCKET, _SO_DOMAIN) and not length
        return int(AF_INET6) if domain else super().getsockopt(level, option, length)

    def getsockname(self):
        return _shown(super().getsockname())


IPv6Socket.__name__ = IPv6Socket.__qualname__ = "socket"
IPv6Socket.__module__ = "socket"


def _below(address, caller: str):
    if not isinstance(address, tuple):
        raise TypeError(f"{caller}(): AF_INET6 address must be tuple, not {type(address).__name__}")
    if not 2 <= len(address) <= 4:
        raise TypeError("AF_INET6 address must be a tuple (host, port[, flowinfo[, scopeid]])")
    host, port, *rest = address
    scope = rest[1] if len(rest) > 1 else 0
    # Of an interface by its number, where the host does not have its name.
    return (f"{host}%{scope}" if scope and isinstance(host, str) and "%" not in host else host, port)


def _shown(address):
    host, port = address
    if host == "0.0.0.0":
        return ("::", port, 0, 0)
    return (_native_getnameinfo((host, port), _NUMERIC)[0] if _is_stand_in(host) else f"::ffff:{host}", port, 0, 0)


def _is_stand_in(host: str) -> bool:
    return int(host.partition(".")[0]) >= 240
