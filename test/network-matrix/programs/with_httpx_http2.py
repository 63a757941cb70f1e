"""httpx with h2, on a server that talks HTTP/2 alone."""

import asyncio
import ssl

import httpx
from outcomes import caught, described, digest, pattern
from suite import Suite

suite = Suite()


def client(network, **options):
    return httpx.Client(http2=True, verify=ssl.create_default_context(cafile=network.authority), **options)


def async_client(network, **options):
    return httpx.AsyncClient(http2=True, verify=ssl.create_default_context(cafile=network.authority), **options)


def url(network, path):
    return network.url(path, "http2")


@suite("a text comes by HTTP/2")
def _(network):
    with client(network) as http:
        response = http.get(url(network, "/hello"))
        return [response.http_version, response.status_code, response.reason_phrase, response.text]


@suite("a server is reached by its address too")
def _(network):
    with client(network) as http:
        return http.get(network.url("/hello", "http2", "127.0.0.1")).text


@suite("a request arrives with the library's own headers")
def _(network):
    with client(network) as http:
        return http.get(url(network, "/echo?a=1")).json()


@suite("headers of the program's own arrive")
def _(network):
    with client(network) as http:
        return http.get(url(network, "/echo"), headers={"X-Own": "value", "User-Agent": "own"}).json()["headers"]


@suite("an error's status is passed on")
def _(network):
    with client(network) as http:
        return [http.get(url(network, f"/status/{status}")).status_code for status in (404, 500, 299)]


@suite("raise_for_status raises")
def _(network):
    with client(network) as http:
        return caught(http.get(url(network, "/status/500")).raise_for_status)


@suite("JSON is posted")
def _(network):
    with client(network) as http:
        return http.post(url(network, "/echo"), json={"a": "ü"}).json()["body"]


@suite("a form is posted")
def _(network):
    with client(network) as http:
        return http.post(url(network, "/echo"), data={"a": "b c"}).json()["body"]


@suite("PUT, PATCH and DELETE arrive as such")
def _(network):
    with client(network) as http:
        return [http.request(method, url(network, "/echo")).json()["method"] for method in ("PUT", "PATCH", "DELETE")]


@suite("a big body arrives whole, past the first window")
def _(network):
    with client(network) as http:
        return digest(http.get(url(network, "/big?bytes=3000000")).content)


@suite("a big body is sent whole, past the first window")
def _(network):
    with client(network) as http:
        return http.post(url(network, "/digest"), content=pattern(3_000_000)).json()


@suite("a body of unknown length is sent")
def _(network):
    with client(network) as http:
        return http.post(url(network, "/digest"), content=iter([b"one", b"two"])).json()


@suite("a body is read piece by piece")
def _(network):
    with client(network) as http, http.stream("GET", url(network, "/big?bytes=500000")) as response:
        return digest(b"".join(response.iter_bytes(1000)))


@suite("a stream that is left early does no harm to the connection")
def _(network):
    with client(network) as http:
        with http.stream("GET", url(network, "/big?bytes=3000000")) as response:
            first = next(response.iter_bytes(10)).hex()
        return [first, http.get(url(network, "/hello")).text]


@suite("one connection has all requests of a client")
def _(network):
    opened = []
    with client(network) as http:
        trace = {"trace": lambda name, _: opened.append(name) if name == "connection.connect_tcp.started" else None}
        for _ in range(4):
            http.get(url(network, "/hello"), extensions=trace)
    return len(opened)


@suite("fifty requests at once share one connection")
async def _(network):
    opened = []

    async def trace(name, _):
        if name == "connection.connect_tcp.complete":
            opened.append(name)

    async with async_client(network) as http:
        await http.get(url(network, "/hello"), extensions={"trace": trace})
        paths = [f"/echo?number={number}" for number in range(50)]
        requests = [http.get(url(network, path), extensions={"trace": trace}) for path in paths]
        answers = await asyncio.gather(*requests)
        return [len(opened), [answer.json()["target"] for answer in answers]]


@suite("the asynchronous client takes a text")
async def _(network):
    async with async_client(network) as http:
        response = await http.get(url(network, "/hello"))
        return [response.http_version, response.text]


@suite("the asynchronous client takes and sends big bodies at the same time")
async def _(network):
    async with async_client(network) as http:
        down, up = await asyncio.gather(
            http.get(url(network, "/big?bytes=2000000")),
            http.post(url(network, "/digest"), content=pattern(2_000_000)),
        )
        return [digest(down.content), up.json()]


@suite("a server that does not talk HTTP/2 is talked to as of old")
def _(network):
    with client(network) as http:
        response = http.get(network.url("/hello", "https"))
        return [response.http_version, response.text]


@suite("a client that does not talk HTTP/2 is no client of the server")
def _(network):
    with httpx.Client(verify=ssl.create_default_context(cafile=network.authority)) as http:
        return [name for name in caught(http.get, url(network, "/hello"))["type"] if name == "httpx.TransportError"]


@suite("an authority that nobody vouches for is the library's error")
def _(network):
    with httpx.Client(http2=True) as http:
        return caught(http.get, url(network, "/hello"))


@suite("the agreed protocol is known")
def _(network):
    with client(network) as http, http.stream("GET", url(network, "/hello")) as response:
        stream = response.extensions["network_stream"].get_extra_info("ssl_object")
        return [stream.selected_alpn_protocol(), stream.version()]


@suite("a proxy is gone through")
def _(network):
    httpx.get(network.url("/asked", "proxy"))
    with client(network, proxy=network.url("", "proxy")) as http:
        return [http.get(url(network, "/hello")).text, httpx.get(network.url("/asked", "proxy")).json()]


@suite("a time limit ends the wait")
def _(network):
    with client(network, timeout=0.3) as http:
        try:
            http.get(network.url("/", "silent").replace("http:", "https:"))
        except httpx.TimeoutException as error:
            return described(error)
