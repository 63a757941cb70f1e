"""What sockets do in every state of a connection. Ports: echo, greet, reset, silent, closed."""

import errno
import os
import select
import socket
import sys
import time

ECHO, GREET, RESET, SILENT, CLOSED = (("127.0.0.1", int(port)) for port in sys.argv[1:])
EVENTS = select.POLLIN | select.POLLOUT | getattr(select, "POLLRDHUP", 0x2000)


def show(what, act):
    try:
        print(what, repr(act()))
    except Exception as error:
        print(what, type(error).__name__, getattr(error, "errno", None), error)


def bits(sock):
    poll = select.poll()
    poll.register(sock, EVENTS)
    return poll.poll(0)[0][1] if poll.poll(0) else 0


def eventually(sock, wanted):
    for _ in range(500):
        if bits(sock) == wanted:
            break
        time.sleep(0.01)
    print("poll", bits(sock))


def connected(address):
    sock = socket.socket()
    sock.connect(address)
    return sock


print("a new socket")
new = socket.socket()
show("repr", lambda: repr(new).replace(f"fd={new.fileno()}", "fd=N"))
show("poll", lambda: bits(new))
show("recv", lambda: new.recv(1))
show("send", lambda: new.send(b"x"))
show("shutdown", lambda: new.shutdown(socket.SHUT_RDWR))
show("getpeername", new.getpeername)
show("getsockname", new.getsockname)
show("SO_ERROR", lambda: new.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
show("accept", new.accept)
show("timeout", lambda: (new.gettimeout(), new.getblocking()))



class Named(socket.socket):
    def __init__(self, name, *more, option=None):
        super().__init__()
        self.name, self.more, self.option = name, more, option


named = Named("a", 1, 2, 3, 4, 5, option=6)
show("a class of it", lambda: (named.family, named.name, named.more, named.option, named.connect_ex(ECHO)))
show("with nothing in it", lambda: socket.socket(socket.AF_INET, unknown=1))  # type: ignore[call-arg]
named.close()

print("a connection that is refused")
show("connect", lambda: socket.socket().connect(CLOSED))
show("connect_ex", lambda: errno.errorcode[socket.socket().connect_ex(CLOSED)])
show("create_connection", lambda: socket.create_connection(CLOSED))
refused = socket.socket()
refused.setblocking(False)
show("connect", lambda: refused.connect(CLOSED))
eventually(refused, 0x201D)
show("SO_ERROR", lambda: errno.errorcode[refused.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)])
show("SO_ERROR", lambda: refused.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
show("poll", lambda: bits(refused))
timed = socket.socket()
timed.settimeout(5)
show("with a timeout", lambda: timed.connect(CLOSED))

print("a connection that is made")
early = socket.socket()
early.setblocking(False)
show("connect", lambda: early.connect(ECHO))
eventually(early, 4)
show("connect", lambda: early.connect_ex(ECHO))
show("connect", lambda: early.connect(ECHO))
show("recv", lambda: early.recv(1))
show("recv_into", lambda: early.recv_into(bytearray(1)))
echo = connected(ECHO)
show("poll", lambda: bits(echo))
show("peer", lambda: echo.getpeername() == ECHO)
show("own", lambda: (echo.getsockname()[0], echo.getsockname()[1] > 0))
show("send", lambda: echo.send(b"hello"))
show("sendall", lambda: echo.sendall(b" world"))
show("send nothing", lambda: echo.send(b""))
show("recv", lambda: echo.recv(11, socket.MSG_WAITALL))
show("recv nothing", lambda: echo.recv(0))
show("listen", lambda: echo.fileno() >= 0 and None)
show("shutdown 5", lambda: echo.shutdown(5))
show("end", lambda: echo.shutdown(socket.SHUT_WR))
show("send", lambda: echo.send(b"x"))
show("recv", lambda: echo.recv(10))
show("poll", lambda: bits(echo))
show("shutdown again", lambda: echo.shutdown(socket.SHUT_RDWR))

print("a peer that has ended")
ended = connected(GREET)
eventually(ended, 0x2005)
show("recv", lambda: ended.recv(3))
show("recv", lambda: ended.recv(100))
show("recv", lambda: ended.recv(100))
show("recv", lambda: ended.recv_into(bytearray(4)))
show("end", lambda: ended.shutdown(socket.SHUT_WR))
show("poll", lambda: bits(ended))

print("reading no more")
deaf = connected(SILENT)
show("shutdown", lambda: deaf.shutdown(socket.SHUT_RD))
show("poll", lambda: bits(deaf))
show("recv", lambda: deaf.recv(1))
show("send", lambda: deaf.send(b"x"))
show("shutdown", lambda: deaf.shutdown(socket.SHUT_WR))
show("poll", lambda: bits(deaf))

print("a connection that is broken off")
reset = connected(RESET)
reset.sendall(b"go")
eventually(reset, 0x201D)
show("recv", lambda: reset.recv(100))
show("poll", lambda: bits(reset))
show("recv", lambda: reset.recv(100))
show("send", lambda: reset.send(b"x"))
show("getpeername", reset.getpeername)
show("shutdown", lambda: reset.shutdown(socket.SHUT_RDWR))
reset = connected(RESET)
reset.sendall(b"go")
eventually(reset, 0x201D)
show("send", lambda: reset.send(b"x"))
show("sendall", lambda: reset.sendall(b"x"))
reset = connected(RESET)
reset.sendall(b"go")
eventually(reset, 0x201D)
show("SO_ERROR", lambda: errno.errorcode[reset.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)])
show("SO_ERROR", lambda: reset.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))

