"""httpx's synchronous client; with_async_httpx.py has the other."""

import ssl
from contextlib import asynccontextmanager

import http_behaviours
import httpx
from answers import Answer
from outcomes import caught, described
from sessions import SyncSession
from suite import Suite

own = Suite()


def client_options(network, trust, certificate, proxy) -> dict:
    verify = trust == "system"
    if trust == "authority":
        verify = ssl.create_default_context(cafile=network.authority)
        if certificate:
            verify.load_cert_chain(network.client_certificate)
    return {"verify": verify, "proxy": proxy, "limits": httpx.Limits(max_connections=50)}


def request_options(headers=None, params=None, content=None, form=None, json=None, files=None, chunks=None, auth=None,
                    digest=None, timeout=10, follow=True) -> dict:  # fmt: skip
    return {
        "headers": headers, "params": params, "content": content if content is not None else chunks, "data": form,
        "json": json, "files": files, "timeout": timeout, "follow_redirects": follow,
        "auth": httpx.DigestAuth(*digest) if digest else auth,
    }  # fmt: skip


def answer_of(response) -> Answer:
    return Answer(
        response.status_code,
        response.content,
        list(response.headers.multi_items()),
        response.reason_phrase,
        str(response.url),
    )


class Session(SyncSession):
    def __init__(self, network, trust="authority", certificate=False, proxy=None) -> None:
        self._client = httpx.Client(**client_options(network, trust, certificate, proxy))

    async def close(self) -> None:
        self._client.close()

    async def send(self, method, url, chunks=None, **options) -> Answer:
        options = request_options(chunks=iter(chunks) if chunks else None, **options)
        return answer_of(self._client.request(method, url, **options))

    @asynccontextmanager
    async def stream(self, method, url):
        with self._client.stream(method, url) as response:
            yield Stream(response)


class Stream:
    def __init__(self, response) -> None:
        self._response = response

    async def lines(self):
        for line in self._response.iter_lines():
            yield line

    async def pieces(self, size):
        for piece in self._response.iter_bytes(size):
            yield piece


@own("httpx.get needs no client")
def _(network):
    response = httpx.get(network.url("/utf8"))
    return [response.text, response.encoding, response.http_version, repr(response), str(response.request.url)]


@own("raise_for_status raises")
def _(network):
    return [caught(httpx.get(network.url(f"/status/{status}")).raise_for_status) for status in (302, 404, 500)]


@own("the way to an answer is its history")
def _(network):
    response = httpx.get(network.url("/redirect/3"), follow_redirects=True)
    return [[step.status_code, str(step.url), step.headers["location"], step.text] for step in response.history]


@own("redirects are not followed unless asked for")
def _(network):
    response = httpx.get(network.url("/redirect/1"))
    return [response.status_code, response.is_redirect, response.headers["location"]]


@own("a client has a base, headers, parameters and cookies for each request")
def _(network):
    options = {"headers": {"X-Own": "client"}, "params": {"always": "1"}, "cookies": {"mine": "cookie"}}
    with httpx.Client(base_url=network.url("/"), **options) as client:
        return client.get("/echo", params={"once": "2"}).json()


@own("hooks see the request and the answer")
def _(network):
    seen = []
    hooks = {
        "request": [lambda request: seen.append(request.method)],
        "response": [lambda answer: seen.append(answer.status_code)],
    }
    with httpx.Client(event_hooks=hooks, follow_redirects=True) as client:
        client.get(network.url("/redirect/1"))
    return seen


@own("each of the time limits has an error of its own")
def _(network):
    limits = httpx.Timeout(5, read=0.3)
    with httpx.Client(timeout=limits) as client:
        return caught(client.get, network.url("/never"))


@own("a pool that is full has a time limit too")
def _(network):
    with httpx.Client(limits=httpx.Limits(max_connections=1), timeout=httpx.Timeout(5, pool=0.2)) as client:
        with client.stream("GET", network.url("/big?bytes=3000000")):
            return caught(client.get, network.url("/hello"))


@own("a stream tells how much has come, raw and decoded")
def _(network):
    with httpx.stream("GET", network.url("/encoded/gzip")) as response:
        raw = b"".join(response.iter_raw())
        return [raw[:2].hex(), response.num_bytes_downloaded == len(raw), response.is_stream_consumed]


@own("a body that was not read is an error")
def _(network):
    with httpx.stream("GET", network.url("/hello")) as response:
        return caught(lambda: response.text)


@own("a login flow of the program's own asks twice")
def _(network):
    class Flow(httpx.Auth):
        def auth_flow(self, request):
            response = yield request
            if response.status_code == 401:
                request.headers["Authorization"] = httpx.BasicAuth("Ada", "secret")._auth_header
                yield request

    return httpx.get(network.url("/basic"), auth=Flow()).text


@own("a transport tries connections again, and fails at last")
def _(network):
    with httpx.Client(transport=httpx.HTTPTransport(retries=1)) as client:
        try:
            client.get(network.url("/", "refused", "127.0.0.1"))
        except httpx.ConnectError as error:
            return described(error)


@own("a transport of the program's own answers in place of the network")
def _(_network):
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json={"path": request.url.path}))
    with httpx.Client(transport=transport) as client:
        return client.get("http://nobody.invalid/a/b").json()


@own("addresses that are none are errors")
def _(network):
    return [caught(httpx.get, url) for url in ("no-url", "http://", "ftp://localhost/")]


suite = http_behaviours.suite | own
