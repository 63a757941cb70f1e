import json
import ssl
from contextlib import asynccontextmanager

import http_behaviours
import urllib3
from answers import Answer
from outcomes import caught, digest
from sessions import SyncSession
from suite import Suite

own = Suite()


class Session(SyncSession):
    def __init__(self, network, trust="authority", certificate=False, proxy=None) -> None:
        options = {"maxsize": 50, "retries": urllib3.Retry(total=None, connect=0, read=0, other=0, redirect=5)}
        if trust == "authority":
            options["ca_certs"] = network.authority
        elif trust == "all":
            options["cert_reqs"] = "CERT_NONE"
        if certificate:
            options["cert_file"] = network.client_certificate
        if proxy:
            parts = urllib3.util.parse_url(proxy)
            headers = urllib3.make_headers(proxy_basic_auth=parts.auth) if parts.auth else None
            self._pool = urllib3.ProxyManager(f"http://{parts.host}:{parts.port}", proxy_headers=headers, **options)
        else:
            self._pool = urllib3.PoolManager(**options)

    async def close(self) -> None:
        self._pool.clear()

    async def send(self, method, url, **options) -> Answer:
        response = self._request(method, url, **options)
        return Answer(response.status, response.data, response.headers.items(), response.reason, response.geturl())

    @asynccontextmanager
    async def stream(self, method, url):
        response = self._request(method, url, preload_content=False)
        yield Stream(response)
        response.drain_conn() if response.length_remaining in (0, None) else response.close()
        response.release_conn()

    def _request(self, method, url, headers=None, params=None, content=None, form=None, json=None, files=None,
                 chunks=None, auth=None, timeout=10, follow=True, preload_content=True):  # fmt: skip
        if auth:
            headers = {**(headers or {}), **urllib3.make_headers(basic_auth=":".join(auth))}
        more = {"headers": headers, "timeout": timeout, "redirect": follow, "preload_content": preload_content}
        if files:
            more["fields"] = {**(form or {}), **files}
        elif form is not None:
            more["fields"], more["encode_multipart"] = form, False
        elif json is not None:
            more["json"] = json
        elif content is not None or chunks is not None:
            more["body"] = content if content is not None else iter(chunks)
        elif params:
            more["fields"] = params
        return self._pool.request(method, url, **more)


class Stream:
    def __init__(self, response) -> None:
        self._response = response

    async def lines(self):
        for line in self._response:
            yield line.decode()

    async def pieces(self, size):
        for piece in self._response.stream(size):
            yield piece


@own("the module's own request needs no pool")
def _(network):
    response = urllib3.request("POST", network.url("/echo"), json={"a": 1})
    return [response.status, response.json()["body"], response.version_string]


@own("a pool tries again as it is told, and tells of it")
def _(network):
    pool = urllib3.PoolManager(retries=urllib3.Retry(total=2, status_forcelist=[503], backoff_factor=0))
    gave_up = caught(pool.request, "GET", network.url("/status/503"))
    history = pool.request("GET", network.url("/redirect/2")).retries.history
    return [gave_up, [[seen.status, seen.redirect_location] for seen in history]]


@own("a refused connection is tried again and told of with its reason")
def _(network):
    pool = urllib3.HTTPConnectionPool("127.0.0.1", network.port("refused"), retries=urllib3.Retry(2, backoff_factor=0))
    return caught(pool.request, "GET", "/")


@own("a pool of one connection keeps it")
def _(network):
    with urllib3.HTTPConnectionPool("localhost", network.port("http"), maxsize=1, block=True) as pool:
        numbers = [pool.request("GET", "/connection").json()["number"] for _ in range(3)]
        return [numbers, pool.num_connections, pool.num_requests]


@own("an answer is a file")
def _(network):
    response = urllib3.PoolManager().request("GET", network.url("/big?bytes=5000"), preload_content=False)
    result = [response.readable(), response.read(10).hex(), response.tell(), digest(response.read()), response.closed]
    response.release_conn()
    return result


@own("a compressed body is read piece by piece")
def _(network):
    response = urllib3.PoolManager().request("GET", network.url("/encoded/gzip"), preload_content=False)
    return [digest(b"".join(response.stream(100))), response.headers["content-encoding"]]


@own("an SSL context of the program's own is used")
def _(network):
    context = ssl.create_default_context(cafile=network.authority)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    with urllib3.PoolManager(ssl_context=context) as pool:
        return pool.request("GET", network.url("/hello", "https")).data.decode()


@own("a host name other than the address is asked for and checked")
def _(network):
    with urllib3.HTTPSConnectionPool(
        "127.0.0.1", network.port("https-wrong-host"), ca_certs=network.authority,
        server_hostname="other.example", assert_hostname="other.example",
    ) as pool:  # fmt: skip
        return json.loads(pool.request("GET", "/echo", headers={"Host": "other.example"}).data)["headers"]


@own("a certificate is known by its fingerprint")
def _(network):
    import hashlib
    import socket

    context = ssl.create_default_context(cafile=network.authority)
    with socket.create_connection(("localhost", network.port("https"))) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as secure:
            print_of_it = hashlib.sha256(secure.getpeercert(binary_form=True)).hexdigest()
    with urllib3.PoolManager(assert_fingerprint=print_of_it, cert_reqs="CERT_NONE") as pool:
        return pool.request("GET", network.url("/hello", "https")).data.decode()


suite = http_behaviours.suite | own