print("time")
silent = connected(SILENT)
silent.settimeout(0.05)
show("recv", lambda: silent.recv(1))
show("recv_into", lambda: silent.recv_into(bytearray(1)))
show("recvmsg", lambda: silent.recvmsg(1))
show("makefile", lambda: silent.makefile("rb").read(1))
silent.settimeout(0)
show("recv", lambda: silent.recv(1))
show("a negative timeout", lambda: silent.settimeout(-1))
silent.settimeout(0.05)
show("sendall", lambda: silent.sendall(bytes(64 << 20)))
show("select", lambda: select.select([silent], [], [], 0.05))
show("SO_ERROR", lambda: silent.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))

print("after close")
closed = connected(SILENT)
number = closed.fileno()
closed.close()
closed.close()
show("repr", lambda: closed)
for name, act in {
    "recv": lambda: closed.recv(1),
    "send": lambda: closed.send(b"x"),
    "connect": lambda: closed.connect(ECHO),
    "getsockname": closed.getsockname,
    "getpeername": closed.getpeername,
    "shutdown": lambda: closed.shutdown(2),
    "getsockopt": lambda: closed.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR),
    "setsockopt": lambda: closed.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
    "setblocking": lambda: closed.setblocking(False),
    "makefile": lambda: closed.makefile().read(),
    "os.read": lambda: os.read(number, 1),
    "select": lambda: select.select([closed], [], [], 0),
    "detach": closed.detach,
}.items():
    show(name, act)

print("a socket pair")
left, right = socket.socketpair()
show("attributes", lambda: (left.family, left.type, left.proto, left.getsockname(), right.getpeername()))
show("poll", lambda: bits(left))
right.sendall(b"ab")
show("poll", lambda: bits(left))
show("peek", lambda: left.recv(1, socket.MSG_PEEK))
show("SO_ERROR", lambda: left.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
show("SO_TYPE", lambda: left.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE))
right.close()
show("poll", lambda: bits(left))
show("recv", lambda: left.recv(9))
show("recv", lambda: left.recv(9))
show("send", lambda: left.send(b"1"))
left, right = socket.socketpair()
left.sendall(b"unread")
right.close()
show("poll", lambda: bits(left))
show("recv", lambda: left.recv(10))
show("recv", lambda: left.recv(10))
left, right = socket.socketpair()
show("shutdown", lambda: right.shutdown(socket.SHUT_WR))
show("poll", lambda: (bits(left), bits(right)))
show("send", lambda: (left.send(b"x"), right.recv(1)))
show("send", lambda: right.send(b"x"))
left.setblocking(False)
show("full", lambda: sum(left.send(bytes(4096)) for _ in range(10)))
