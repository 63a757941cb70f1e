import asyncio

import redis.asyncio as redis
from network import UNKNOWN_HOST, Network
from outcomes import digest, pattern
from suite import Suite
from timed import async_failure as failure

suite = Suite()


def client(network: Network, server="redis", **options) -> redis.Redis:
    given = {"host": "localhost", "port": network.port(server), "password": "secret", "decode_responses": True}
    return redis.Redis(**{**given, **options})


async def refused_by(store, within=10) -> dict:
    async with store:
        return await failure(store.ping(), within)


@suite("a ping is answered, by name and by address")
async def _(network):
    async with client(network) as named, client(network, host="127.0.0.1") as addressed:
        return [await named.ping(), await addressed.ping()]


@suite("a wrong password is refused")
async def _(network):
    return await refused_by(client(network, password="wrong", retry=None))


@suite("a connection that is refused is the library's error")
async def _(network):
    return await refused_by(client(network, "refused", host="127.0.0.1", retry=None))


@suite("a host that nobody knows is the library's error")
async def _(network):
    return await refused_by(client(network, host=UNKNOWN_HOST, retry=None))


@suite("a time limit ends the wait for a silent server")
async def _(network):
    return await refused_by(client(network, "silent", socket_timeout=0.3, retry=None), 5)


@suite("values are set, read and counted")
async def _(network):
    async with client(network) as store:
        await store.flushall()
        return [await store.set("a", "ü"), await store.get("a"), await store.incr("n"), await store.mget("a", "n", "x")]


@suite("a big value is sent and comes back whole")
async def _(network):
    async with client(network, decode_responses=False) as store:
        await store.set("big", pattern(3_000_000))
        return digest(await store.get("big"))


@suite("fifty commands at once")
async def _(network):
    async with client(network) as store:
        await store.flushall()
        return sorted(await asyncio.gather(*(store.incr("n") for _ in range(50))))


@suite("a pool that makes others wait")
async def _(network):
    pool = redis.BlockingConnectionPool(
        host="localhost", port=network.port("redis"), password="secret", max_connections=3, timeout=5
    )
    async with redis.Redis(connection_pool=pool) as store:
        numbers = await asyncio.gather(*(store.client_id() for _ in range(20)))
        result = len(set(numbers))
    await pool.disconnect()
    return result <= 3


@suite("commands go together in a pipeline, and in a transaction")
async def _(network):
    async with client(network) as store:
        await store.flushall()
        async with store.pipeline(transaction=False) as pipeline:
            plain = await pipeline.set("a", 1).incr("a").execute()
        async with store.pipeline(transaction=True) as pipeline:
            return [plain, await pipeline.incr("a").get("a").execute()]


@suite("a wait for a list is ended by another task")
async def _(network):
    async with client(network) as store:
        await store.flushall()
        waiting = asyncio.create_task(store.blpop("l", timeout=8))
        await asyncio.sleep(0.1)
        await store.rpush("l", "came")
        return await waiting


@suite("what is published is heard by another task")
async def _(network):
    async with client(network) as store, store.pubsub() as listener:
        await listener.subscribe("news")

        async def hear():
            heard = []
            async for message in listener.listen():
                if message["type"] == "message":
                    heard.append(message["data"])
                if len(heard) == 3:
                    return heard

        hearing = asyncio.create_task(hear())
        for text in ("one", "two ü", "three"):
            await store.publish("news", text)
        return await hearing


@suite("asyncio's time limit ends a wait, and the client goes on")
async def _(network):
    async with client(network) as store:
        await store.flushall()
        try:
            async with asyncio.timeout(0.2):
                await store.blpop("never", timeout=0)
        except TimeoutError:
            return await store.ping()


@suite("a task that is cancelled does no harm to the client")
async def _(network):
    async with client(network) as store:
        task = asyncio.create_task(store.blpop("never", timeout=0))
        await asyncio.sleep(0.1)
        task.cancel()
        outcome = (await asyncio.gather(task, return_exceptions=True))[0]
        return [type(outcome).__name__, await store.echo("still here")]


@suite("keys are found one by one")
async def _(network):
    async with client(network) as store:
        await store.flushall()
        await store.mset({f"k{number}": number for number in range(300)})
        return len([key async for key in store.scan_iter("k*", count=30)])


@suite("a script runs at the server, and errors are the library's")
async def _(network):
    async with client(network) as store:
        await store.set("text", "x")
        return [await store.eval("return ARGV[1] .. '!'", 0, "hi"), await failure(store.lpush("text", 1))]


@suite("a connection that the server ends is opened again")
async def _(network):
    async with client(network) as store, client(network) as other:
        number = await store.client_id()
        await other.client_kill_filter(_id=number)
        return [await store.ping(), await store.client_id() != number]


@suite("thirty clients at a time")
async def _(network):
    clients = [client(network) for _ in range(30)]
    numbers = await asyncio.gather(*(each.client_id() for each in clients))
    await asyncio.gather(*(each.aclose() for each in clients))
    return len(set(numbers))


@suite("TLS with a private authority")
async def _(network):
    async with client(network, "redis-tls", ssl=True, ssl_ca_certs=network.authority) as store:
        return await store.ping()


@suite("big values over TLS")
async def _(network):
    options = {"ssl": True, "ssl_ca_certs": network.authority, "decode_responses": False}
    async with client(network, "redis-tls", **options) as store:
        await store.set("big", pattern(3_000_000))
        return digest(await store.get("big"))


@suite("an authority that nobody vouches for is the library's error")
async def _(network):
    return await refused_by(client(network, "redis-tls", ssl=True, retry=None))


@suite("any certificate will do when the program says so")
async def _(network):
    options = {"ssl": True, "ssl_cert_reqs": "none", "ssl_check_hostname": False}
    async with client(network, "redis-tls", **options) as store:
        return await store.ping()
