"""asyncio and selectors on connections. Ports: echo, greet, silent, closed."""

import asyncio
import select
import selectors
import socket
import sys

ECHO, GREET, SILENT, CLOSED = (int(port) for port in sys.argv[1:])
HOST = "127.0.0.1"


async def attempt(what, awaitable):
    try:
        print(what, repr(await awaitable))
    except Exception as error:
        print(what, type(error).__name__, getattr(error, "errno", None), str(error).replace(str(CLOSED), "PORT"))


async def streams():
    reader, writer = await asyncio.open_connection(HOST, ECHO)
    print("peer", writer.get_extra_info("peername") == (HOST, ECHO))
    print("own", writer.get_extra_info("sockname")[0])
    writer.writelines([b"line\n", b"rest"])
    await writer.drain()
    writer.write_eof()
    print("read", await reader.readline(), await reader.read(), reader.at_eof())
    writer.close()
    await writer.wait_closed()
    reader, writer = await asyncio.open_connection(HOST, ECHO, happy_eyeballs_delay=0.25)
    payload = bytes(range(256)) * 8000
    writer.write(payload)
    print("much", await reader.readexactly(len(payload)) == payload)
    writer.transport.abort()
    await attempt("after abort", reader.read())
    await attempt("refused", asyncio.open_connection(HOST, CLOSED))
    await attempt("refused eagerly", asyncio.open_connection(HOST, CLOSED, happy_eyeballs_delay=0.01))
    await attempt("no name", asyncio.open_connection("no-such-name.invalid", 80))
    await attempt("too late", slow_read())
    reader, writer = await asyncio.open_connection(HOST, GREET, local_addr=(HOST, 0))
    print("bound", await reader.read())
    writer.close()


async def slow_read():
    reader, writer = await asyncio.open_connection(HOST, SILENT)
    try:
        async with asyncio.timeout(0.05):
            await reader.read(1)
    finally:
        writer.close()


async def bare():
    loop = asyncio.get_running_loop()
    sock = socket.socket()
    sock.setblocking(False)
    await attempt("sock_connect", loop.sock_connect(sock, (HOST, ECHO)))
    await attempt("sock_sendall", loop.sock_sendall(sock, b"hello"))
    await attempt("sock_recv", loop.sock_recv(sock, 5))
    await loop.sock_sendall(sock, b"again")
    buffer = bytearray(5)
    await attempt("sock_recv_into", loop.sock_recv_into(sock, buffer))
    print(buffer)
    await attempt("twice", loop.sock_connect(sock, (HOST, ECHO)))
    sock.close()
    sock = socket.socket()
    sock.setblocking(False)
    await attempt("refused", loop.sock_connect(sock, (HOST, CLOSED)))
    await attempt("on a failed one", loop.sock_recv(sock, 1))
    sock.close()
    await attempt("blocking", loop.sock_recv(socket.socket(), 1))


class Protocol(asyncio.Protocol):
    def __init__(self, done):
        self.done = done
        self.events = []

    def connection_made(self, transport):
        self.events.append("made")

    def data_received(self, data):
        self.events.append(data)

    def eof_received(self):
        self.events.append("eof")

    def connection_lost(self, exc):
        self.events.append(repr(exc))
        self.done.set_result(None)


async def protocols():
    loop = asyncio.get_running_loop()
    protocol = Protocol(loop.create_future())
    await loop.create_connection(lambda: protocol, HOST, GREET)
    await protocol.done
    print(protocol.events)
    left, right = socket.socketpair()
    protocol = Protocol(loop.create_future())
    transport, _ = await loop.create_connection(lambda: protocol, sock=left)
    right.sendall(b"pair")
    await asyncio.sleep(0.05)
    transport.write(b"back")
    await asyncio.sleep(0.05)
    print(right.recv(10))
    right.close()
    await protocol.done
    print(protocol.events)


async def many():
    async def one(index):
        reader, writer = await asyncio.open_connection(HOST, ECHO)
        message = f"{index:05}".encode() * 100
        writer.write(message)
        await writer.drain()
        answer = await reader.readexactly(len(message))
        writer.close()
        return answer == message

    print("many", sum(await asyncio.gather(*(one(index) for index in range(200)))))


async def cancelled():
    loop = asyncio.get_running_loop()
    reader, writer = await asyncio.open_connection(HOST, SILENT)
    task = asyncio.ensure_future(reader.read())
    await asyncio.sleep(0.02)
    task.cancel()
    print("cancelled", await asyncio.gather(task, return_exceptions=True))
    lookup = asyncio.ensure_future(loop.getaddrinfo("localhost", 80, type=socket.SOCK_STREAM, family=socket.AF_INET))
    print(await lookup)
    print(await loop.getnameinfo((HOST, 80), socket.NI_NUMERICHOST))
    writer.close()


def selected():
    socks = []
    for _ in range(200):
        sock = socket.socket()
        sock.setblocking(False)
        print(end="" if sock.connect_ex((HOST, ECHO)) in (0, 115) else "? ")
        socks.append(sock)
    with selectors.DefaultSelector() as selector:
        for index, sock in enumerate(socks):
            selector.register(sock, selectors.EVENT_WRITE, index)
        answered = 0
        while selector.get_map():
            for key, mask in selector.select(5):
                if mask & selectors.EVENT_WRITE:
                    key.fileobj.send(b"%04d" % key.data)  # type: ignore[union-attr]
                    selector.modify(key.fileobj, selectors.EVENT_READ, key.data)
                else:
                    answered += key.fileobj.recv(4) == b"%04d" % key.data  # type: ignore[union-attr]
                    selector.unregister(key.fileobj)
    print("selected", answered)
    print("select", [len(each) for each in select.select(socks, socks, socks, 0)])
    for sock in socks:
        sock.close()
    try:
        select.select(socks[:1], [], [], 0)
    except Exception as error:
        print(type(error).__name__, error)


for part in (streams, bare, protocols, many, cancelled):
    print(part.__name__)
    asyncio.run(part())
selected()
