"""What a web client sends and takes; written once for all, as are the other files that begin with http_."""

from http_requests import failure, got
from outcomes import digest, pattern
from suite import Suite

suite = Suite()

BIG = 3_000_000


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
