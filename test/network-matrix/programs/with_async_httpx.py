import asyncio
from contextlib import asynccontextmanager

import http_behaviours
import httpx
from answers import Answer
from outcomes import described
from sessions import AsyncSession
from suite import Suite
from with_httpx import answer_of, client_options, request_options

own = Suite()


class Session(AsyncSession):
    def __init__(self, network, trust="authority", certificate=False, proxy=None) -> None:
        self._client = httpx.AsyncClient(**client_options(network, trust, certificate, proxy))

    async def close(self) -> None:
        await self._client.aclose()

    async def send(self, method, url, chunks=None, **options) -> Answer:
        options = request_options(chunks=_one_by_one(chunks) if chunks else None, **options)
        return answer_of(await self._client.request(method, url, **options))

    @asynccontextmanager
    async def stream(self, method, url):
        async with self._client.stream(method, url) as response:
            yield Stream(response)


class Stream:
    def __init__(self, response) -> None:
        self._response = response

    def lines(self):
        return self._response.aiter_lines()

    def pieces(self, size):
        return self._response.aiter_bytes(size)


async def _one_by_one(chunks):
    for chunk in chunks:
        await asyncio.sleep(0)
        yield chunk


@own("a task that is cancelled lets its connection go")
async def _(network):
    async with httpx.AsyncClient(limits=httpx.Limits(max_connections=1)) as client:
        task = asyncio.create_task(client.get(network.url("/never")))
        await asyncio.sleep(0.2)
        task.cancel()
        outcome = (await asyncio.gather(task, return_exceptions=True))[0]
        return [type(outcome).__name__, (await client.get(network.url("/hello"))).text]


@own("asyncio's time limit ends a request")
async def _(network):
    async with httpx.AsyncClient() as client:
        try:
            async with asyncio.timeout(0.3):
                await client.get(network.url("/never"))
        except TimeoutError as error:
            return described(error)


@own("other tasks run while a request waits")
async def _(network):
    ticks = 0

    async def tick():
        nonlocal ticks
        while True:
            await asyncio.sleep(0.01)
            ticks += 1

    ticking = asyncio.create_task(tick())
    async with httpx.AsyncClient() as client:
        await client.get(network.url("/slow-start?ms=500"))
    ticking.cancel()
    return ticks > 10


@own("a task group fetches many, and one failure ends all")
async def _(network):
    failed = []
    async with httpx.AsyncClient() as client:

        async def refused_later():
            # anyio, below httpx, loses a cancellation that comes while it connects.
            await asyncio.sleep(0.3)
            await client.get(network.url("/", "refused", "127.0.0.1"))

        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(client.get(network.url("/never")))
                group.create_task(refused_later())
        except* httpx.ConnectError as errors:
            failed += [type(error).__name__ for error in errors.exceptions]
    return failed


suite = http_behaviours.suite | own
