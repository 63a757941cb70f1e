"""How something fails, and whether it does in time."""

import time

from outcomes import described


def failure(call, *arguments, within: float = 10, **named) -> dict:
    start = time.monotonic()
    try:
        outcome = {"no error": repr(call(*arguments, **named))}
    except Exception as error:
        outcome = described(error)
    return {**outcome, "in time": time.monotonic() - start < within}


async def async_failure(awaitable, within: float = 10) -> dict:
    start = time.monotonic()
    try:
        outcome = {"no error": repr(await awaitable)}
    except Exception as error:
        outcome = described(error)
    return {**outcome, "in time": time.monotonic() - start < within}
