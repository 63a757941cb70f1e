import asyncio
import ssl
from contextlib import asynccontextmanager

import aiohttp
import http_behaviours
from answers import Answer
from outcomes import described, digest
from sessions import AsyncSession
from suite import Suite

own = Suite()


class Session(AsyncSession):
    def __init__(self, network, trust="authority", certificate=False, proxy=None) -> None:
        verify = trust == "system"
        if trust == "authority":
            verify = ssl.create_default_context(cafile=network.authority)
            if certificate:
                verify.load_cert_chain(network.client_certificate)
        jar = aiohttp.CookieJar()
        self._session = aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=verify), cookie_jar=jar, proxy=proxy)

    async def close(self) -> None:
        await self._session.close()

    async def send(self, method, url, **options) -> Answer:
        async with self._request(method, url, **options) as response:
            body = await response.read()
            headers = list(response.headers.items())
            return Answer(response.status, body, headers, response.reason, str(response.url))

    @asynccontextmanager
    async def stream(self, method, url):
        async with self._request(method, url) as response:
            yield Stream(response)

    def _request(self, method, url, headers=None, params=None, content=None, form=None, json=None, files=None,
                 chunks=None, auth=None, digest=None, timeout=10, follow=True):  # fmt: skip
        data = content if content is not None else form
        if files:
            data = aiohttp.FormData(form or {})
            for name, (filename, body, kind) in files.items():
                data.add_field(name, body, filename=filename, content_type=kind)
        elif chunks is not None:
            data = _one_by_one(chunks)
        more = {"middlewares": [aiohttp.DigestAuthMiddleware(*digest)]} if digest else {}
        return self._session.request(
            method, url, headers=headers, params=params, data=data, json=json, allow_redirects=follow,
            auth=aiohttp.BasicAuth(*auth) if auth else None, timeout=aiohttp.ClientTimeout(timeout), **more,
        )  # fmt: skip


class Stream:
    def __init__(self, response) -> None:
        self._response = response

    async def lines(self):
        async for line in self._response.content:
            yield line.decode()

    def pieces(self, size):
        return self._response.content.iter_chunked(size)


async def _one_by_one(chunks):
    for chunk in chunks:
        await asyncio.sleep(0)
        yield chunk


async def failing(awaitable) -> dict:
    try:
        return {"no error": repr(await awaitable)}
    except (Exception, asyncio.CancelledError) as error:
        return described(error)


@own("aiohttp.request needs no session")
async def _(network):
    async with aiohttp.request("GET", network.url("/utf8")) as response:
        return [await response.text(), response.charset, response.content_type, response.ok]


@own("raise_for_status raises, by call and by default")
async def _(network):
    async with aiohttp.ClientSession() as session:
        async with session.get(network.url("/status/404")) as response:
            try:
                response.raise_for_status()
            except aiohttp.ClientResponseError as error:
                called = [error.status, error.message, str(error.request_info.url)]
    async with aiohttp.ClientSession(raise_for_status=True) as session:
        return [called, await failing(session.get(network.url("/status/500")))]


@own("the way to an answer is its history")
async def _(network):
    async with aiohttp.ClientSession() as session, session.get(network.url("/redirect/3")) as response:
        return [[step.status, str(step.url), step.headers["Location"]] for step in response.history]


@own("a session has a base, headers and cookies for each request")
async def _(network):
    options = {"headers": {"X-Own": "session"}, "cookies": {"mine": "cookie"}}
    async with aiohttp.ClientSession(network.url("/"), **options) as session, session.get("echo") as response:
        return await response.json()


@own("JSON of another type is an error unless it is asked for")
async def _(network):
    async with aiohttp.ClientSession() as session, session.get(network.url("/hello")) as response:
        return await failing(response.json())


@own("time limits for connecting and reading are several")
async def _(network):
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(sock_read=0.3)) as session:
        return await failing(session.get(network.url("/never")))


@own("tracing sees what a request does")
async def _(network):
    seen = []
    trace = aiohttp.TraceConfig()

    async def note(name):
        seen.append(name)

    trace.on_dns_resolvehost_end.append(lambda *_: note("resolved"))
    trace.on_connection_create_end.append(lambda *_: note("connected"))
    trace.on_connection_reuseconn.append(lambda *_: note("reused"))
    trace.on_request_end.append(lambda *_: note("ended"))
    async with aiohttp.ClientSession(trace_configs=[trace]) as session:
        for _ in range(2):
            async with session.get(network.url("/hello")) as response:
                await response.read()
    return seen


@own("a limit of connections makes requests wait")
async def _(network):
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=2)) as session:

        async def number():
            async with session.get(network.url("/connection")) as response:
                return (await response.json())["number"]

        return sorted(await asyncio.gather(*(number() for _ in range(6))))


@own("a task that is cancelled lets its connection go")
async def _(network):
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=1)) as session:
        task = asyncio.create_task(session.get(network.url("/never"))._coro)
        await asyncio.sleep(0.2)
        task.cancel()
        outcome = (await asyncio.gather(task, return_exceptions=True))[0]
        async with session.get(network.url("/hello")) as response:
            return [type(outcome).__name__, await response.text()]


@own("a websocket is part of the library")
async def _(network):
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(network.url("/echo", "ws"), protocols=["chat"]) as socket:
            await socket.send_str("text ü")
            await socket.send_bytes(b"bytes")
            await socket.send_json({"a": 1})
            answers = [await socket.receive_str(), (await socket.receive_bytes()).decode(), await socket.receive_json()]
            protocol = socket.protocol
        return [answers, protocol, socket.closed, socket.close_code]


@own("a websocket over TLS has big messages")
async def _(network):
    context = ssl.create_default_context(cafile=network.authority)
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(network.url("/echo", "wss"), ssl=context, max_msg_size=0) as socket:
            await socket.send_bytes(b"x" * 2_000_000)
            return digest(await socket.receive_bytes())


@own("a websocket that the server closes ends its loop")
async def _(network):
    async with aiohttp.ClientSession() as session, session.ws_connect(network.url("/close", "ws")) as socket:
        messages = [message.data async for message in socket]
        return [messages, socket.close_code]


@own("a page is no websocket")
async def _(network):
    async with aiohttp.ClientSession() as session:
        return await failing(session.ws_connect(network.url("/hello")))


@own("addresses that are none are errors")
async def _(network):
    async with aiohttp.ClientSession() as session:
        return [await failing(session.get(url)) for url in ("no-url", "http://", "ftp://localhost/")]


@own("lines and an exact number of bytes are read from a stream")
async def _(network):
    async with aiohttp.ClientSession() as session, session.get(network.url("/big?bytes=5000")) as response:
        exact = (await response.content.readexactly(5)).hex()
        return [exact, digest(await response.content.read()), response.content.at_eof()]


suite = http_behaviours.suite | own
