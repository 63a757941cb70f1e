"""Names, services and numbers, and IPv6's addresses."""

import socket


def show(what, act):
    try:
        print(what, repr(act()))
    except Exception as error:
        print(what, type(error).__name__, getattr(error, "errno", None), error)


STREAM = {"type": socket.SOCK_STREAM}
for host, port, options in [
    ("127.0.0.1", 80, {}),
    ("127.0.0.1", "http", {}),
    ("127.0.0.1", "https", STREAM),
    ("127.0.0.1", "443", STREAM),
    ("127.0.0.1", None, STREAM),
    ("127.0.0.1", 0, STREAM),
    ("127.0.0.1", 70000, STREAM),
    ("127.0.0.1", "nosuchservice", {}),
    ("127.0.0.1", 80, {"family": socket.AF_INET, **STREAM}),
    ("127.0.0.1", 80, {"family": socket.AF_INET6}),
    ("127.0.0.1", 80, {"proto": socket.IPPROTO_TCP}),
    ("127.0.0.1", 80, {"type": socket.SOCK_DGRAM}),
    ("127.1", 80, STREAM),
    ("0x7f000001", 80, STREAM),
    ("255.255.255.255", 80, {"family": socket.AF_INET, **STREAM}),
    ("240.1.2.3", 80, STREAM),
    ("::1", 80, STREAM),
    ("::1", 80, {"family": socket.AF_INET6, **STREAM}),
    ("::1", 80, {"family": socket.AF_INET}),
    ("2001:DB8:0::1", 80, STREAM),
    ("::ffff:192.0.2.1", 80, {"family": socket.AF_INET6, **STREAM}),
    (None, 80, STREAM),
    (None, 80, {"flags": socket.AI_PASSIVE, **STREAM}),
    (None, 80, {"family": socket.AF_INET, **STREAM}),
    (None, None, {}),
    ("localhost", 80, {"family": socket.AF_INET, **STREAM}),
    ("localhost", 80, {"flags": socket.AI_NUMERICHOST, **STREAM}),
    ("127.0.0.1", "http", {"flags": socket.AI_NUMERICSERV, **STREAM}),
    ("127.0.0.1", 80, {"flags": socket.AI_CANONNAME, **STREAM}),
    ("no-such-name.invalid", 80, {}),
    ("1.2.3.4.5", 80, {}),
    ("a" * 64 + ".example", 80, {}),
    ("a..example", 80, {}),
    ("nul\0byte", 80, {}),
    (b"127.0.0.1", b"80", STREAM),
    (127, 80, {}),
    ("127.0.0.1", 80.5, {}),
]:
    show(f"getaddrinfo {host} {port} {options}", lambda: socket.getaddrinfo(host, port, **options))
for address, flags in [
    (("127.0.0.1", 80), socket.NI_NUMERICHOST),
    (("127.0.0.1", 443), socket.NI_NUMERICHOST),
    (("127.0.0.1", 65000), socket.NI_NUMERICHOST),
    (("127.0.0.1", 53), socket.NI_NUMERICHOST | socket.NI_DGRAM),
    (("127.0.0.1", 80), socket.NI_NUMERICHOST | socket.NI_NUMERICSERV),
    (("::1", 80), socket.NI_NUMERICHOST),
    (("2001:db8::1", 80, 0, 0), socket.NI_NUMERICHOST | socket.NI_NUMERICSERV),
    (("127.0.0.1", 80), 0),
    (("no-such-name.invalid", 1), 0),
    (("127.0.0.1",), 0),
    ("127.0.0.1", 0),
]:
    show(f"getnameinfo {address} {flags}", lambda: socket.getnameinfo(address, flags))
for name in ("localhost", "127.0.0.1", "127.1", "", "no-such-name.invalid", "::1", "255.255.255.255", "<broadcast>"):
    show(f"gethostbyname {name}", lambda: socket.gethostbyname(name))
for name in ("localhost", "127.0.0.1", "no-such-name.invalid"):
    show(f"gethostbyname_ex {name}", lambda: socket.gethostbyname_ex(name))
for name in ("127.0.0.1", "localhost", "no-such-name.invalid"):
    show(f"gethostbyaddr {name}", lambda: socket.gethostbyaddr(name)[0])
show("getfqdn", lambda: socket.getfqdn("localhost"))
for service in [("http",), ("https", "tcp"), ("ssh",), ("domain", "udp"), ("nosuchservice",), ("http", "nosuch")]:
    show(f"getservbyname {service}", lambda: socket.getservbyname(*service))
for service in [(80,), (443, "tcp"), (53, "udp"), (65000,), (70000,)]:
    show(f"getservbyport {service}", lambda: socket.getservbyport(*service))
for name in ("tcp", "udp", "nosuch"):
    show(f"getprotobyname {name}", lambda: socket.getprotobyname(name))
for family, text in [(2, "127.0.0.1"), (2, "127.1"), (10, "::1"), (10, "::ffff:1.2.3.4"), (10, "x"), (10, "fe80::1%lo"), (99, "x")]:
    show(f"inet_pton {family} {text}", lambda: socket.inet_pton(family, text))
for family, packed in [(2, b"\x7f\0\0\1"), (10, bytes(15) + b"\1"), (10, bytes(10) + b"\xff\xff\1\2\3\4"), (10, b"x"), (2, b"x"), (99, b"x")]:
    show(f"inet_ntop {family} {packed}", lambda: socket.inet_ntop(family, packed))
show("inet_aton", lambda: socket.inet_aton("127.1"))
show("inet_ntoa", lambda: socket.inet_ntoa(b"\x7f\0\0\1"))
show("has_ipv6", lambda: socket.has_ipv6)
for arguments in [(99,), (socket.AF_INET, 99), (socket.AF_INET, socket.SOCK_STREAM, 17)]:
    show(f"socket {arguments}", lambda: socket.socket(*arguments))
for address in [("127.0.0.1",), "127.0.0.1", ("127.0.0.1", "80"), ("127.0.0.1", 70000), ("127.0.0.1", -1), (1, 2), None, ("no-such-name.invalid", 80)]:
    show(f"connect {address}", lambda: socket.socket().connect(address))
show("six", lambda: socket.socket(socket.AF_INET6).connect("::1"))
show("six", lambda: socket.socket(socket.AF_INET6).connect(("::1",)))
show("six", lambda: repr(socket.socket(socket.AF_INET6)).partition("family")[2].partition(", laddr")[0])
