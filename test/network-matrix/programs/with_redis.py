import ssl
import time

import redis
from network import UNKNOWN_HOST, Network
from outcomes import digest, pattern
from suite import Suite
from timed import failure

suite = Suite()


def client(network: Network, server="redis", **options) -> redis.Redis:
    given = {"host": "localhost", "port": network.port(server), "password": "secret", "decode_responses": True}
    return redis.Redis(**{**given, **options})


def fresh(network: Network, **options) -> redis.Redis:
    """With nothing in it."""
    found = client(network, **options)
    found.flushall()
    return found


@suite("a ping is answered")
def _(network):
    return client(network).ping()


@suite("a server is reached by its address, and by a URL")
def _(network):
    url = f"redis://:secret@127.0.0.1:{network.port('redis')}/0"
    return [client(network, host="127.0.0.1").ping(), redis.from_url(url).ping()]


@suite("a wrong password is refused")
def _(network):
    return failure(client(network, password="wrong", retry=None).ping)


@suite("a server that wants a password says so")
def _(network):
    return failure(client(network, password=None, retry=None).ping)


@suite("a connection that is refused is the library's error")
def _(network):
    return failure(client(network, "refused", host="127.0.0.1", retry=None).ping)


@suite("a host that nobody knows is the library's error")
def _(network):
    return failure(client(network, host=UNKNOWN_HOST, retry=None).ping)


@suite("a time limit ends the wait for a silent server")
def _(network):
    return failure(client(network, "silent", socket_timeout=0.3, retry=None).ping, within=5)


@suite("values are set, read, counted and deleted")
def _(network):
    store = fresh(network)
    result = [store.set("a", "1"), store.get("a"), store.incrby("a", 41), store.exists("a", "b"), store.delete("a")]
    return [
        *result,
        store.get("a"),
        store.getset("b", "x"),
        store.setnx("b", "y"),
        store.append("b", "z"),
        store.get("b"),
    ]


@suite("text in any script, and bytes that are none")
def _(network):
    store = fresh(network)
    store.set("schlüssel 日本", "wert 😀")
    raw = client(network, decode_responses=False)
    raw.set(b"\x00\xff", b"\r\n\x00")
    return [store.get("schlüssel 日本"), raw.get("schlüssel 日本").hex(), raw.get(b"\x00\xff").hex()]


@suite("a big value is sent and comes back whole")
def _(network):
    store = fresh(network, decode_responses=False)
    store.set("big", pattern(3_000_000))
    return digest(store.get("big"))


@suite("a value goes at its time")
def _(network):
    store = fresh(network)
    store.set("a", "1", px=150)
    before = [store.get("a"), 0 < store.pttl("a") <= 150]
    time.sleep(0.4)
    return [*before, store.get("a"), store.ttl("a")]


@suite("hashes, lists, sets and sorted sets")
def _(network):
    store = fresh(network)
    store.hset("h", mapping={"a": 1, "b": "zwei"})
    store.rpush("l", 1, 2, 3)
    store.sadd("s", "x", "y", "x")
    store.zadd("z", {"low": 1, "high": 9.5})
    result = [store.hgetall("h"), store.lrange("l", 0, -1), sorted(store.smembers("s"))]
    return [*result, store.zrange("z", 0, -1, withscores=True), store.lpop("l"), store.zscore("z", "high")]


@suite("commands go together in a pipeline")
def _(network):
    store = fresh(network)
    with store.pipeline(transaction=False) as pipeline:
        return pipeline.set("a", 1).incr("a").get("a").get("none").execute()


@suite("ten thousand commands in one pipeline")
def _(network):
    store = fresh(network)
    with store.pipeline(transaction=False) as pipeline:
        for number in range(10_000):
            pipeline.set(f"key {number}", number)
        answers = pipeline.execute()
    return [len(answers), all(answers), store.dbsize(), store.get("key 9999")]


@suite("a transaction is done as a whole")
def _(network):
    store = fresh(network)
    with store.pipeline(transaction=True) as pipeline:
        done = pipeline.multi() or pipeline.incr("a").incr("a").lpush("l", "x").execute()
    with store.pipeline() as pipeline:
        pipeline.set("b", 1).lpush("b", "no list").incr("b")
        return [done, failure(pipeline.execute), store.get("b")]


@suite("a transaction whose keys have changed is not done")
def _(network):
    store = fresh(network)
    with store.pipeline() as pipeline:
        pipeline.watch("a")
        client(network).set("a", "changed")
        pipeline.multi()
        pipeline.set("a", "mine")
        return [failure(pipeline.execute), store.get("a")]


