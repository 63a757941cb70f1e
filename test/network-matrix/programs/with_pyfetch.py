"""pyodide.http.pyfetch. Natively there is none: what should come of it is written in javascript-libraries.ts."""

import asyncio

from network import UNKNOWN_HOST, Network
from outcomes import digest, pattern
from pyodide.ffi import JsException
from pyodide.http import AbortError, BodyUsedError, HttpStatusError, pyfetch
from suite import Suite

suite = Suite()


async def text(network: Network, path: str, server="http", **options) -> str:
    return await (await pyfetch(network.url(path, server), **options)).string()


async def failed(awaitable) -> list:
    """Whether it failed as documented; what it says is the host's."""
    try:
        return ["no error", repr(await awaitable)]
    except OSError as error:
        return [type(error).__name__, isinstance(error, AbortError), str(error) != ""]


@suite("a text comes with its status and headers")
async def _(network):
    response = await pyfetch(network.url("/hello"))
    told = [response.status, response.status_text, response.ok, response.url, response.redirected]
    return [*told, response.headers["content-type"], response.headers["content-length"], await response.string()]


@suite("a server is reached by its address too")
async def _(network):
    return await (await pyfetch(network.url("/hello", host="127.0.0.1"))).string()


@suite("text in any script")
async def _(network):
    return await text(network, "/utf8")


@suite("bytes come as bytes, and as a buffer")
async def _(network):
    response = await pyfetch(network.url("/big?bytes=300"))
    again = await pyfetch(network.url("/big?bytes=300"))
    return [await response.bytes() == pattern(300), bytes(await again.memoryview()) == pattern(300)]


@suite("JSON comes as Python's objects")
async def _(network):
    echo = await (await pyfetch(network.url("/echo?a=1&b=%20two"))).json()
    return [echo["method"], echo["target"], echo["body"]]


@suite("an error's status is an answer, and raise_for_status raises")
async def _(network):
    outcomes = []
    for status in (404, 503):
        response = await pyfetch(network.url(f"/status/{status}"))
        try:
            response.raise_for_status()
        except HttpStatusError as error:
            outcomes.append([response.status, response.ok, str(error), await response.string()])
    return outcomes


@suite("an answer without a body is empty")
async def _(network):
    response = await pyfetch(network.url("/status/204"))
    return [response.status, await response.string()]


@suite("a text is posted with headers of the program's own")
async def _(network):
    headers = {"X-Own": "value", "Content-Type": "application/json"}
    response = await pyfetch(network.url("/echo"), method="POST", body='{"a": "ü"}', headers=headers)
    echo = await response.json()
    given = {name.lower(): value for name, value in echo["headers"]}
    return [echo["method"], echo["body"], given["x-own"], given["content-type"]]


@suite("bytes are posted")
async def _(network):
    response = await pyfetch(network.url("/digest"), method="POST", body=pattern(1000))
    return [await response.json(), digest(pattern(1000))]


@suite("PUT, PATCH, DELETE and OPTIONS arrive as such")
async def _(network):
    methods = ["PUT", "PATCH", "DELETE", "OPTIONS"]
    return [(await (await pyfetch(network.url("/echo"), method=method)).json())["method"] for method in methods]


@suite("HEAD has headers and no body")
async def _(network):
    response = await pyfetch(network.url("/big?bytes=1234"), method="HEAD")
    return [response.status, response.headers["content-length"], await response.string()]


@suite("headers that come twice are joined")
async def _(network):
    return (await pyfetch(network.url("/repeated"))).headers["x-repeated"]


@suite("a big body arrives whole")
async def _(network):
    return digest(await (await pyfetch(network.url("/big?bytes=3000000"))).bytes())


@suite("a big body is sent whole")
async def _(network):
    response = await pyfetch(network.url("/digest"), method="POST", body=pattern(3_000_000))
    return (await response.json())["sha256"] == digest(pattern(3_000_000))["sha256"]


@suite("a body in chunks is put together")
async def _(network):
    return await text(network, "/chunked")


@suite("gzip, deflate, br and zstd are undone")
async def _(network):
    outcomes = []
    for coding in ("gzip", "deflate", "br", "zstd"):
        found = await (await pyfetch(network.url(f"/encoded/{coding}"))).json()
        outcomes.append([found["coding"], len(found["text"])])
    return outcomes


@suite("redirects are followed")
async def _(network):
    response = await pyfetch(network.url("/redirect/3"))
    return [response.status, response.redirected, response.url, await response.string()]


@suite("a redirect is not followed when it should not be")
async def _(network):
    response = await pyfetch(network.url("/redirect/3"), redirect="manual")
    return [response.status, response.redirected, await failed(pyfetch(network.url("/redirect/3"), redirect="error"))]


@suite("a redirect by 303 makes a GET of a POST, and one by 307 repeats it")
async def _(network):
    found = []
    for status in (303, 307):
        path = f"/redirect-to?status={status}&to=/echo"
        echo = await (await pyfetch(network.url(path), method="POST", body="body")).json()
        found.append([echo["method"], echo["body"]])
    return found


@suite("redirects without end are an error")
async def _(network):
    return await failed(pyfetch(network.url("/redirect-loop")))


@suite("a body is read once, or from a clone")
async def _(network):
    response = await pyfetch(network.url("/hello"))
    clone = response.clone()
    read = [await response.string(), response.body_used]
    try:
        await response.string()
    except BodyUsedError as error:
        return [*read, str(error), await clone.string()]


@suite("fifty requests at once are all answered")
async def _(network):
    bodies = await asyncio.gather(*(text(network, f"/echo?number={number}") for number in range(50)))
    return len({body for body in bodies if "/echo?number=" in body})


@suite("six requests are on their way at the same time")
async def _(network):
    return await asyncio.gather(*(text(network, "/gather/fetched/6") for _ in range(6)))


@suite("other tasks run while a request waits")
async def _(network):
    ticks = 0

    async def tick():
        nonlocal ticks
        while True:
            await asyncio.sleep(0.01)
            ticks += 1

    ticking = asyncio.create_task(tick())
    await text(network, "/slow-start?ms=500")
    ticking.cancel()
    return ticks > 10


@suite("asyncio's time limit ends a request")
async def _(network):
    try:
        async with asyncio.timeout(0.3):
            await pyfetch(network.url("/never"))
    except TimeoutError:
        return await text(network, "/hello")


@suite("a task that is cancelled ends its request")
async def _(network):
    task = asyncio.create_task(pyfetch(network.url("/never")))
    await asyncio.sleep(0.2)
    task.cancel()
    outcome = (await asyncio.gather(task, return_exceptions=True))[0]
    return type(outcome).__name__


@suite("a connection that is refused is an error")
async def _(network):
    return await failed(pyfetch(network.url("/", "refused", "127.0.0.1")))


@suite("a host that nobody knows is an error")
async def _(network):
    return await failed(pyfetch(f"http://{UNKNOWN_HOST}/"))


@suite("a connection that closes without an answer is an error")
async def _(network):
    return await failed(pyfetch(network.url("/broken/nothing")))


@suite("an answer that is no HTTP is an error")
async def _(network):
    return await failed(pyfetch(network.url("/broken/garbage")))


@suite("a body that is shorter than promised is an error")
async def _(network):
    return await failed(text(network, "/broken/short"))


@suite("a certificate that nobody vouches for is an error")
async def _(network):
    servers = ["https-self-signed", "https-expired", "https-wrong-host"]
    return [await failed(pyfetch(network.url("/hello", server))) for server in servers]


@suite("an address that is none is an error")
async def _(network):
    try:
        await pyfetch("no-url")
    except JsException as error:
        return error.name
