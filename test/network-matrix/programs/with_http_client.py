import base64
import http.client
import json
import ssl
import urllib.parse
from contextlib import asynccontextmanager

import http_behaviours
from answers import Answer
from outcomes import caught, described
from sessions import SyncSession
from suite import Suite

try:
    from compression.zstd import decompress as unzstd
except ImportError:
    from backports.zstd import decompress as unzstd

own = Suite()


class Session(SyncSession):
    """A connection for each server, opened again when the server has closed it."""

    def __init__(self, network, trust="authority", certificate=False, proxy=None) -> None:
        self._context = ssl.create_default_context(cafile=network.authority if trust == "authority" else None)
        if trust == "all":
            self._context.check_hostname = False
            self._context.verify_mode = ssl.CERT_NONE
        if certificate:
            self._context.load_cert_chain(network.client_certificate)
        self._proxy = urllib.parse.urlsplit(proxy) if proxy else None
        self._connections = {}

    async def close(self) -> None:
        for connection in self._connections.values():
            connection.close()

    async def send(self, method, url, **options) -> Answer:
        response = self._request(method, url, **options)
        body = response.read()
        return Answer(response.status, body, response.getheaders(), response.reason)

    @asynccontextmanager
    async def stream(self, method, url):
        response = self._request(method, url)
        yield Stream(response)
        response.close()
        if not response.isclosed() or response.length:
            self._connection(urllib.parse.urlsplit(url), 10).close()

    async def together(self, urls):
        """A connection can answer one request at a time."""
        return [await self.send("GET", url) for url in urls]

    def _request(self, method, url, headers=None, params=None, content=None, form=None, json=None, chunks=None,
                 auth=None, timeout=10):  # fmt: skip
        parts = urllib.parse.urlsplit(url)
        query = urllib.parse.urlencode(params) if params else parts.query
        target = (parts.path or "/") + (f"?{query}" if query else "")
        if self._proxy and parts.scheme == "http":
            target = f"http://{parts.netloc}{target}"
        headers = dict(headers or {})
        if self._proxy and parts.scheme == "http":
            headers |= self._proxy_headers()
        if auth:
            headers["Authorization"] = "Basic " + base64.b64encode(":".join(auth).encode()).decode()
        body = content if content is not None else iter(chunks) if chunks is not None else None
        if form is not None:
            body = urllib.parse.urlencode(form)
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        elif json is not None:
            body = dumped(json)
            headers["Content-Type"] = "application/json"
        connection = self._connection(parts, timeout)
        try:
            connection.request(method, target, body, headers, encode_chunked=chunks is not None)
            return connection.getresponse()
        except Exception:
            connection.close()
            raise

    def _connection(self, parts, timeout):
        key = (parts.scheme, parts.netloc)
        if key not in self._connections:
            kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
            more = {"context": self._context} if parts.scheme == "https" else {}
            netloc = self._proxy.netloc.rpartition("@")[2] if self._proxy else parts.netloc
            connection = kind(netloc, timeout=timeout, **more)
            if self._proxy and parts.scheme == "https":
                connection.set_tunnel(parts.hostname, parts.port, self._proxy_headers())
            self._connections[key] = connection
        return self._connections[key]

    def _proxy_headers(self) -> dict:
        if self._proxy is None or self._proxy.username is None:
            return {}
        login = f"{self._proxy.username}:{self._proxy.password}"
        return {"Proxy-Authorization": "Basic " + base64.b64encode(login.encode()).decode()}


class Stream:
    def __init__(self, response) -> None:
        self._response = response

    async def lines(self):
        for line in self._response:
            yield line.decode()

    async def pieces(self, size):
        while piece := self._response.read(size):
            yield piece


def dumped(value) -> bytes:
    return json.dumps(value).encode()


def _connection(network, server="http"):
    return http.client.HTTPConnection("localhost", network.port(server), timeout=5)


@own("a request is put together by hand")
def _(network):
    connection = _connection(network)
    connection.putrequest("POST", "/echo", skip_host=True, skip_accept_encoding=True)
    connection.putheader("Host", "other.example")
    connection.putheader("X-Twice", "one", "two")
    connection.putheader("Content-Length", "4")
    connection.endheaders(b"bo")
    connection.send(b"dy")
    answer = json.loads(connection.getresponse().read())
    connection.close()
    return answer


@own("the next answer must wait until this one is read")
def _(network):
    connection = _connection(network)
    errors = [caught(connection.getresponse)]
    connection.request("GET", "/hello")
    errors.append(caught(connection.request, "GET", "/echo"))
    first = connection.getresponse()
    errors.append(caught(connection.getresponse))
    rest = first.read().decode()
    connection.request("GET", "/echo")
    second = json.loads(connection.getresponse().read())["target"]
    connection.close()
    return [errors, rest, second]


@own("a body is read in pieces of any size, into a buffer, and peeked at")
def _(network):
    connection = _connection(network)
    connection.request("GET", "/big?bytes=1000")
    response = connection.getresponse()
    buffer = bytearray(100)
    result = [response.readinto(buffer), bytes(buffer[:4]).hex(), len(response.peek(5)) >= 5, response.read1(3).hex()]
    result += [len(response.read()), response.read().decode(), response.isclosed()]
    connection.close()
    return result


@own("a server is asked to wait for the body (Expect)")
def _(network):
    connection = _connection(network)
    connection.request("POST", "/digest", b"body", {"Expect": "100-continue"})
    return json.loads(connection.getresponse().read())


@own("a body that stops early tells what came")
def _(network):
    connection = _connection(network)
    connection.request("GET", "/broken/short")
    try:
        connection.getresponse().read()
    except http.client.IncompleteRead as error:
        return [described(error), error.partial.decode(), error.expected]


@own("what the library does not undo, other ones do")
def _(network):
    return [undone(network, coding) for coding in ("gzip", "deflate", "br", "zstd")]


def undone(network, coding):
    import gzip
    import zlib

    import cramjam

    connection = _connection(network)
    connection.request("GET", f"/encoded/{coding}", headers={"Accept-Encoding": coding})
    response = connection.getresponse()
    undo = {"gzip": gzip.decompress, "deflate": zlib.decompress, "br": cramjam.brotli.decompress, "zstd": unzstd}[
        coding
    ]
    text = json.loads(bytes(undo(response.read())))
    connection.close()
    return [text["coding"], len(text["text"])]


@own("the source address can be chosen")
def _(network):
    connection = http.client.HTTPConnection("localhost", network.port("http"), source_address=("127.0.0.1", 0))
    connection.request("GET", "/hello")
    result = [connection.getresponse().read().decode(), connection.sock.getsockname()[0]]
    connection.close()
    return result


@own("a header with a line break never leaves")
def _(network):
    return caught(_connection(network).request, "GET", "/hello", headers={"X-Own": "one\r\nX-Two: two"})


suite = http_behaviours.suite | own
