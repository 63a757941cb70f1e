"""TLS, and proxies that the program names."""

from http_requests import failure, got, sent, sent_to
from outcomes import described, digest, pattern
from suite import Suite

suite = Suite()

BIG = 3_000_000


@suite("HTTPS by name, with a private authority")
async def _(network):
    return await got(network, "/echo", server="https")


@suite("HTTPS by address, with a private authority")
async def _(network):
    async with network.session(network) as session:
        return (await session.send("GET", network.url("/hello", "https", "127.0.0.1"))).shown()


@suite("big bodies over HTTPS, there and back")
async def _(network):
    async with network.session(network) as session:
        sent = await session.send("POST", network.url("/digest", "https"), content=pattern(BIG))
        return [sent.json(), digest((await session.send("GET", network.url(f"/big?bytes={BIG}", "https"))).body)]


@suite("requests over HTTPS share a connection")
async def _(network):
    async with network.session(network) as session:
        return [(await session.send("GET", network.url("/connection", "https"))).json()["number"] for _ in range(3)]


@suite("a redirect from HTTP to HTTPS is followed")
async def _(network):
    return await got(network, f"/redirect-to?to={network.url('/hello', 'https')}")


@suite("an authority that nobody vouches for is the library's error")
async def _(network):
    return await failure(sent(network, "/hello", "https", trust="system"))


@suite("a certificate for another host is the library's error")
async def _(network):
    return await failure(sent(network, "/hello", "https-wrong-host"))


@suite("a certificate that is out of date is the library's error")
async def _(network):
    return await failure(sent(network, "/hello", "https-expired"))


@suite("a certificate that signed itself is the library's error")
async def _(network):
    return await failure(sent(network, "/hello", "https-self-signed"))


@suite("any certificate will do when the program says so")
async def _(network):
    servers = ["https-wrong-host", "https-expired", "https-self-signed"]
    return [(await sent(network, "/hello", server, trust="all")).text for server in servers]


@suite("a client shows its certificate")
async def _(network):
    return (await sent(network, "/hello", "https-client", certificate=True)).text


@suite("a client without the certificate that a server wants is the library's error")
async def _(network):
    return await failure(sent(network, "/hello", "https-client"))


@suite("HTTPS to a server that talks no TLS is the library's error")
async def _(network):
    return await failure(sent_to(network, network.url("/hello").replace("http:", "https:")))


@suite("HTTP to a server that talks TLS is the library's error")
async def _(network):
    return await failure(sent_to(network, network.url("/hello", "https").replace("https:", "http:")))


async def _through(network, url, proxy="proxy", login=None):
    async with network.session(network) as asking:
        await asking.send("GET", network.url("/asked", proxy))
        given = network.url("", proxy)
        if login is not None:
            given = given.replace("://", f"://{login}@")
        async with network.session(network, proxy=given) as session:
            try:
                outcome = (await session.send("GET", url)).shown()
            except Exception as error:
                outcome = described(error)
        return [outcome, (await asking.send("GET", network.url("/asked", proxy))).json()]


@suite("HTTP goes through the proxy that the program names")
async def _(network):
    return await _through(network, network.url("/echo"))


@suite("HTTPS goes through the proxy that the program names")
async def _(network):
    return await _through(network, network.url("/hello", "https"))


@suite("a login goes to the proxy")
async def _(network):
    urls = [network.url("/hello"), network.url("/hello", "https")]
    return [await _through(network, url, "proxy-login", "Ada:secret") for url in urls]


@suite("a proxy that wants a login is an answer, or the library's error")
async def _(network):
    urls = [network.url("/hello"), network.url("/hello", "https")]
    return [await _through(network, url, "proxy-login") for url in urls]


@suite("a proxy that reaches nobody is an answer, or the library's error")
async def _(network):
    refused = network.url("/hello", "refused", "127.0.0.1")
    return [await _through(network, url) for url in (refused, refused.replace("http:", "https:"))]
