"""Bodies piece by piece, redirects, cookies and logins."""

from http_requests import failure, got, sent
from outcomes import digest
from suite import Suite

suite = Suite()

BIG = 3_000_000


@suite("a line is there before the next one is sent")
async def _(network):
    async with network.session(network) as session, network.session(network) as other:
        seen = []
        async with session.stream("GET", network.url("/lines/streaming")) as stream:
            async for line in stream.lines():
                seen.append(line)
                if len(seen) < 3:
                    await other.send("GET", network.url("/go-on/streaming"))
        return seen


@suite("a big body is read piece by piece")
async def _(network):
    async with network.session(network) as session, session.stream("GET", network.url(f"/big?bytes={BIG}")) as stream:
        data = b"".join([piece async for piece in stream.pieces(10_000)])
        return digest(data)


@suite("a stream that is left early does no harm to the session")
async def _(network):
    async with network.session(network) as session:
        async with session.stream("GET", network.url(f"/big?bytes={BIG}")) as stream:
            async for piece in stream.pieces(1000):
                first = piece[:10].hex()
                break
        return [first, (await session.send("GET", network.url("/hello"))).text]


@suite("redirects are followed")
async def _(network):
    return await got(network, "/redirect/3")


@suite("a redirect relative to the path is followed")
async def _(network):
    return await got(network, "/redirect-relative/deep")


@suite("a redirect to another server is followed")
async def _(network):
    other = network.url("/echo", host="127.0.0.1")
    return await got(network, f"/redirect-to?to={other}", headers={"X-Own": "kept", "Authorization": "Basic QTpi"})


@suite("a redirect by 303 makes a GET of a POST")
async def _(network):
    return await got(network, "/redirect-to?status=303&to=/echo", "POST", content=b"body")


@suite("a redirect by 302 makes what the library makes of a POST")
async def _(network):
    return await got(network, "/redirect-to?status=302&to=/echo", "POST", content=b"body")


@suite("a redirect by 307 repeats the POST with its body, where the library may")
async def _(network):
    return await failure(_posted(network, "/redirect-to?status=307&to=/echo"))


async def _posted(network, path):
    async with network.session(network) as session:
        return await session.send("POST", network.url(path), content=b"body")


@suite("redirects without end are the library's error")
async def _(network):
    return await failure(sent(network, "/redirect-loop"))


@suite("a redirect that names no place is an answer, or the library's error")
async def _(network):
    return await failure(sent(network, "/redirect-nowhere"))


@suite("a redirect is not followed when it should not be")
async def _(network):
    return await got(network, "/redirect/3", follow=False)


@suite("cookies come back to the server that set them")
async def _(network):
    async with network.session(network) as session:
        await session.send("GET", network.url("/set-cookies?a=1&b=two"))
        both = (await session.send("GET", network.url("/cookies"))).json()
        elsewhere = (await session.send("GET", network.url("/cookies", host="127.0.0.1"))).json()
        return [both, elsewhere]


@suite("a login is sent (Basic)")
async def _(network):
    return await got(network, "/basic", auth=("Ada", "secret"))


@suite("a wrong login is refused (Basic)")
async def _(network):
    return await got(network, "/basic", auth=("Ada", "wrong"))


@suite("a login is proved (Digest)")
async def _(network):
    return await got(network, "/digest-auth", digest=("Ada", "secret"))
