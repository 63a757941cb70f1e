"""asyncio's streams, transports and ways to wait, on plain servers and ones with TLS."""

import asyncio
import socket
import ssl

from network import UNKNOWN_HOST, Network
from outcomes import digest, pattern
from suite import Suite
from timed import async_failure as failure

suite = Suite()

HELLO = b"GET /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"


async def opened(network: Network, server="http", host="localhost", **options):
    return await asyncio.open_connection(host, network.port(server), **options)


async def hello(network: Network, *arguments, **options) -> str:
    reader, writer = await opened(network, *arguments, **options)
    writer.write(HELLO)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer.partition(b"\r\n\r\n")[2].decode()


def trusted(network: Network) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=network.authority)


@suite("a stream sends and is answered, until the end")
async def _(network):
    return await hello(network)


@suite("a server is reached by its address too")
async def _(network):
    return await hello(network, host="127.0.0.1")


@suite("lines, exact numbers of bytes, and all up to a mark are read")
async def _(network):
    reader, writer = await opened(network)
    writer.writelines([HELLO[:10], HELLO[10:]])
    await writer.drain()
    line = await reader.readline()
    mark = await reader.readuntil(b"\r\n\r\n")
    exact = await reader.readexactly(5)
    rest = [part.decode() for part in (line, mark, exact, await reader.read())]
    writer.close()
    return [rest, reader.at_eof()]


@suite("less than was asked for is an error that has it")
async def _(network):
    reader, writer = await opened(network)
    writer.write(HELLO)
    try:
        await reader.readexactly(10_000)
    except asyncio.IncompleteReadError as error:
        writer.close()
        return [str(error), error.expected, error.partial[-6:].decode()]


@suite("a line that is too long is an error")
async def _(network):
    reader, writer = await opened(network, limit=100)
    writer.write(b"GET /echo?" + b"x" * 1000 + b" HTTP/1.0\r\n\r\n")
    await reader.readuntil(b"\r\n\r\n")
    outcome = await failure(reader.readuntil(b"\n"))
    writer.close()
    return outcome


@suite("a stream is read line by line")
async def _(network):
    reader, writer = await opened(network)
    writer.write(HELLO)
    lines = [line.decode().strip() async for line in reader]
    writer.close()
    return [lines[0], lines[-1]]


@suite("a big body is read whole, and one is sent whole")
async def _(network):
    reader, writer = await opened(network)
    writer.write(b"GET /big?bytes=3000000 HTTP/1.0\r\n\r\n")
    down = (await reader.read()).partition(b"\r\n\r\n")[2]
    writer.close()
    reader, writer = await opened(network)
    data = pattern(3_000_000)
    writer.write(f"POST /digest HTTP/1.0\r\nContent-Length: {len(data)}\r\n\r\n".encode())
    for start in range(0, len(data), 50_000):
        writer.write(data[start : start + 50_000])
        await writer.drain()
    up = (await reader.read()).partition(b"\r\n\r\n")[2].decode()
    writer.close()
    return [digest(down), up]


@suite("both ends have addresses")
async def _(network):
    reader, writer = await opened(network)
    peer = writer.get_extra_info("peername")
    own = writer.get_extra_info("sockname")
    writer.close()
    return [peer, own[0], writer.get_extra_info("socket") is not None, writer.is_closing()]


@suite("one half is ended, and the answer still comes")
async def _(network):
    reader, writer = await opened(network)
    writer.write(HELLO)
    can = writer.can_write_eof()
    writer.write_eof()
    answer = await reader.read()
    writer.close()
    return [can, answer[-14:].decode()]


@suite("a connection that is refused is an error")
async def _(network):
    return await failure(opened(network, "refused", "127.0.0.1"))


@suite("a host that nobody knows is an error")
async def _(network):
    return await failure(asyncio.open_connection(UNKNOWN_HOST, 80))


@suite("a connection that is reset is an error")
async def _(network):
    reader, writer = await opened(network)
    writer.write(b"GET /broken/reset HTTP/1.0\r\n\r\n")
    outcome = await failure(reader.read())
    writer.close()
    return outcome


@suite("a time limit ends a wait, and the stream goes on")
async def _(network):
    reader, writer = await opened(network)
    outcome = await failure(asyncio.wait_for(reader.read(10), 0.2), within=5)
    writer.write(HELLO)
    answer = await reader.read()
    writer.close()
    return [outcome, answer[-14:].decode()]


@suite("a time limit ends the wait for a connection's TLS")
async def _(network):
    outcome = await failure(opened(network, "silent", ssl=trusted(network), ssl_handshake_timeout=0.3), within=5)
    return outcome["type"]


