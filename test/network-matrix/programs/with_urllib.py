import http.cookiejar
import json
import ssl
import urllib.error
import urllib.parse
import urllib.request
from contextlib import asynccontextmanager

import http_behaviours
from answers import Answer
from outcomes import caught
from sessions import SyncSession
from suite import Suite

own = Suite()


class Session(SyncSession):
    def __init__(self, network, trust="authority", certificate=False, proxy=None) -> None:
        context = ssl.create_default_context(cafile=network.authority if trust == "authority" else None)
        if trust == "all":
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if certificate:
            context.load_cert_chain(network.client_certificate)
        self._passwords = urllib.request.HTTPPasswordMgrWithDefaultRealm()
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPSHandler(context=context),
            urllib.request.ProxyHandler({"http": proxy, "https": proxy} if proxy else {}),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
            urllib.request.HTTPBasicAuthHandler(self._passwords),
            urllib.request.HTTPDigestAuthHandler(self._passwords),
        )

    async def send(self, method, url, **options) -> Answer:
        try:
            response = self._open(method, url, **options)
        except urllib.error.HTTPError as error:
            response = error
        with response:
            return Answer(response.status, response.read(), response.headers.items(), response.reason, response.url)

    @asynccontextmanager
    async def stream(self, method, url):
        with self._open(method, url) as response:
            yield Stream(response)

    def _open(
        self, method, url, headers=None, params=None, content=None, form=None, json=None, chunks=None,
        auth=None, digest=None, timeout=10,
    ):  # fmt: skip
        if params:
            url += "?" + urllib.parse.urlencode(params)
        if auth or digest:
            self._passwords.add_password(None, url, *(auth or digest))
        request = urllib.request.Request(url, method=method, headers=headers or {})
        if form is not None:
            request.data = urllib.parse.urlencode(form).encode()
        elif json is not None:
            request.data = dumped(json)
            request.add_header("Content-Type", "application/json")
        elif content is not None or chunks is not None:
            request.data = content if content is not None else iter(chunks)
        return self._opener.open(request, timeout=timeout)


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


@own("urlopen reads a page, which is a context and knows its place")
def _(network):
    with urllib.request.urlopen(network.url("/redirect/2")) as page:
        return [page.read().decode(), page.geturl(), page.getcode(), page.info().get_content_type(), page.closed]


@own("urlretrieve keeps a page in a file, and tells how far it is")
def _(network):
    told = []
    path, headers = urllib.request.urlretrieve(network.url("/big?bytes=20000"), reporthook=lambda *n: told.append(n))
    with open(path, "rb") as file:
        return [len(file.read()), headers["content-length"], told]


@own("an HTTPError is an answer with a body")
def _(network):
    try:
        urllib.request.urlopen(network.url("/status/503"))
    except urllib.error.HTTPError as error:
        return [error.code, error.reason, error.headers["content-type"], error.read().decode(), str(error)]


@own("an opener that is installed serves urlopen")
def _(network):
    opener = urllib.request.build_opener()
    opener.addheaders = [("X-Own", "opener")]
    urllib.request.install_opener(opener)
    try:
        return json.load(urllib.request.urlopen(network.url("/echo")))["headers"]
    finally:
        urllib.request.install_opener(None)


@own("the default time limit of sockets counts")
def _(network):
    import socket

    socket.setdefaulttimeout(0.3)
    try:
        return caught(urllib.request.urlopen, network.url("/never"))
    finally:
        socket.setdefaulttimeout(None)


@own("an unknown scheme is an error")
def _(network):
    return [caught(urllib.request.urlopen, url) for url in ("gopher://localhost/", "no-url")]


suite = http_behaviours.suite | own
