import asyncio
import ssl

import websockets
from network import UNKNOWN_HOST, Network
from outcomes import digest, pattern
from suite import Suite
from timed import async_failure as failure
from websockets.asyncio.client import connect

suite = Suite()


def open_at(network: Network, path="/echo", server="ws", host="localhost", **options) -> connect:
    return connect(network.url(path, server, host), **options)


async def opened(network: Network, *arguments, **options) -> str:
    async with open_at(network, *arguments, **options) as socket:
        await socket.send("hi")
        return await socket.recv()


def trusted(network: Network) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=network.authority)


def closing(socket) -> list:
    return [socket.close_code, socket.close_reason]


@suite("a text is sent and comes back")
async def _(network):
    return await opened(network)


@suite("a server is reached by its address too")
async def _(network):
    return await opened(network, host="127.0.0.1")


@suite("bytes are sent and come back as such")
async def _(network):
    async with open_at(network) as socket:
        await socket.send(b"\x00\xff")
        return (await socket.recv()).hex()


@suite("text in any script, and none at all")
async def _(network):
    async with open_at(network) as socket:
        results = []
        for text in ("naïve 日本語 😀", "", "\x00"):
            await socket.send(text)
            results.append(await socket.recv())
        return results


@suite("a big message comes back whole")
async def _(network):
    async with open_at(network, max_size=None) as socket:
        await socket.send(pattern(2_000_000))
        return digest(await socket.recv())


@suite("a message that is too big is refused, and the connection closed")
async def _(network):
    async with open_at(network, max_size=1000) as socket:
        await socket.send("x" * 2000)
        return [await failure(socket.recv()), *closing(socket)]


@suite("a message is sent in parts, and received in parts")
async def _(network):
    async with open_at(network) as socket:
        await socket.send(["one, ", "two, ", "three"])
        whole = await socket.recv()
        await socket.send("again")
        return [whole, [part async for part in socket.recv_streaming()]]


@suite("many messages come in order")
async def _(network):
    async with open_at(network, "/many") as socket:
        return [message async for message in socket]


@suite("a hundred messages are sent before any is read")
async def _(network):
    async with open_at(network) as socket:
        for number in range(100):
            await socket.send(str(number))
        return [await socket.recv() for _ in range(100)]


@suite("one task sends while another receives")
async def _(network):
    async with open_at(network) as socket:

        async def send():
            for number in range(20):
                await socket.send(str(number))
                await asyncio.sleep(0)

        async def receive():
            return [await socket.recv() for _ in range(20)]

        return (await asyncio.gather(receive(), send()))[0]


@suite("a ping is answered")
async def _(network):
    async with open_at(network) as socket:
        pong = await socket.ping(b"here")
        return await pong >= 0


@suite("a ping from the server is answered unseen")
async def _(network):
    async with open_at(network, "/ping") as socket:
        return await socket.recv()


@suite("pings keep a quiet connection alive")
async def _(network):
    async with open_at(network, ping_interval=0.1, ping_timeout=5) as socket:
        await asyncio.sleep(0.5)
        await socket.send("still here")
        return [await socket.recv(), socket.latency > 0]


@suite("the server closes with a code and a reason")
async def _(network):
    async with open_at(network, "/close") as socket:
        messages = [await socket.recv(), await socket.recv()]
        return [messages, await failure(socket.recv()), closing(socket)]


@suite("the client closes with a code and a reason")
async def _(network):
    socket = await open_at(network)
    await socket.close(4000, "enough ü")
    return [closing(socket), socket.state.name, await failure(socket.send("late"))]


@suite("a connection that breaks off is an error")
async def _(network):
    async with open_at(network, "/drop") as socket:
        return [await socket.recv(), await failure(socket.recv()), closing(socket)]


@suite("a subprotocol is agreed upon")
async def _(network):
    async with open_at(network, subprotocols=["other", "chat"]) as chosen, open_at(network) as none:
        return [chosen.subprotocol, none.subprotocol]


@suite("headers of the program's own arrive, and the answer's can be seen")
async def _(network):
    async with open_at(network, additional_headers={"X-Own": "value"}) as socket:
        return [socket.response.status_code, socket.response.headers["X-Own"], socket.request.headers["Host"]]


@suite("a login in the address is sent")
async def _(network):
    address = network.url("/login", "ws").replace("://", "://Ada:secret@")
    async with connect(address) as socket:
        await socket.send("hi")
        return [await socket.recv(), await failure(opened(network, "/login"))]


@suite("a redirect is followed")
async def _(network):
    return await opened(network, "/moved")


@suite("a server that refuses is an error with its answer")
async def _(network):
    try:
        await opened(network, "/refuse")
    except websockets.exceptions.InvalidStatus as error:
        response = error.response
        return [str(error), response.status_code, response.headers["x-why"], response.body.decode()]


@suite("a page is no websocket")
async def _(network):
    address = network.url("/hello").replace("http:", "ws:")
    return await failure(connect(address).__aenter__())


@suite("messages are compressed if both sides can")
async def _(network):
    async with open_at(network) as with_it, open_at(network, compression=None) as without:
        await with_it.send("again and " * 1000)
        names = [[extension.name for extension in socket.protocol.extensions] for socket in (with_it, without)]
        return [names, len(await with_it.recv())]


@suite("a connection that is refused is an error")
async def _(network):
    return await failure(opened(network, "/", "ws-refused", "127.0.0.1"))


@suite("a host that nobody knows is an error")
async def _(network):
    return await failure(connect(f"ws://{UNKNOWN_HOST}/").__aenter__())


@suite("a time limit ends the wait for a server that never says a word")
async def _(network):
    return await failure(opened(network, "/", "ws-silent", open_timeout=0.3), within=5)


@suite("asyncio's time limit ends a wait, and the connection goes on")
async def _(network):
    async with open_at(network) as socket:
        outcome = await failure(asyncio.wait_for(socket.recv(), 0.2))
        await socket.send("hi")
        return [outcome, await socket.recv()]


@suite("fifty connections at a time")
async def _(network):
    async def one(number):
        async with open_at(network) as socket:
            await socket.send(str(number))
            return await socket.recv()

    return await asyncio.gather(*(one(number) for number in range(50)))


@suite("a loop opens the connection again when it is lost")
async def _(network):
    seen = []
    async for socket in open_at(network, "/close"):
        seen.append([message async for message in _until_closed(socket)])
        if len(seen) == 2:
            return seen


async def _until_closed(socket):
    try:
        while True:
            yield await socket.recv()
    except websockets.exceptions.ConnectionClosed:
        pass


@suite("TLS by name and by address, with a private authority")
async def _(network):
    context = trusted(network)
    return [await opened(network, server="wss", host=host, ssl=context) for host in ("localhost", "127.0.0.1")]


@suite("a big message comes back whole over TLS")
async def _(network):
    async with open_at(network, server="wss", ssl=trusted(network), max_size=None) as socket:
        await socket.send(pattern(2_000_000))
        return digest(await socket.recv())


@suite("an authority that nobody vouches for is an error")
async def _(network):
    return await failure(opened(network, server="wss", ssl=ssl.create_default_context()))


@suite("a proxy that the program names is gone through")
async def _(network):
    import urllib.request

    urllib.request.urlopen(network.url("/asked", "proxy")).close()
    proxy = network.url("", "proxy")
    told = [await opened(network, proxy=proxy), await opened(network, server="wss", ssl=trusted(network), proxy=proxy)]
    with urllib.request.urlopen(network.url("/asked", "proxy")) as asked:
        return [told, asked.read().decode()]
