"""The library's own sockets, and select: on a plain web server, one that never says a word, and none."""

import errno
import io
import select
import selectors
import socket
import struct
import time

from network import UNKNOWN_HOST, Network
from outcomes import digest, pattern
from suite import Suite
from timed import failure

suite = Suite()

HELLO = b"GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


def opened(network: Network, server="http", host="localhost", **options) -> socket.socket:
    return socket.create_connection((host, network.port(server)), **{"timeout": 10, **options})


def all_of(connection: socket.socket) -> bytes:
    pieces = []
    while piece := connection.recv(65536):
        pieces.append(piece)
    return b"".join(pieces)


def body(data: bytes) -> str:
    return data.partition(b"\r\n\r\n")[2].decode()


@suite("what is sent is answered, until the end")
def _(network):
    with opened(network) as connection:
        connection.sendall(HELLO)
        return [body(all_of(connection)), connection.recv(10).decode()]


@suite("a connection is made step by step")
def _(network):
    connection = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    before = [connection.family.name, connection.type.name, connection.proto, connection.gettimeout()]
    answer = connection.connect(("127.0.0.1", network.port("http")))
    sent = connection.send(HELLO)
    result = [before, answer, sent == len(HELLO), body(all_of(connection))]
    connection.close()
    return [*result, connection.fileno()]


@suite("both ends have addresses")
def _(network):
    with opened(network) as connection:
        host, port = connection.getsockname()
        return [connection.getpeername(), host, port > 1024, connection.family.name]


@suite("a name is looked up in every way")
def _(network):
    port = network.port("http")
    found = socket.getaddrinfo("localhost", port, socket.AF_INET, socket.SOCK_STREAM)
    numeric = socket.getaddrinfo("127.0.0.1", "80", type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    shown = [
        [family.name, kind.name, protocol, list(address)] for family, kind, protocol, _, address in found + numeric
    ]
    return [shown, socket.gethostbyname("localhost"), socket.gethostbyname("127.0.0.1")]


@suite("a name that nobody has is an error in every way")
def _(network):
    calls = [socket.getaddrinfo, socket.gethostbyname, socket.gethostbyname_ex]
    return [failure(call, UNKNOWN_HOST, *([80] if call is socket.getaddrinfo else [])) for call in calls]


@suite("names that cannot be any are errors")
def _(network):
    names = ["a" * 64 + ".example", "", "exa mple", "127.0.0.1.1"]
    return [failure(socket.getaddrinfo, name, 80, flags=socket.AI_NUMERICHOST)["type"] for name in names]


@suite("addresses are packed, and services known by name")
def _(network):
    packed = [socket.inet_aton("127.0.0.1").hex(), socket.inet_pton(socket.AF_INET6, "::1").hex()]
    return [packed, socket.inet_ntop(socket.AF_INET6, bytes(15) + b"\1"), socket.htons(1), socket.ntohl(1)]


@suite("a connection that is refused is an error, and a number from connect_ex")
def _(network):
    address = ("127.0.0.1", network.port("refused"))
    with socket.socket() as connection:
        return [failure(socket.create_connection, address), errno.errorcode[connection.connect_ex(address)]]


@suite("the first of several addresses that answers is taken")
def _(network):
    listener = opened(network, host="localhost")
    with listener:
        return listener.getpeername()[0]


@suite("a time limit ends the wait for an answer, and the connection goes on")
def _(network):
    with opened(network, "silent", timeout=0.3) as connection:
        first = failure(connection.recv, 10, within=5)
        connection.settimeout(0.2)
        return [first, failure(connection.recv, 10, within=5), connection.send(b"still here")]


@suite("without waiting there is nothing yet")
def _(network):
    with opened(network, "silent") as connection:
        connection.setblocking(False)
        return [failure(connection.recv, 10), connection.getblocking(), connection.gettimeout()]


@suite("a connection is begun without waiting, and awaited by select")
def _(network):
    with socket.socket() as connection:
        connection.setblocking(False)
        begun = errno.errorcode[connection.connect_ex(("127.0.0.1", network.port("http")))]
        writable = select.select([], [connection], [], 5)[1] == [connection]
        state = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        connection.send(HELLO)
        readable = select.select([connection], [], [], 5)[0] == [connection]
        return [begun, writable, state, readable, connection.recv(15).decode()]


@suite("a connection that is begun and refused says so")
def _(network):
    with socket.socket() as connection:
        connection.setblocking(False)
        connection.connect_ex(("127.0.0.1", network.port("refused")))
        select.select([], [connection], [], 5)
        return [errno.errorcode[connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)], failure(connection.recv, 1)]


@suite("select waits for the first of many, or for its time")
def _(network):
    with opened(network) as quick, opened(network, "silent") as silent:
        quick.sendall(HELLO)
        ready = select.select([quick, silent], [], [], 5)[0] == [quick]
        start = time.monotonic()
        none = select.select([silent], [], [], 0.2)
        return [ready, [len(found) for found in none], 0.15 < time.monotonic() - start < 3]


@suite("poll tells what can be done")
def _(network):
    with opened(network) as connection, opened(network, "silent") as silent:
        poll = select.poll()
        poll.register(connection, select.POLLIN)
        poll.register(silent, select.POLLIN | select.POLLOUT)
        connection.sendall(HELLO)
        time.sleep(0.3)
        events = dict(poll.poll(5000))
        return [events[connection.fileno()] & select.POLLIN, events[silent.fileno()] & (select.POLLIN | select.POLLOUT)]


