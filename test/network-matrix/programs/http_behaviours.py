"""
What a web client should do, written once for all of them: `network.session(…)` is the library's, see the programs.
A synchronous library's methods are coroutines that never wait.
"""

import time

from answers import Answer
from network import UNKNOWN_HOST, Network
from outcomes import described, digest, pattern
from suite import Suite

suite = Suite()

BIG = 3_000_000


async def got(network: Network, path: str, method: str = "GET", server: str = "http", **options) -> dict:
    async with network.session(network) as session:
        answer = await session.send(method, network.url(path, server), **options)
        return answer.shown()


async def failure(coroutine, within: float = 10.0) -> dict:
    """How it fails, and whether it did in time."""
    start = time.monotonic()
    try:
        answer = await coroutine
        outcome = {"no error": answer.shown() if isinstance(answer, Answer) else answer}
    except Exception as error:
        outcome = described(error)
    return {**outcome, "in time": time.monotonic() - start < within}


# Messages


@suite("a text comes with its status, reason and headers")
async def _(network):
    return await got(network, "/hello")


@suite("a server is reached by its address too")
async def _(network):
    async with network.session(network) as session:
        return (await session.send("GET", network.url("/hello", host="127.0.0.1"))).shown()


@suite("a request arrives with the library's own headers and line")
async def _(network):
    return await got(network, "/echo?a=1&b=%20two")


@suite("a page that is not there is an answer like others, or the library's error")
async def _(network):
    return await got(network, "/no-such-route")


@suite("a server's failure is an answer like others, or the library's error")
async def _(network):
    return await got(network, "/status/500")


@suite("a status that no standard knows is passed on")
async def _(network):
    return await got(network, "/status/299")


@suite("an answer without a body is empty")
async def _(network):
    return await got(network, "/status/204")


@suite("HEAD has headers and no body")
async def _(network):
    return await got(network, "/big?bytes=1234", "HEAD")


@suite("PUT, PATCH, DELETE, OPTIONS and a method of one's own arrive as such")
async def _(network):
    async with network.session(network) as session:
        methods = ["PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"]
        return [(await session.send(method, network.url("/echo"))).json()["method"] for method in methods]


@suite("a query of the library's making is encoded")
async def _(network):
    params = {"q": "a b&c", "ü": "日本"}
    return (await got(network, "/echo", params=params))["body"]


@suite("headers of the program's own arrive, beside or in place of the library's")
async def _(network):
    headers = {"X-Own": "value", "User-Agent": "woma-test/1", "Accept": "text/html;q=0.5"}
    return (await got(network, "/echo", headers=headers))["body"]


@suite("headers that come twice, not in ASCII, or empty are all there")
async def _(network):
    return await got(network, "/repeated")


@suite("Latin-1 and UTF-8 bodies arrive byte by byte")
async def _(network):
    async with network.session(network) as session:
        bodies = [(await session.send("GET", network.url(path))).body for path in ("/latin", "/utf8")]
        return [body.hex() for body in bodies]


@suite("bytes are posted")
async def _(network):
    body = "grüße".encode()
    return (await got(network, "/echo", "POST", content=body, headers={"Content-Type": "text/plain"}))["body"]


@suite("a form is posted")
async def _(network):
    return (await got(network, "/echo", "POST", form={"name": "Ada & Grace", "city": "Zürich"}))["body"]


@suite("JSON is posted")
async def _(network):
    return (await got(network, "/echo", "POST", json={"numbers": [1, 2.5, None], "text": "ü"}))["body"]


@suite("files and fields are posted as parts")
async def _(network):
    files = {"file": ("notes.txt", b"line one\nline two\n", "text/plain")}
    return (await got(network, "/multipart", "POST", form={"field": "value ü"}, files=files))["body"]


@suite("a big body arrives whole")
async def _(network):
    async with network.session(network) as session:
        answer = await session.send("GET", network.url(f"/big?bytes={BIG}"))
        return [digest(answer.body), answer.body == pattern(BIG)]


@suite("a big body is sent whole")
async def _(network):
    return (await got(network, "/digest", "POST", content=pattern(BIG)))["body"]


@suite("a body of unknown length is sent in chunks")
async def _(network):
    return (await got(network, "/digest", "POST", chunks=[b"one", b"two" * 1000, b"three"]))["body"]


@suite("a body in chunks is put together")
async def _(network):
    return await got(network, "/chunked")


@suite("a body that ends with its connection is whole")
async def _(network):
    return await got(network, "/old")


@suite("a part of a file is asked for")
async def _(network):
    answer = await got(network, "/big?bytes=1000", headers={"Range": "bytes=65-90"})
    return [answer["status"], answer["headers"], answer["body"]]


# Codings


@suite("gzip is undone")
async def _(network):
    return await got(network, "/encoded/gzip")


@suite("deflate is undone")
async def _(network):
    return await got(network, "/encoded/deflate")


@suite("zstd is undone, where the library can")
async def _(network):
    return await got(network, "/encoded/zstd")


