"""Connections to ::1. Ports there: echo, closed."""

import asyncio
import socket
import sys

ECHO, CLOSED = (int(port) for port in sys.argv[1:])


def show(what, act):
    try:
        print(what, repr(act()).replace(str(ECHO), "ECHO"))
    except Exception as error:
        print(what, type(error).__name__, getattr(error, "errno", None), error)


sock = socket.create_connection(("::1", ECHO))
show("family", lambda: (sock.family, sock.type, sock.proto, isinstance(sock, socket.socket), type(sock).__name__))
show("peer", sock.getpeername)
show("own", lambda: (sock.getsockname()[0], sock.getsockname()[2:]))
show("bytes", lambda: (sock.send(b"six"), sock.recv(3, socket.MSG_WAITALL)))
show("domain", lambda: sock.getsockopt(socket.SOL_SOCKET, 39))
twin = sock.dup()
show("dup", lambda: (twin.family, twin.getpeername()))
show("detached", lambda: socket.socket(socket.AF_INET6, socket.SOCK_STREAM, fileno=twin.detach()).getpeername())


class Named(socket.socket):
    def connect(self, address):
        print("through a class of it")
        super().connect(address)


named = Named(socket.AF_INET6, socket.SOCK_STREAM)
show("connect", lambda: named.connect(("::1", ECHO)))
show("peer", lambda: (named.getpeername(), named.family, isinstance(named, Named), type(named).__name__))
show("keyword", lambda: Named(family=socket.AF_INET6).connect(("::1", CLOSED)))
plain = socket.socket(socket.AF_INET6)
show("new", lambda: (plain.family, plain.getsockname()))
show("refused", lambda: plain.connect(("::1", CLOSED)))
show("connect_ex", lambda: socket.socket(socket.AF_INET6).connect_ex(("::1", CLOSED, 0, 0)))
show("mapped", lambda: socket.socket(socket.AF_INET6).connect_ex(("::ffff:127.0.0.1", CLOSED)))
show("AF_INET by name", lambda: socket.getaddrinfo("::1", ECHO, type=socket.SOCK_STREAM))


async def main():
    reader, writer = await asyncio.open_connection("::1", ECHO)
    show("asyncio", lambda: writer.get_extra_info("peername"))
    writer.write(b"six")
    show("read", lambda: None)
    print(await reader.readexactly(3))
    writer.close()
    loop = asyncio.get_running_loop()
    print(str(await loop.getaddrinfo("::1", ECHO, type=socket.SOCK_STREAM)).replace(str(ECHO), "ECHO"))


asyncio.run(main())