@suite("a task that waits is cancelled")
async def _(network):
    reader, writer = await opened(network, "silent")
    task = asyncio.create_task(reader.read(1))
    await asyncio.sleep(0.1)
    task.cancel()
    outcome = (await asyncio.gather(task, return_exceptions=True))[0]
    writer.close()
    return type(outcome).__name__


@suite("a hundred streams at a time")
async def _(network):
    return sorted(set(await asyncio.gather(*(hello(network) for _ in range(100)))))


@suite("twenty streams wait for one another")
async def _(network):
    async def gathered() -> str:
        reader, writer = await opened(network)
        writer.write(b"GET /gather/streams/20 HTTP/1.0\r\n\r\n")
        answer = await reader.read()
        writer.close()
        return answer.partition(b"\r\n\r\n")[2].decode()

    return await asyncio.gather(*(gathered() for _ in range(20)))


@suite("other tasks run while one waits")
async def _(network):
    reader, writer = await opened(network)
    writer.write(b"GET /slow-start?ms=500 HTTP/1.0\r\n\r\n")
    reading = asyncio.create_task(reader.read())
    ticks = 0
    while not reading.done():
        await asyncio.sleep(0.01)
        ticks += 1
    writer.close()
    return [ticks > 10, (await reading)[-5:].decode()]


@suite("a protocol is called for what happens")
async def _(network):
    seen = []
    over = asyncio.get_running_loop().create_future()

    class Talk(asyncio.Protocol):
        def connection_made(self, transport):
            seen.append("made")
            transport.write(HELLO)

        def data_received(self, data):
            seen.append(data[:15].decode() if len(seen) == 1 else "more")

        def eof_received(self):
            seen.append("end")

        def connection_lost(self, error):
            seen.append(["lost", error])
            over.set_result(None)

    loop = asyncio.get_running_loop()
    await loop.create_connection(Talk, "localhost", network.port("http"))
    await over
    return [event for event in seen if event != "more"]


@suite("a transport stops and goes on reading")
async def _(network):
    reader, writer = await opened(network)
    writer.transport.pause_reading()
    writer.write(HELLO)
    reading = asyncio.create_task(reader.read())
    await asyncio.sleep(0.2)
    before = reading.done()
    writer.transport.resume_reading()
    answer = await reading
    writer.close()
    return [before, answer[-14:].decode()]


@suite("a transport is broken off")
async def _(network):
    reader, writer = await opened(network, "silent")
    writer.transport.abort()
    return [(await reader.read()).decode(), writer.transport.is_closing()]


@suite("the loop's own socket calls")
async def _(network):
    loop = asyncio.get_running_loop()
    with socket.socket() as connection:
        connection.setblocking(False)
        await loop.sock_connect(connection, ("127.0.0.1", network.port("http")))
        await loop.sock_sendall(connection, HELLO)
        first = await loop.sock_recv(connection, 15)
        buffer = bytearray(10)
        count = await loop.sock_recv_into(connection, buffer)
        return [first.decode(), count]


@suite("the loop looks names up")
async def _(network):
    found = await asyncio.get_running_loop().getaddrinfo(
        "localhost", 80, family=socket.AF_INET, type=socket.SOCK_STREAM
    )
    return [[kind.name, list(address)] for _, kind, _, _, address in found]


@suite("TLS with a private authority, by name and by address")
async def _(network):
    context = trusted(network)
    return [await hello(network, "https", host, ssl=context) for host in ("localhost", "127.0.0.1")]


@suite("TLS tells about itself")
async def _(network):
    reader, writer = await opened(network, "https", ssl=trusted(network))
    secure = writer.get_extra_info("ssl_object")
    told = [secure.version(), writer.get_extra_info("peercert")["subject"], secure.server_hostname]
    writer.close()
    await writer.wait_closed()
    return told


@suite("TLS begins midway")
async def _(network):
    reader, writer = await opened(network, "https")
    await writer.start_tls(trusted(network), server_hostname="localhost")
    writer.write(HELLO)
    answer = await reader.read()
    writer.close()
    return answer[-14:].decode()


@suite("big bodies over TLS")
async def _(network):
    reader, writer = await opened(network, "https", ssl=trusted(network))
    writer.write(b"GET /big?bytes=3000000 HTTP/1.0\r\n\r\n")
    down = (await reader.read()).partition(b"\r\n\r\n")[2]
    writer.close()
    return digest(down)


@suite("certificates that are no good are errors")
async def _(network):
    context = trusted(network)
    servers = ["https-wrong-host", "https-expired", "https-self-signed"]
    outcomes = [await failure(opened(network, server, ssl=context)) for server in servers]
    return [*outcomes, await failure(opened(network, "https", ssl=True))]


@suite("TLS to a server that talks none is an error")
async def _(network):
    return (await failure(opened(network, "http", ssl=trusted(network))))["type"]