@suite("what is published is heard by those who subscribed")
def _(network):
    store = fresh(network)
    with store.pubsub() as listener:
        listener.subscribe("news")
        listener.psubscribe("other.*")
        told = [listener.get_message(timeout=5)["type"] for _ in range(2)]
        heard = [store.publish("news", "one ü"), store.publish("other.a", "two"), store.publish("nobody", "three")]
        messages = [listener.get_message(timeout=5) for _ in range(2)]
        return [told, heard, messages, listener.get_message(timeout=0.1)]


@suite("a wait for a list ends with what comes, or with time")
def _(network):
    store = fresh(network)
    store.rpush("l", "first")
    start = time.monotonic()
    result = [store.blpop("l", timeout=5), store.blpop("l", timeout=1)]
    return [result, 0.9 < time.monotonic() - start < 5]


@suite("a script runs at the server")
def _(network):
    store = fresh(network)
    script = store.register_script("return {KEYS[1], ARGV[1] + 1, redis.call('incr', KEYS[1])}")
    return [script(keys=["n"], args=[41]), script(keys=["n"], args=[1]), failure(store.eval, "return nonsense(", 0)]


@suite("keys are found one by one")
def _(network):
    store = fresh(network)
    store.mset({f"user:{number}": number for number in range(500)})
    return [len(list(store.scan_iter("user:*", count=50))), sorted(store.scan_iter("user:49?"))]


@suite("streams keep their order")
def _(network):
    store = fresh(network)
    for number in range(1, 4):
        store.xadd("s", {"n": number}, id=f"{number}-0")
    store.xgroup_create("s", "group", "0")
    return [store.xrange("s"), store.xreadgroup("group", "me", {"s": ">"}, count=2), store.xack("s", "group", "1-0")]


@suite("a command of the wrong kind, or of none, is the library's error")
def _(network):
    store = fresh(network)
    store.set("a", "text")
    return [
        failure(store.lpush, "a", 1),
        failure(store.incr, "a"),
        failure(store.execute_command, "NOSUCH"),
        store.get("a"),
    ]


@suite("databases are apart")
def _(network):
    fresh(network).set("a", "zero")
    return [client(network, db=1).get("a"), client(network, db=0).get("a"), failure(client(network, db=99).get, "a")]


@suite("a client has a name, and the server knows its own version")
def _(network):
    store = client(network, client_name="matrix")
    return [store.client_getname(), store.info("server")["redis_mode"], "redis_version" in store.info()]


@suite("one connection serves a client, one after the other")
def _(network):
    store = client(network)
    return len({store.client_id() for _ in range(4)})


@suite("fifty connections at a time")
def _(network):
    clients = [client(network, single_connection_client=True) for _ in range(50)]
    numbers = {each.client_id() for each in clients}
    for each in clients:
        each.close()
    return len(numbers)


@suite("a pool that is full is the library's error")
def _(network):
    pool = redis.ConnectionPool(host="localhost", port=network.port("redis"), password="secret", max_connections=1)
    store = redis.Redis(connection_pool=pool)
    with store.pubsub() as listener:
        listener.subscribe("news")
        return failure(store.ping)


@suite("a connection that the server ends is opened again")
def _(network):
    store = fresh(network)
    number = store.client_id()
    client(network).client_kill_filter(_id=number)
    return [store.ping(), store.client_id() != number]


@suite("a connection that the server ends is an error when it shall not be opened again")
def _(network):
    store = client(network, retry=None, single_connection_client=True)
    client(network).client_kill_filter(_id=store.client_id())
    return failure(store.ping)["type"][-3:]


@suite("the newer protocol")
def _(network):
    store = fresh(network, protocol=3)
    store.hset("h", mapping={"a": "1"})
    store.zadd("z", {"a": 1.5})
    return [store.hgetall("h"), store.zrange("z", 0, -1, withscores=True), store.get("none")]


@suite("TLS with a private authority, by name and by address")
def _(network):
    options = {"ssl": True, "ssl_ca_certs": network.authority}
    return [client(network, "redis-tls", host=host, **options).ping() for host in ("localhost", "127.0.0.1")]


@suite("big values over TLS")
def _(network):
    store = client(network, "redis-tls", ssl=True, ssl_ca_certs=network.authority, decode_responses=False)
    store.set("big", pattern(3_000_000))
    return digest(store.get("big"))


@suite("an authority that nobody vouches for is the library's error")
def _(network):
    return failure(client(network, "redis-tls", ssl=True, retry=None).ping)


@suite("any certificate will do when the program says so")
def _(network):
    return client(network, "redis-tls", ssl=True, ssl_cert_reqs=ssl.CERT_NONE, ssl_check_hostname=False).ping()


@suite("TLS to a server that has none is the library's error")
def _(network):
    return failure(client(network, ssl=True, retry=None, socket_timeout=2).ping)["type"]