@suite("selectors watch many connections")
def _(network):
    answers = {}
    with selectors.DefaultSelector() as selector:
        for number in range(5):
            connection = opened(network)
            connection.sendall(HELLO)
            connection.setblocking(False)
            selector.register(connection, selectors.EVENT_READ, number)
            answers[number] = b""
        while selector.get_map():
            for key, _ in selector.select(5):
                if piece := key.fileobj.recv(1000):
                    answers[key.data] += piece
                else:
                    selector.unregister(key.fileobj)
                    key.fileobj.close()
    return [body(answer) for answer in answers.values()]


@suite("a big body is read whole, into a buffer")
def _(network):
    with opened(network) as connection:
        connection.sendall(b"GET /big?bytes=3000000 HTTP/1.0\r\n\r\n")
        with connection.makefile("rb") as file:
            while file.readline().strip():
                pass
            buffer = bytearray(3_000_000)
            view = memoryview(buffer)
            while view and (count := file.readinto(view)):
                view = view[count:]
        return digest(bytes(buffer))


@suite("a big body is sent whole")
def _(network):
    with opened(network) as connection:
        data = pattern(3_000_000)
        connection.sendall(f"POST /digest HTTP/1.0\r\nContent-Length: {len(data)}\r\n\r\n".encode() + data)
        return body(all_of(connection))


@suite("sending without waiting stops when the other end reads nothing")
def _(network):
    with opened(network, "silent") as connection:
        connection.setblocking(False)
        sent = 0
        # The silent server reads all that comes; so the whole goes out sooner or later.
        data = memoryview(bytes(2_000_000))
        deadline = time.monotonic() + 10
        while sent < len(data) and time.monotonic() < deadline:
            try:
                sent += connection.send(data[sent:])
            except BlockingIOError:
                select.select([], [connection], [], 1)
        return sent


@suite("what has come is peeked at, and read in many ways")
def _(network):
    with opened(network) as connection:
        connection.sendall(HELLO)
        peeked = connection.recv(4, socket.MSG_PEEK)
        first = connection.recv(4)
        buffer = bytearray(4)
        count = connection.recv_into(buffer)
        data, address = connection.recvfrom(3)
        exact = connection.recv(6, socket.MSG_WAITALL)
        return [part.decode() for part in (peeked, first, bytes(buffer), data, exact)] + [count, repr(address)]


@suite("pieces are gathered and scattered")
def _(network):
    with opened(network) as connection:
        sent = connection.sendmsg([HELLO[:10], HELLO[10:]])
        time.sleep(0.2)
        one, two = bytearray(4), bytearray(5)
        count, extra, flags, _ = connection.recvmsg_into([one, two])
        return [sent == len(HELLO), count, one.decode(), two.decode(), extra, flags]


@suite("a connection is a file, to read and to write")
def _(network):
    with opened(network) as connection, connection.makefile("rwb") as file:
        file.write(HELLO)
        file.flush()
        lines = [line.decode().strip() for line in file]
        return [lines[0], lines[-1], file.readable(), file.writable()]


@suite("a file is sent")
def _(network):
    with opened(network) as connection:
        head = b"POST /digest HTTP/1.0\r\nContent-Length: 100000\r\n\r\n"
        count = connection.sendfile(io.BytesIO(head + pattern(100_000)))
        return [count, body(all_of(connection))]


@suite("one half is shut down, and the answer still comes")
def _(network):
    with opened(network) as connection:
        connection.sendall(HELLO)
        connection.shutdown(socket.SHUT_WR)
        return [failure(connection.send, b"more")["type"][0], body(all_of(connection))]


@suite("a connection that the server has closed gives its end, again and again")
def _(network):
    with opened(network) as connection:
        connection.sendall(HELLO)
        all_of(connection)
        return [connection.recv(1).decode(), connection.recv(1).decode()]


@suite("a connection that is reset is an error")
def _(network):
    with opened(network) as connection:
        connection.sendall(b"GET /broken/reset HTTP/1.0\r\n\r\n")
        return failure(connection.recv, 10)


@suite("a closed socket is an error")
def _(network):
    connection = opened(network)
    connection.close()
    return [failure(connection.send, b"x"), failure(connection.recv, 1), failure(connection.getpeername)]


@suite("an unconnected socket is an error")
def _(network):
    with socket.socket() as connection:
        return [
            failure(connection.send, b"x"),
            failure(connection.getpeername),
            failure(connection.shutdown, socket.SHUT_WR),
        ]


@suite("options are set and read")
def _(network):
    with opened(network) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        options = [(socket.IPPROTO_TCP, socket.TCP_NODELAY), (socket.SOL_SOCKET, socket.SO_KEEPALIVE)]
        kind = connection.getsockopt(socket.SOL_SOCKET, socket.SO_TYPE)
        return [[bool(connection.getsockopt(*option)) for option in options], kind == socket.SOCK_STREAM]


@suite("a socket is handed on by its number")
def _(network):
    connection = opened(network)
    number = connection.detach()
    with socket.socket(fileno=number) as again:
        again.settimeout(10)
        again.sendall(HELLO)
        return [connection.fileno(), body(all_of(again))]


@suite("a socket is duplicated")
def _(network):
    with opened(network) as connection:
        twin = connection.dup()
        connection.close()
        with twin:
            twin.sendall(HELLO)
            return body(all_of(twin))


@suite("a hundred connections at a time")
def _(network):
    connections = [opened(network) for _ in range(100)]
    for connection in connections:
        connection.sendall(HELLO)
    answers = {body(all_of(connection)) for connection in connections}
    for connection in connections:
        connection.close()
    return [sorted(answers), len({connection for connection in connections})]


@suite("three hundred connections, one after the other")
def _(network):
    for _ in range(300):
        with opened(network) as connection:
            connection.sendall(HELLO)
            last = body(all_of(connection))
    return last