@suite("br is handed on as it came, or the library's error, since none here can undo it")
async def _(network):
    async with network.session(network) as session:
        return await failure(session.send("GET", network.url("/encoded/br"), headers={"Accept-Encoding": "br"}))


@suite("a body that is not in the coding it claims is the library's error")
async def _(network):
    return await failure(got(network, "/broken/no-gzip"))


# Streaming


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


# Elsewhere


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
    return await failure(_sent(network, "/redirect-loop"))


@suite("a redirect that names no place is an answer, or the library's error")
async def _(network):
    return await failure(_sent(network, "/redirect-nowhere"))


async def _sent(network, path, server="http", **options):
    async with network.session(network, **options) as session:
        return await session.send("GET", network.url(path, server))


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


# Logins


@suite("a login is sent (Basic)")
async def _(network):
    return await got(network, "/basic", auth=("Ada", "secret"))


@suite("a wrong login is refused (Basic)")
async def _(network):
    return await got(network, "/basic", auth=("Ada", "wrong"))


@suite("a login is proved (Digest)")
async def _(network):
    return await got(network, "/digest-auth", digest=("Ada", "secret"))


# Connections


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
    return await failure(_sent_to(network, network.url("/hello", "refused", "127.0.0.1")))


@suite("a connection that is refused by name is the library's error")
async def _(network):
    return await failure(_sent_to(network, network.url("/hello", "refused")))


@suite("a host that nobody knows is the library's error")
async def _(network):
    return await failure(_sent_to(network, f"http://{UNKNOWN_HOST}/"))


async def _sent_to(network, url, **options):
    async with network.session(network) as session:
        return await session.send("GET", url, **options)


@suite("a time limit ends the wait for an answer")
async def _(network):
    return await failure(_sent_to(network, network.url("/never"), timeout=0.3), within=5)


@suite("a time limit ends the wait for a server that never says a word")
async def _(network):
    return await failure(_sent_to(network, network.url("/", "silent"), timeout=0.3), within=5)


@suite("a time limit ends the wait for the rest of a body")
async def _(network):
    return await failure(_sent_to(network, network.url("/slow-body?ms=8000"), timeout=0.3), within=5)


@suite("a slow answer within the time limit is an answer")
async def _(network):
    return [
        (await _sent_to(network, network.url(path), timeout=8)).text
        for path in ("/slow-start?ms=400", "/slow-body?ms=400")
    ]


@suite("a body that is shorter than promised is the library's error")
async def _(network):
    return await failure(_sent(network, "/broken/short"))


@suite("a body whose last chunk never comes is the library's error")
async def _(network):
    return await failure(_sent(network, "/broken/short-chunk"))


@suite("a chunk without a length is the library's error")
async def _(network):
    return await failure(_sent(network, "/broken/wrong-chunk"))


@suite("an answer that is no HTTP is the library's error")
async def _(network):
    return await failure(_sent(network, "/broken/garbage"))


@suite("a connection that closes without an answer is the library's error")
async def _(network):
    return await failure(_sent(network, "/broken/nothing"))


@suite("a connection that is reset before the answer is the library's error")
async def _(network):
    return await failure(_sent(network, "/broken/reset"))


@suite("a connection that is reset within the body is the library's error")
async def _(network):
    return await failure(_sent(network, "/broken/reset-body"))


@suite("a header without end is the library's error")
async def _(network):
    return await failure(_sent(network, "/broken/long-header"))


@suite("a thousand headers are taken, or the library's error")
async def _(network):
    outcome = await failure(_sent(network, "/broken/many-headers"))
    return {**outcome, "no error": len(outcome["no error"]["headers"])} if "no error" in outcome else outcome


@suite("a session goes on after an error")
async def _(network):
    async with network.session(network) as session:
        first = await failure(session.send("GET", network.url("/broken/nothing")))
        return [first["type"], (await session.send("GET", network.url("/hello"))).text]


# TLS


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
    return await failure(_sent(network, "/hello", "https", trust="system"))


@suite("a certificate for another host is the library's error")
async def _(network):
    return await failure(_sent(network, "/hello", "https-wrong-host"))


@suite("a certificate that is out of date is the library's error")
async def _(network):
    return await failure(_sent(network, "/hello", "https-expired"))


@suite("a certificate that signed itself is the library's error")
async def _(network):
    return await failure(_sent(network, "/hello", "https-self-signed"))


@suite("any certificate will do when the program says so")
async def _(network):
    servers = ["https-wrong-host", "https-expired", "https-self-signed"]
    return [(await _sent(network, "/hello", server, trust="all")).text for server in servers]


@suite("a client shows its certificate")
async def _(network):
    return (await _sent(network, "/hello", "https-client", certificate=True)).text


@suite("a client without the certificate that a server wants is the library's error")
async def _(network):
    return await failure(_sent(network, "/hello", "https-client"))


@suite("HTTPS to a server that talks no TLS is the library's error")
async def _(network):
    return await failure(_sent_to(network, network.url("/hello").replace("http:", "https:")))


@suite("HTTP to a server that talks TLS is the library's error")
async def _(network):
    return await failure(_sent_to(network, network.url("/hello", "https").replace("https:", "http:")))


# Proxies


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
