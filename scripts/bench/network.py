"""Clients of local servers at work, timed by Python itself. Prints a JSON object: milliseconds of each."""

import asyncio
import http.client
import json
import sys
import time

import aiohttp
import pg8000.dbapi
import requests

http_port, database_port = int(sys.argv[1]), int(sys.argv[2])
LARGE_BYTES = 100_000_000
AT_ONCE = 50


def milliseconds(work, times, warm=1):
    """Of one call, after some that are not counted."""
    for _ in range(warm):
        work()
    started = time.perf_counter()
    for _ in range(times):
        work()
    return (time.perf_counter() - started) / times * 1000


def keep_alive_get():
    connection = http.client.HTTPConnection("127.0.0.1", http_port)

    def get():
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"hello"

    return milliseconds(get, 500, warm=100)


def session_get():
    session = requests.Session()
    session.trust_env = False
    url = f"http://127.0.0.1:{http_port}/"

    def get():
        assert session.get(url).content == b"hello"

    return milliseconds(get, 200, warm=50)


def download():
    def get():
        connection = http.client.HTTPConnection("127.0.0.1", http_port)
        connection.request("GET", "/large")
        response, total = connection.getresponse(), 0
        while part := response.read(1 << 20):
            total += len(part)
        assert total == LARGE_BYTES
        connection.close()

    return milliseconds(get, 3)


def fifty_at_once():
    async def run():
        url = f"http://127.0.0.1:{http_port}/"
        connector = aiohttp.TCPConnector(limit=AT_ONCE)
        async with aiohttp.ClientSession(connector=connector) as session:

            async def get():
                async with session.get(url) as response:
                    assert await response.read() == b"hello"

            async def round_of_gets():
                await asyncio.gather(*(get() for _ in range(AT_ONCE)))

            for _ in range(3):
                await round_of_gets()
            started = time.perf_counter()
            for _ in range(10):
                await round_of_gets()
            return (time.perf_counter() - started) / 10 * 1000

    return asyncio.run(run())


def query():
    connection = pg8000.dbapi.connect("ada", "127.0.0.1", "postgres", database_port, "secret", ssl_context=False)
    cursor = connection.cursor()

    def select():
        cursor.execute("SELECT generate_series(1, 10), 'text'")
        assert len(cursor.fetchall()) == 10

    return milliseconds(select, 200, warm=50)


print(
    json.dumps(
        {
            "keepAlive": keep_alive_get(),
            "session": session_get(),
            "download": download(),
            "atOnce": fifty_at_once(),
            "query": query(),
        }
    )
)
