"""Requests by the session of whichever library it is, and what comes of them."""

import time

from answers import Answer
from network import Network
from outcomes import described


async def got(network: Network, path: str, method: str = "GET", server: str = "http", **options) -> dict:
    async with network.session(network) as session:
        answer = await session.send(method, network.url(path, server), **options)
        return answer.shown()


async def sent(network, path, server="http", **options):
    async with network.session(network, **options) as session:
        return await session.send("GET", network.url(path, server))


async def sent_to(network, url, **options):
    async with network.session(network) as session:
        return await session.send("GET", url, **options)


async def failure(coroutine, within: float = 10.0) -> dict:
    """How it fails, and whether it did in time."""
    start = time.monotonic()
    try:
        answer = await coroutine
        outcome = {"no error": answer.shown() if isinstance(answer, Answer) else answer}
    except Exception as error:
        outcome = described(error)
    return {**outcome, "in time": time.monotonic() - start < within}
