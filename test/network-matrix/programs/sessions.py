"""What the web clients' programs make of their library, for the behaviours that all share."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

from answers import Answer


class AsyncSession:
    async def __aenter__(self):
        return self

    async def __aexit__(self, *_):
        await self.close()

    async def close(self) -> None:
        pass

    async def together(self, urls: list[str]) -> list[Answer]:
        return await asyncio.gather(*(self.send("GET", url) for url in urls))


class SyncSession(AsyncSession):
    """Its coroutines never wait."""

    async def together(self, urls: list[str]) -> list[Answer]:
        with ThreadPoolExecutor(len(urls)) as threads:
            return list(threads.map(lambda url: without_a_loop(self.send("GET", url)), urls))


def without_a_loop(coroutine):
    """A synchronous library's calls are made as in any ordinary program, with no loop about."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    raise AssertionError("a synchronous library waited for a loop")
