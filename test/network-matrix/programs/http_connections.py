"""Connections that are shared, slow, broken, or never come about."""

from http_requests import failure, sent, sent_to
from network import UNKNOWN_HOST
from suite import Suite

suite = Suite()


@suite("requests of one session share a connection")
async def _(network):
    async with network.session(network) as session:
        return [(await session.send("GET", network.url("/connection"))).json()["number"] for _ in range(4)]


@suite("fifty requests at once are all answered")
async def _(network):
    async with network.session(network) as session:
        urls = [network.url(f"/echo?number={number}") for number in range(50)]
        return [answer.json()["target"] for answer in await session.together(urls)]


@suite("twenty requests are on their way at the same time")
async def _(network):
    async with network.session(network) as session:
        urls = [network.url("/gather/together/20") for _ in range(20)]
        return [answer.text for answer in await session.together(urls)]


@suite("a connection that is refused is the library's error")
async def _(network):
    return await failure(sent_to(network, network.url("/hello", "refused", "127.0.0.1")))


@suite("a connection that is refused by name is the library's error")
async def _(network):
    return await failure(sent_to(network, network.url("/hello", "refused")))


@suite("a host that nobody knows is the library's error")
async def _(network):
    return await failure(sent_to(network, f"http://{UNKNOWN_HOST}/"))


@suite("a time limit ends the wait for an answer")
async def _(network):
    return await failure(sent_to(network, network.url("/never"), timeout=0.3), within=5)


@suite("a time limit ends the wait for a server that never says a word")
async def _(network):
    return await failure(sent_to(network, network.url("/", "silent"), timeout=0.3), within=5)


@suite("a time limit ends the wait for the rest of a body")
async def _(network):
    return await failure(sent_to(network, network.url("/slow-body?ms=8000"), timeout=0.3), within=5)


@suite("a slow answer within the time limit is an answer")
async def _(network):
    return [
        (await sent_to(network, network.url(path), timeout=8)).text
        for path in ("/slow-start?ms=400", "/slow-body?ms=400")
    ]


@suite("a body that is shorter than promised is the library's error")
async def _(network):
    return await failure(sent(network, "/broken/short"))


@suite("a body whose last chunk never comes is the library's error")
async def _(network):
    return await failure(sent(network, "/broken/short-chunk"))


@suite("a chunk without a length is the library's error")
async def _(network):
    return await failure(sent(network, "/broken/wrong-chunk"))


@suite("an answer that is no HTTP is the library's error")
async def _(network):
    return await failure(sent(network, "/broken/garbage"))


@suite("a connection that closes without an answer is the library's error")
async def _(network):
    return await failure(sent(network, "/broken/nothing"))


@suite("a connection that is reset before the answer is the library's error")
async def _(network):
    return await failure(sent(network, "/broken/reset"))


@suite("a connection that is reset within the body is the library's error")
async def _(network):
    return await failure(sent(network, "/broken/reset-body"))


@suite("a header without end is the library's error")
async def _(network):
    return await failure(sent(network, "/broken/long-header"))


@suite("a thousand headers are taken, or the library's error")
async def _(network):
    outcome = await failure(sent(network, "/broken/many-headers"))
    return {**outcome, "no error": len(outcome["no error"]["headers"])} if "no error" in outcome else outcome


@suite("a session goes on after an error")
async def _(network):
    async with network.session(network) as session:
        first = await failure(session.send("GET", network.url("/broken/nothing")))
        return [first["type"], (await session.send("GET", network.url("/hello"))).text]
