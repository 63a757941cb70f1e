"""CPython's own selector loop as the event loop: its files wait in the broker, and nothing runs beside it."""

import asyncio
import json
import os
import selectors
import socket
from asyncio import base_events, events, runners, unix_events

import woma_kernel


class _PipeEnd:
    """One end of the loop's pipe to itself, with the few methods of a socket that the loop uses."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def fileno(self) -> int:
        return self._descriptor

    def recv(self, count: int) -> bytes:
        return os.read(self._descriptor, count)

    def send(self, data: bytes) -> int:
        return os.write(self._descriptor, data)

    def close(self) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = -1


def _make_self_pipe(self):
    """In place of a socket pair: a pipe in the cell's own memory."""
    read_end, write_end = os.pipe()
    os.set_blocking(read_end, False)
    os.set_blocking(write_end, False)
    self._ssock, self._csock = _PipeEnd(read_end), _PipeEnd(write_end)
    self._internal_fds += 1
    self._add_reader(read_end, self._read_from_self)


async def shutdown_default_executor(self, timeout=None):
    """Its calls have all run, so there is no thread to wait for."""
    self._executor_shutdown_called = True
    if self._default_executor is not None:
        self._default_executor.shutdown(wait=True)


async def getaddrinfo(self, host, port, *, family=0, type=0, proto=0, flags=0):
    """Other tasks go on while a name is looked up."""
    rest = (family, type, proto, flags)
    try:
        return socket.getaddrinfo(host, port, family, type, proto, flags | socket.AI_NUMERICHOST)
    except socket.gaierror:
        if not isinstance(host, str) or flags & socket.AI_NUMERICHOST:
            return socket.getaddrinfo(host, port, *rest)
    version = 4 if family == socket.AF_INET else 6 if family == socket.AF_INET6 else 0
    found = await _look_up(self, host.encode("idna").decode(), version, port if isinstance(port, int) else None)
    return [entry for address in found for entry in socket.getaddrinfo(address, port, *rest)]


async def _look_up(loop, name: str, version: int, port: int | None) -> list[str]:
    reply, _ = woma_kernel.request("lookup", name=name, version=version, port=port or None)
    woma_kernel.raise_failure(reply)
    descriptor = woma_kernel.open_descriptor(reply["handle"])
    ready = loop.create_future()
    loop.add_reader(descriptor, _set_result_unless_done, ready)
    try:
        await ready
        result = json.loads(os.read(descriptor, 65536))
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)
    if result["kind"] == "found":
        return result["addresses"]
    if result["kind"] == "refused":
        woma_kernel.raise_failure({"errno": "EACCES", "reason": result["reason"]})
    if result["kind"] == "unknown":
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")


def _set_result_unless_done(future: asyncio.Future) -> None:
    if not future.done():
        future.set_result(None)


async def getnameinfo(self, sockaddr, flags=0):
    return socket.getnameinfo(sockaddr, flags)


def install() -> None:
    # Pyodide has put a function of its own in the place of asyncio.run, and leaves a loop running.
    asyncio.run = runners.run
    events._set_running_loop(None)
    events._event_loop_policy = None
    asyncio.set_event_loop(None)
    selectors.DefaultSelector = selectors.PollSelector
    unix_events._UnixSelectorEventLoop._make_self_pipe = _make_self_pipe
    for method in (shutdown_default_executor, getaddrinfo, getnameinfo):
        method.__qualname__ = f"BaseEventLoop.{method.__name__}"
        setattr(base_events.BaseEventLoop, method.__name__, method)
