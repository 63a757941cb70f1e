from contextlib import asynccontextmanager

import http_behaviours
import requests
from answers import Answer
from outcomes import caught, digest
from requests.auth import HTTPDigestAuth
from sessions import SyncSession
from suite import Suite

own = Suite()


class Session(SyncSession):
    def __init__(self, network, trust="authority", certificate=False, proxy=None) -> None:
        self._session = requests.Session()
        self._session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=50))
        self._session.verify = {"authority": network.authority, "system": True, "all": False}[trust]
        if certificate:
            self._session.cert = network.client_certificate
        if proxy:
            self._session.proxies = {"http": proxy, "https": proxy}

    async def close(self) -> None:
        self._session.close()

    async def send(self, method, url, **options) -> Answer:
        response = self._request(method, url, **options)
        return Answer(response.status_code, response.content, response.headers.items(), response.reason, response.url)

    @asynccontextmanager
    async def stream(self, method, url):
        with self._request(method, url, stream=True) as response:
            yield Stream(response)

    def _request(self, method, url, headers=None, params=None, content=None, form=None, json=None, files=None,
                 chunks=None, auth=None, digest=None, timeout=10, follow=True, stream=False):  # fmt: skip
        data = content if content is not None else form if form is not None else iter(chunks) if chunks else None
        return self._session.request(
            method, url, headers=headers, params=params, data=data, json=json, files=files, timeout=timeout,
            auth=HTTPDigestAuth(*digest) if digest else auth, allow_redirects=follow, stream=stream,
        )  # fmt: skip


class Stream:
    def __init__(self, response) -> None:
        self._response = response

    async def lines(self):
        for line in self._response.iter_lines(chunk_size=1):
            yield line.decode()

    async def pieces(self, size):
        for piece in self._response.iter_content(size):
            yield piece


@own("requests.get needs no session")
def _(network):
    response = requests.get(network.url("/utf8"))
    return [response.text, response.encoding, response.ok, repr(response), response.headers["CONTENT-TYPE"]]


@own("raise_for_status raises")
def _(network):
    return [caught(requests.get(network.url(f"/status/{status}")).raise_for_status) for status in (404, 500)]


@own("the way to an answer is its history")
def _(network):
    history = requests.get(network.url("/redirect/3")).history
    return [[step.status_code, step.url, step.headers["location"], step.text] for step in history]


@own("a body that is no JSON is an error")
def _(network):
    return caught(requests.get(network.url("/hello")).json)


@own("a session's headers, parameters and cookies go with each request")
def _(network):
    with requests.Session() as session:
        session.headers["X-Own"] = "session"
        session.params = {"always": "1"}
        session.cookies.set("mine", "cookie")
        return session.get(network.url("/echo"), params={"once": "2"}).json()


@own("a cookie jar is a dictionary")
def _(network):
    with requests.Session() as session:
        session.get(network.url("/set-cookies?a=1&b=2"))
        jar = session.cookies
        return [jar.get_dict(), [[cookie.name, cookie.domain, cookie.path] for cookie in jar]]


@own("hooks see the answer")
def _(network):
    seen = []
    requests.get(
        network.url("/redirect/1"), hooks={"response": lambda response, **_: seen.append(response.status_code)}
    )
    return seen


@own("a prepared request is sent as it is")
def _(network):
    prepared = requests.Request("POST", network.url("/echo"), data=[("a", "1"), ("a", "2")]).prepare()
    prepared.headers["X-Late"] = "added"
    with requests.Session() as session:
        return session.send(prepared, timeout=(3, 5)).json()


@own("several files, with names that are not in ASCII")
def _(network):
    files = [("files", ("ä.txt", b"one")), ("files", ("b.bin", b"two", "application/x-own", {"X-Part": "own"}))]
    return requests.post(network.url("/multipart"), files=files, data={"a": ["1", "2"]}).json()


@own("the raw body is a file that is not decoded")
def _(network):
    with requests.get(network.url("/encoded/gzip"), stream=True) as response:
        return response.raw.read(2).hex()


@own("time limits for connecting and reading are two")
def _(network):
    return caught(requests.get, network.url("/never"), timeout=(5, 0.3))


@own("adapters try again as they are told")
def _(network):
    with requests.Session() as session:
        retries = requests.adapters.Retry(total=2, backoff_factor=0, status_forcelist=[503])
        session.mount("http://", requests.adapters.HTTPAdapter(max_retries=retries))
        return caught(session.get, network.url("/status/503"))


@own("a stream is copied to a file")
def _(network):
    import shutil
    import tempfile

    with requests.get(network.url("/big?bytes=100000"), stream=True) as response, tempfile.TemporaryFile() as file:
        shutil.copyfileobj(response.raw, file)
        file.seek(0)
        return digest(file.read())


@own("addresses that are none are errors")
def _(network):
    return [caught(requests.get, url) for url in ("no-url", "http://", "ftp://localhost/", "http://*.example/")]


suite = http_behaviours.suite | own
